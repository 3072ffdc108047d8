"""Two processes on one PostgreSQL: what one leaves the other takes up, and what happens at one is seen at the other."""

import asyncio
import shlex
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

import processes
from ground import postgres
from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.server import Server
from ground.until import until
from journeys import count, walk
from journeys.caller import Caller, Event

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")
TAKEN_OVER = "SELECT 1 FROM procrastinate_jobs WHERE attempts > 0"
PROJECTS = 3


@dataclass
class Pair:
    a: Server
    b: Server
    folder: Path
    url: str

    @property
    def both(self) -> tuple[Server, Server]:
        return self.a, self.b

    def mood(self, project: str, mood: str) -> None:
        (self.folder / "moods" / project).write_text(mood)

    async def building(self, me: Caller, name: str, mood: str = "steady") -> list[str]:
        """Some projects whose builders are at work."""
        found = [await walk.planned(me, f"{name}-{number}") for number in range(PROJECTS)]
        for number, project in enumerate(found):
            self.mood(project, mood)
            await walk.answer(me, project, f"{name}-plan-{number}", "PHASE_START")
        return found

    async def busy(self) -> Server:
        """One of the two that has a builder at work."""
        return await until(lambda: next((one for one in self.both if builders(one)), None), within=60)


def builders(server: Server) -> list[str]:
    children = psutil.Process(server.child.pid).children(recursive=True)
    return [" ".join(command) for child in children if "moody_agent" in " ".join(command := _command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def pair_of(nursery: Nursery, folder: Path, url: str) -> Pair:
    for name in ("moods", "targets"):
        (folder / name).mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    settings = {
        "rate_limits": "off",
        "jobs": "procrastinate",
        "stalled_s": 1,
        "reconcile_s": 0.5,
        "drain_s": 0.5,
        "builder_command": command,
        "legs_at_once": 2,
    }
    a, b = (nursery.server(folder / "data", url, **settings) for _ in range(2))
    b.token, b.http = a.token, b.client(a.token)
    return Pair(a, b, folder, url)


@pytest.fixture
async def pair(tmp_path: Path, nursery: Nursery, postgres_cluster: Cluster) -> AsyncIterator[Pair]:
    url = await postgres_cluster.create(tmp_path.name.replace("-", "_"))
    found = await pair_of(nursery, tmp_path, url)
    async with found.a, found.b:
        yield found
    assert processes.of(tmp_path) == []


async def freeze(pair: Pair, server: Server) -> None:
    """Silent until the other takes it for dead and its work over; then it is back, and late."""
    server.child.send_signal(signal.SIGSTOP)
    await until(lambda: _taken_over(pair.url))
    server.child.send_signal(signal.SIGCONT)


async def _taken_over(url: str) -> bool:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return bool(await (await connection.execute(TAKEN_OVER)).fetchall())


async def terminate(_: Pair, server: Server) -> None:
    await server.terminate()


async def kill(_: Pair, server: Server) -> None:
    await server.kill()


@pytest.mark.parametrize("goes", [kill, terminate, freeze])
async def test_the_other_goes_on_with_what_one_leaves(pair: Pair, goes: Callable[[Pair, Server], Awaitable[None]]):
    me = Caller(pair.a, pair.b)
    projects = await pair.building(me, goes.__name__)

    await goes(pair, await pair.busy())

    for number, project in enumerate(projects):
        await walk.answer(me, project, f"{goes.__name__}-result-{number}", "PHASE_COMPLETE")
        await me.reaches(project, "completed")
        runs = (await me.see(f"/projects/{project}/runs"))["items"]
        assert Counter((run["kind"], run["status"]) for run in runs) == {
            (kind, "COMPLETED"): 1 for kind in ("prime", "plan", "execute")
        }
        listed = (await me.see(f"/projects/{project}/timeline?limit=200"))["items"]
        assert [event["number"] for event in listed] == list(range(1, len(listed) + 1))
        assert Counter(event["kind"] for event in listed)["phase.completed"] == 1
    await me.until(lambda: count.queue_is_empty(pair.url), "the queue runs empty")
    async with count.opened(pair.a) as db:
        await count.audit(db, pair.a)
    await me.close()


async def test_what_happens_at_one_is_followed_at_the_other_in_order(pair: Pair):
    here, there = Caller(pair.a), Caller(pair.b)
    project, seen = await walk.begin(here), list[Event]()
    following = asyncio.create_task(there.follow(project, seen))

    for number in range(15):
        await (here, there)[number % 2].do(
            f"/projects/{project}/messages", f"say-{number}", text=f"for {number} people"
        )
    await walk.replied(here, project)
    await count.settled(pair.a, here, project, seen)

    following.cancel()
    async with count.opened(pair.a) as db:
        await count.numbered(db, project, seen)
    for one in (here, there):
        await one.close()


async def test_stop_said_at_one_ends_what_the_other_carries(pair: Pair):
    me = Caller(pair.a)
    projects = await pair.building(me, "stop", "busy")
    carrier = await pair.busy()
    other = Caller(pair.b if carrier is pair.a else pair.a)

    for project in projects:
        await other.do(f"/projects/{project}/pause", f"stop-{project}")

    await until(lambda: not builders(pair.a) and not builders(pair.b))
    assert {(await other.see(f"/projects/{project}"))["stage"] for project in projects} == {"PAUSED"}
    for one in (me, other):
        await one.close()


async def test_one_that_works_alone_is_refused_beside_others(pair: Pair, nursery: Nursery):
    alone = nursery.server(pair.folder / "data", pair.url, jobs="local", rate_limits="off")
    await alone.start()

    assert not await alone.ready(within=60)
    assert "Another orchestrator works on this database. For several, set ORCHESTRATOR_JOBS=procrastinate" in alone.log
    await alone.http.aclose()


async def test_a_database_that_restarts_in_the_middle_of_work_costs_nothing(tmp_path: Path, nursery: Nursery):
    with postgres.running() as cluster:
        found = await pair_of(nursery, tmp_path, await cluster.create("restarted"))
        async with found.a, found.b:
            me = Caller(*found.both)
            projects = await found.building(me, "restart")
            await found.busy()

            await cluster.restart()

            for number, project in enumerate(projects):
                await walk.answer(me, project, f"restart-result-{number}", "PHASE_COMPLETE")
                await me.reaches(project, "completed")
            assert found.a.running
            assert found.b.running
            async with count.opened(found.a) as db:
                await count.audit(db, found.a)
            await me.close()
    assert processes.of(tmp_path) == []


async def test_one_that_is_asked_to_end_while_the_database_is_away_ends(tmp_path: Path, nursery: Nursery):
    with postgres.running() as cluster:
        found = await pair_of(nursery, tmp_path, await cluster.create("away"))
        await found.a.start()
        assert await found.a.ready(within=60)
        me = Caller(found.a)
        await found.building(me, "away")
        await until(lambda: builders(found.a), within=60)
    answer = await found.a.http.get("/api/v1/projects")  # from here on there is no database
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("The database does not answer at the moment, so nothing was done.")

    await found.a.terminate()

    await me.close()
    for one in found.both:
        await one.http.aclose()
    assert processes.of(tmp_path) == []
