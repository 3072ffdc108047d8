"""The queue of several processes, when the ground under it gives way: no work is lost, and none waits for a corpse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from ground.postgres import Cluster
from ground.until import until
from orchestrator.errors import Unreachable
from orchestrator.jobs.procrastinate import Procrastinate
from orchestrator.ports import Work
from orchestrator.store import engine

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
# Those who listen, and the one who looks after the dead, keep their connections: nothing else shows that one was lost.
OF_THE_WORK = f"{CUT} AND query NOT ILIKE 'listen%%' AND query NOT IN ('COMMIT', '')"
STALLED_S = 0.6
Does = Callable[[str, int], Awaitable[None]]


@pytest.fixture
async def url(postgres_cluster: Cluster, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    name = f"queue_{abs(hash(request.node.name))}"
    yield await postgres_cluster.create(name)
    await postgres_cluster.drop(name)


@asynccontextmanager
async def carrying(url: str, does: Does) -> AsyncIterator[Callable[[Work], Awaitable[None]]]:
    """A queue that works; what it gives has work done."""
    queue = Procrastinate(url, {"leg": does}, {"leg": 2}, 0.2, STALLED_S)
    await queue.create_tables()
    database = engine.postgres(url)
    carrying = asyncio.create_task(queue.carry())

    async def start(work: Work) -> None:
        async with AsyncSession(database.writer) as db, db.begin():
            await queue.start(db, work)

    try:
        yield start
    finally:
        carrying.cancel()
        await asyncio.wait({carrying})
        await database.dispose()


async def hang_up(url: str, on: str) -> None:
    """As behind a load balancer that lost its mind."""
    async with await psycopg.AsyncConnection.connect(url) as alone:
        await alone.execute(on, (alone.info.backend_pid,))


async def queued(url: str) -> list[tuple[str, str]]:
    async with await psycopg.AsyncConnection.connect(url) as alone:
        return await (await alone.execute("SELECT queueing_lock, status::text FROM procrastinate_jobs")).fetchall()


async def is_empty(url: str) -> bool:
    try:
        return not await queued(url)
    except psycopg.OperationalError:  # we lost our connection like everybody else
        return False


@pytest.mark.parametrize("on", [CUT, OF_THE_WORK], ids=["everybody", "the work"])
async def test_work_whose_end_could_not_be_noted_does_not_wait_for_ever(url: str, on: str):
    done: list[str] = []

    async def does(project: str, number: int) -> None:
        done.append(f"{project} {number}")
        if len(done) == 1:
            await hang_up(url, on)

    async with carrying(url, does) as start:
        await start(Work("leg", "p", 1))
        await until(lambda: is_empty(url), within=30)
        assert set(done) == {"p 1"}
        await start(Work("leg", "p", 2))
        await until(lambda: "p 2" in done, within=30)


async def test_work_that_cannot_reach_the_database_is_put_off_without_noise(url: str, caplog: pytest.LogCaptureFixture):
    begun: list[int] = []

    async def does(_project: str, number: int) -> None:
        begun.append(number)
        raise Unreachable("The database is away.")

    async with carrying(url, does) as start:
        await start(Work("leg", "p", 1))
        await until(lambda: is_empty(url), within=30)
    assert begun == [1]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
