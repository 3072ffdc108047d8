"""Stop, at every step: no process of the project is left within moments; and what ends the server ends all of it."""

import asyncio
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from ground.until import until
from journeys import walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")
SOON = 2.0  # promised is half a second; the machine of a test run may have other things to do
DRAIN_S = 0.5
KINDS = ("prime", "plan", "execute", "repair")
WORKERS = 3  # the builder and two tools that it started and forgot


@dataclass
class Place:
    server: Server
    me: Caller
    folder: Path

    def mood(self, project: str, mood: str) -> None:
        (self.folder / "moods" / project).write_text(mood)

    def forget(self, mood: str) -> None:
        (self.folder / "moods" / mood).unlink()

    def at_work(self) -> list[str]:
        """The processes of builders and checks, however detached; not the server itself."""
        where = [self.server.data / name for name in ("work", "copies", "checks", "homes")]
        return [command for folder in where for command in processes.of(folder)]

    async def working(self, count: int = WORKERS) -> None:
        await until(lambda: len(self.at_work()) >= count, within=60)

    async def stops(self, project: str, step: str, count: int = WORKERS) -> float:
        """Pause it while it is at work there; how long something still lived, in seconds."""
        await self.me.reaches(project, step)
        await self.working(count)
        began = time.monotonic()
        await self.me.do(f"/projects/{project}/pause", f"{project}-{step}-pause")
        await until(lambda: not self.at_work())
        took = time.monotonic() - began
        await self.me.reaches(project, "paused")
        return took

    async def building(self, name: str) -> str:
        """A project whose builder is at work for long."""
        project = await walk.planned(self.me, name)
        self.mood(project, "busy")
        await walk.answer(self.me, project, f"{name}-plan", "PHASE_START")
        await self.working()
        return project

    async def resumes(self, project: str, key: str) -> None:
        await self.me.do(f"/projects/{project}/resume", f"{key}-resume")


@pytest.fixture
async def place(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Place]:
    for name in ("moods", "targets"):
        (tmp_path / name).mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(tmp_path / "moods")])
    server = nursery.server(tmp_path / "data", rate_limits="off", builder_command=command, drain_s=DRAIN_S)
    async with server:
        me = Caller(server)
        yield Place(server, me, tmp_path)
        await me.close()
    assert processes.of(tmp_path) == []


async def stopped_everywhere(place: Place, name: str) -> tuple[str, dict[str, float]]:
    """A project, stopped at every step at which a program works for it: how long something still lived, in seconds."""
    me, project = place.me, await walk.begin(place.me, name)
    place.mood(project, "busy prime plan-feature")
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", f"{name}-write")
    await walk.answer(me, project, f"{name}-vision", "VISION_DOC")
    took = {"priming": await place.stops(project, "priming")}

    place.mood(project, "busy plan-feature")
    await place.resumes(project, f"{name}-priming")
    await walk.answer(me, project, f"{name}-roadmap", "ROADMAP")
    took["planning"] = await place.stops(project, "planning")

    place.mood(project, "busy")
    await place.resumes(project, f"{name}-planning")
    await walk.answer(me, project, f"{name}-plan", "PHASE_START")
    took["building"] = await place.stops(project, "building")

    place.mood("slow", "")
    place.mood(project, "slow")
    await place.resumes(project, f"{name}-building")
    took["checking"] = await place.stops(project, "checking", count=1)

    place.forget("slow")
    place.mood(project, "busy")
    await place.resumes(project, f"{name}-checking")
    await walk.answer(me, project, f"{name}-wish", "PHASE_COMPLETE", "changes", "Bigger letters, please.")
    took["repairing"] = await place.stops(project, "repairing")
    return project, took


async def test_stop_ends_everything_at_every_step_and_the_journey_goes_on(place: Place):
    me, (project, took) = place.me, await stopped_everywhere(place, "stop")

    place.mood(project, "good")
    await place.resumes(project, "repairing")
    await walk.answer(me, project, "result", "PHASE_COMPLETE")
    await me.reaches(project, "completed")
    assert max(took.values()) < SOON, took
    runs = [(run["kind"], run["status"]) for run in (await me.see(f"/projects/{project}/runs"))["items"]]
    assert runs == [(kind, how) for kind in KINDS for how in ("CANCELLED", "COMPLETED")]


async def test_stop_in_the_moment_of_taking_in_leaves_the_app_whole(place: Place):
    """Whichever comes first, the phase is taken in once."""
    me, project = place.me, await walk.planned(place.me, "merge")
    await walk.answer(me, project, "merge-plan", "PHASE_START")
    await walk.answer(me, project, "merge-result", "PHASE_COMPLETE")
    answer = await me.ask("POST", f"/api/v1/projects/{project}/pause", key="merge-pause")
    assert answer.status_code in (200, 409)  # it may be complete already

    if answer.is_success:
        await place.resumes(project, "merge")
    await me.reaches(project, "completed")
    repository = Path((await me.see(f"/projects/{project}"))["repository"])
    taken = subprocess.check_output(["git", "-C", str(repository), "log", "--format=%B"], text=True)
    assert taken.count(f"Project-Phase: {project}-phase-1-0") == 1


async def test_nothing_outlives_a_killed_server_and_the_next_one_goes_on(place: Place):
    project = await place.building("killed")

    await place.server.kill()
    await processes.gone(place.folder, within=SOON)
    place.mood(project, "good")
    await place.server.start()
    await walk.answer(place.me, project, "killed-result", "PHASE_COMPLETE")
    await place.me.reaches(project, "completed")
    runs = (await place.me.see(f"/projects/{project}/runs"))["items"]
    assert [(run["kind"], run["begun"]) for run in runs] == [("prime", 1), ("plan", 1), ("execute", 2)]


async def test_a_server_that_is_asked_to_end_says_so_ends_its_work_and_goes_on_later(place: Place):
    project = await place.building("asked")
    heard: list[str] = []
    async with place.me.https[0].stream("GET", f"/api/v1/projects/{project}/events?after=100000") as stream:
        began = time.monotonic()
        ending = asyncio.create_task(place.server.terminate())
        heard += [line async for line in stream.aiter_lines()]
        code = await ending
    took = time.monotonic() - began

    assert any("The server is being restarted. Nothing is lost" in line for line in heard)
    assert "Ending: what is at work gets a moment" in place.server.log
    assert "Traceback" not in place.server.log
    assert (code, processes.of(place.folder)) == (-signal.SIGTERM, [])
    assert took < SOON + DRAIN_S
    place.mood(project, "good")
    await place.server.start()
    await walk.answer(place.me, project, "asked-result", "PHASE_COMPLETE")
    await place.me.reaches(project, "completed")
