"""From a vision to a tested phase that is part of the app, built by SCAR over both ways, while our side is killed."""

import asyncio
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ground.github_scar import HubProcess
from ground.scar_server import ScarProcess
from journeys import walk
from journeys.caller import Caller
from journeys.killed import QUICK, working
from orchestrator.executors.scar import commands

pytestmark = pytest.mark.timeout(400)
ALWAYS = ("/command-invoke", "/fence-", "/clone", "@scar", "Phase", "Look")


class Killer:
    """Kills our server when what it sends arrives at the other side: before it is taken, or after."""

    def __init__(self, server, other: ScarProcess | HubProcess, chosen: Callable[[str], bool]) -> None:
        self.server, self.other, self.chosen = server, other, chosen
        self.killed: list[str] = []

    async def strike(self) -> None:
        while True:
            held = (await self.other.seen())["held"]
            if held and held not in self.killed and self.chosen(held):
                self.killed.append(held)
                await self.server.kill()
                if held.startswith("before") and "prime" in held:
                    await self.other.set(drop=True)  # it never arrived
                await self.other.release()
                await self.server.start()
            elif held:
                await self.other.release()
            await asyncio.sleep(0.01)


def some(held: str) -> bool:
    """All that matters, and half of the rest."""
    text = held.partition(" ")[2]
    return text.startswith(ALWAYS) or zlib.crc32(held.encode()) % 2 == 0


async def built(me: Caller, name: str, repository: str = "") -> str:
    project = await walk.planned(me, name, repository)
    await walk.answer(me, project, f"{name}-plan", "PHASE_START")
    gate = await me.gate(project, "PHASE_COMPLETE")
    assert "passed" in dict(gate["facts"])["Proof"]
    await walk.answer(me, project, f"{name}-result", "PHASE_COMPLETE")
    await me.reaches(project, "completed")
    return project


async def proven(me: Caller, project: str) -> dict[str, Any]:
    """The phase that is part of the app, and how it was built."""
    phase = (await me.see(f"/projects/{project}/phases"))["items"][0]
    assert phase["merged"]
    runs = (await me.see(f"/projects/{project}/runs"))["items"]
    assert [run["kind"] for run in runs] == ["prime", "plan", "execute"]
    assert {run["status"] for run in runs} == {"COMPLETED"}
    return {"builders": {run["builder"] for run in runs}, "merged": phase["merged"]}


async def over_http(nursery, folder: Path, chosen: Callable[[str], bool] = bool) -> int:
    """The whole way; gives how often our side was killed."""
    async with ScarProcess(folder / "scar") as scar:
        await scar.set(hold=True)
        server = nursery.server(folder / "data", builder="scar-http", scar_url=scar.url, **QUICK)
        killer, me = Killer(server, scar, chosen), Caller(server, within=300)
        await server.start()
        try:
            async with working(killer.strike()):
                project = await built(me, "http")
            assert (await proven(me, project))["builders"] == {"scar-http"}
        finally:
            await me.close()
            await server.close()

        assert [text.split()[1] for text in await scar.invoked()] == ["prime", "plan-feature-github", "execute-github"]
        assert {held.split()[1] for held in killer.killed} >= {"/command-invoke", "/clone"}
        assert not [line for line in server.log.splitlines() if "Traceback" in line]
        return len(killer.killed)


async def on_github(nursery, folder: Path, chosen: Callable[[str], bool] = bool) -> int:
    """The whole way; gives how often our side was killed."""
    async with HubProcess(folder / "hub") as hub:
        mine = repository(folder / "mine", hub.origin)
        await hub.set(hold=True)
        account = {"github_token": "our-token", "github_api_url": hub.url, "scar_bot": "scar-bot"}
        server = nursery.server(folder / "data", builder="scar-github", **account, **QUICK)
        killer, me = Killer(server, hub, chosen), Caller(server, within=300)
        await server.start()
        try:
            async with working(killer.strike()):
                project = await built(me, "github", str(mine))
            done = await proven(me, project)
        finally:
            await me.close()
            await server.close()

        assert done["builders"] == {"scar-github"}
        assert [text.split()[2] for text in await hub.asked()] == ["prime", "plan-feature-github", "execute-github"]
        assert len((await hub.seen())["issues"]) == 2
        assert git(hub.origin, "log", "--format=%s", "main") == "First"  # the main version there is the person's
        assert done["merged"] == git(mine, "rev-parse", "main^")  # behind it only what we tell of it
        assert "our-token" not in server.log
        assert not [line for line in server.log.splitlines() if "Traceback" in line]
        return len(killer.killed)


async def test_scar_over_http_builds_a_phase_and_each_command_is_sent_once_however_often_we_are_killed(
    nursery, tmp_path
):
    assert await over_http(nursery, tmp_path, some) >= 20


async def test_scar_on_github_builds_a_phase_and_each_comment_is_written_once_however_often_we_are_killed(
    nursery, tmp_path
):
    assert await on_github(nursery, tmp_path, some) >= 10


# What a repository has whose owner works with SCAR.
THEIRS = {**commands.lacking(), "README.md": "# Shop\n", ".agents/commands/prime.md": "Look around.\n"}


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.check_output(["git", *who, *words], cwd=folder, text=True, stderr=subprocess.STDOUT).strip()


def repository(mine: Path, origin: Path) -> Path:
    """Of a person who has SCAR: with its commands, and an origin."""
    for folder, more in ((origin, ["--bare"]), (mine, [])):
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main", *more)
    for name, text in THEIRS.items():
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).write_text(text)
    git(mine, "add", "-A")
    git(mine, "commit", "-q", "-m", "First")
    git(mine, "remote", "add", "origin", str(origin))
    git(mine, "push", "-q", "origin", "main")
    return mine
