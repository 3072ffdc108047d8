"""The same fault is told in the same words, whoever builds: a builder may be changed, and nobody has to learn anew."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from scar_place import QUICK, made

import processes
from ground.agents import bench, by_results, does
from ground.model_values import Gives
from ground.scar_server import ScarProcess
from orchestrator.domain.run import Job, RunKind
from orchestrator.errors import BuilderLost
from orchestrator.executors.acp import Acp
from orchestrator.executors.scar.run import ScarHttp
from orchestrator.executors.troubles import SAYS, UNTOLD, Kind
from orchestrator.executors.watch import CRASHED

pytestmark = pytest.mark.timeout(400)  # the first test of an agent fetches it
SCRIPTED = (sys.executable, "-I", "-S", str(Path(__file__).with_name("scripted_agent.py")))
TOLD = {
    "key": SAYS[Kind.SIGN_IN],
    "limit": f"{SAYS[Kind.LIMIT]} {UNTOLD}",
    "busy": SAYS[Kind.BUSY],
    "killed": CRASHED,
}
STATUS = {"key": 401, "limit": 429, "busy": 529}
MOODS = {"key": "unkeyed", "limit": "limited", "busy": "overloaded", "killed": "crash"}
Meets = Callable[[str], Awaitable[str]]  # the sentence that such a fault comes to


async def sentence(run: Awaitable[object]) -> str:
    try:
        return str((await run).sentence)  # type: ignore[attr-defined]
    except BuilderLost as lost:
        return str(lost)


@contextlib.asynccontextmanager
async def scripted(folder: Path) -> AsyncIterator[tuple[str, Meets]]:
    (folder / "trial").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder / "trial", check=True)

    async def meets(fault: str) -> str:
        job = Job("key", RunKind.EXECUTE, folder / "trial", MOODS[fault])
        return await sentence(Acp(SCRIPTED, "A scripted builder.", folder / "home").run(job, nobody))

    yield "The builder", meets


async def nobody(_activity: object) -> None: ...


@contextlib.asynccontextmanager
async def agent(name: str, folder: Path) -> AsyncIterator[tuple[str, Meets]]:
    async with bench(name, folder) as real:

        async def meets(fault: str) -> str:
            if fault in STATUS:
                real.api.answers = lambda _: Gives(status=STATUS[fault])
                return await sentence(real.run())
            real.api.answers = by_results(does(real.hand.run("setsid sleep 300")), Gives(text="Done."))
            running = asyncio.create_task(sentence(real.run()))
            await processes.there(folder, "sleep 300", within=60)
            real.kill()
            return await running

        yield real.agent.title, meets


@contextlib.asynccontextmanager
async def scar(folder: Path) -> AsyncIterator[tuple[str, Meets]]:
    place = await made(folder)
    async with ScarProcess(folder / "scar") as server:

        async def meets(fault: str) -> str:
            await server.set({"mood": f"http={STATUS[fault]}" if fault in STATUS else "killed"})
            builder = ScarHttp(server.url, place.git, place.notes, QUICK)
            return await sentence(builder.run(place.job(RunKind.EXECUTE), place.tell))

        yield "SCAR", meets


BUILDERS = {
    "scripted": scripted,
    "claude": lambda folder: agent("claude", folder),
    "codex": lambda folder: agent("codex", folder),
    "scar": scar,
}


@pytest.mark.parametrize("fault", TOLD)
@pytest.mark.parametrize("builder", BUILDERS)
async def test_a_fault_is_told_alike(builder: str, fault: str, tmp_path: Path):
    async with BUILDERS[builder](tmp_path) as (name, meets):
        assert await meets(fault) == TOLD[fault].format(name=name)
