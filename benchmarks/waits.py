"""How long it takes from a click to work, from an event to who follows, and until a builder shows itself."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from _filled import fill
from _measure import Caller, Figure, median, publish, spread

from ground import postgres
from ground.server import Server
from orchestrator import app, clock, runtime, telemetry
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Actor, Answer
from orchestrator.domain.gate import Decision
from orchestrator.domain.run import Activity, Job, RunKind
from orchestrator.executors import starter
from orchestrator.executors.acp import Acp
from orchestrator.settings import Settings
from orchestrator.store import gates, people

CLICKS, EVENTS, RUNS = 50, 100, 8


async def clicks(folder: Path, database: str | None, jobs: str) -> list[float]:
    """Seconds from a yes to a vision until the leg begins, with everything else of the process as it is."""
    token = "po_" + "c" * 40
    projects = await fill(folder, token, CLICKS, database)
    begun: dict[str, float] = {}
    reached = asyncio.Event()

    async def leg(project_id: str, _number: int) -> None:
        begun[project_id] = time.perf_counter()
        reached.set()

    real, app.DOES["leg"] = app.DOES["leg"], leg
    settings = Settings(data_dir=folder, database_url=database, jobs=jobs, reconcile_s=600)
    taken = []
    async with app.working(await app.compose(settings, telemetry.metrics())):
        owner = (await runtime.read(people.all))[0]
        await asyncio.sleep(1)
        for project in projects:
            gate = await runtime.read(gates.pending, project)
            assert gate
            reached.clear()
            clicked = time.perf_counter()
            await perform(Answer(gate.id, Decision.APPROVE), Actor(owner.id, owner.name), project)
            await reached.wait()
            taken.append(begun[project] - clicked)
    app.DOES["leg"] = real
    return taken


async def events(folder: Path) -> list[float]:
    """Seconds from the moment that an event carries, before its commit, until a program that follows has it."""
    server = Server(folder, rate_limits="off")
    project = (await fill(server.data, server.token, 1))[0]
    async with server:
        caller, follower = [await Caller.at(server.port, server.token) for _ in range(2)]
        request = f"GET /api/v1/projects/{project}/events HTTP/1.1\r\nHost: localhost\r\n"
        follower.writer.write(f"{request}Authorization: Bearer {server.token}\r\n\r\n".encode())
        taken: list[float] = []
        for number in range(EVENTS):
            await caller.call("PATCH", f"/api/v1/projects/{project}", {"name": f"Name {number}"})
            while True:
                line = (await follower.reader.readline()).decode()
                if line.startswith("data: ") and f'"to": "Name {number}"' in line:
                    happened = datetime.fromisoformat(json.loads(line[6:])["at"])
                    taken.append((clock.now() - happened).total_seconds())
                    break
    return taken[5:]


async def runs(folder: Path) -> tuple[float, list[float], list[float]]:
    """Seconds until the built-in builder shows itself: the first time in a process, later; and of a bare child."""
    folder.mkdir()
    for command in (["git", "init", "-q"], ["git", "commit", "-q", "--allow-empty", "-m", "begin"]):
        subprocess.run([*command], cwd=folder, check=True, env={"HOME": "/", "PATH": "/usr/bin:/bin", **NAMED})
    builder = Acp(starter.COMMAND, starter.DESCRIPTION, folder.with_name("homes"))
    job, seen, bare = Job("key", RunKind.PRIME, folder, "/prime", read_only=True), [], []
    for number in range(RUNS):
        begun = time.perf_counter()
        first: list[float] = []

        async def tell(_activity: Activity, first: list[float] = first) -> None:
            first.append(time.perf_counter())

        report = await builder.run(replace(job, key=f"key-{number}"), tell)
        assert report.ok, report
        seen.append(first[0] - begun)
        begun = time.perf_counter()
        child = await asyncio.create_subprocess_exec(sys.executable, "-I", "-S", "-c", "import json, asyncio")
        await child.wait()
        bare.append(time.perf_counter() - begun)
    return seen[0], seen[1:], bare


NAMED = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


async def main() -> None:
    with tempfile.TemporaryDirectory() as name, postgres.running() as cluster:
        folder = Path(name)
        alone = await clicks(folder / "local", None, "local")
        shared = await clicks(folder / "queue", await cluster.create("queue"), "procrastinate")
        followed = await events(folder / "followed")
        first, later, bare = await runs(folder / "run")
    beside = f"{median(later) / median(bare):.1f} times a bare Python process"
    publish(
        "waits",
        [
            Figure("from a yes until work begins, in one process on SQLite", "20 ms", *spread(alone)),
            Figure("the same with the queue of several on PostgreSQL", "20 ms", *spread(shared)),
            Figure("from an event until a program that follows has it", "20 ms", *spread(followed)),
            Figure("from the start of a run until the builder shows itself", "", *spread(later), beside),
            Figure("the same for the first run of a process", "", f"{first * 1000:.0f} ms"),
        ],
    )


if __name__ == "__main__":
    asyncio.run(main())
