"""kill -9 at every boundary of every step, and in the middle of steps, on either database: it ends as without it.

Here every boundary is died at on SQLite, and on PostgreSQL every third one and the middle of every step. All of it on
both, twice and more, is `make soak`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from ground.nursery import Nursery
from ground.postgres import Cluster
from journeys import killed, points
from journeys.killed import Journey
from orchestrator.domain.project import WORKING

pytestmark = pytest.mark.timeout(900)  # all journeys together, on a machine with two cores that does other things too
DATABASES = ("sqlite", "postgres")
EVERY = sorted(points.everywhere() - points.BY_MODEL)
POINTS = {"sqlite": EVERY, "postgres": EVERY[::3]}
# Long enough to be aimed at. To look around takes the starter a tenth of a second, once: in the middle of that lies
# the point `told:priming`, as of every builder's work, and the server dies there as well.
LONG = ("planning", "building", "checking", "repairing")
IN_THE_MIDDLE = {f"told:{step}" for step in ("priming", "planning", "building", "repairing")}
BROKEN = ("step.broke", "job.failed", "reconcile.failed", "chores.failed", "request.failed")


# Where each journey dies: at named points, or in the middle of steps.
SHARES = {
    ("sqlite", "points"): (Counter(POINTS["sqlite"]), Counter[str]()),
    ("postgres", "points"): (Counter(POINTS["postgres"]), Counter[str]()),
    ("postgres", "middle"): (Counter[str](), Counter(map(str, sorted(WORKING)))),
    ("sqlite", "undisturbed"): (Counter[str](), Counter[str]()),
}


@pytest.fixture(scope="module")
async def journeys(
    tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Cluster
) -> AsyncIterator[dict[tuple[str, str], Journey]]:
    """All journeys at once: they wait most of the time, for a server to come back or a queue to take over."""
    folder = tmp_path_factory.mktemp("killed")
    async with Nursery() as nursery:

        async def one(database: str, share: str) -> Journey:
            url = await postgres_cluster.create(f"killed_{share}") if database == "postgres" else None
            at, within = map(Counter, SHARES[database, share])
            return await killed.journey(nursery, folder / f"{database}-{share}", url, points=at, middles=within)

        async with asyncio.TaskGroup() as group:
            walking = {which: group.create_task(one(*which)) for which in SHARES}
        yield {which: task.result() for which, task in walking.items()}


@pytest.mark.parametrize("database", DATABASES)
def test_every_point_was_died_at(database: str, journeys: dict[tuple[str, str], Journey]):
    assert journeys[database, "points"].killer.hit == dict.fromkeys(POINTS[database], 1)


def test_long_steps_were_cut_short(journeys: dict[tuple[str, str], Journey]):
    cut = journeys["postgres", "middle"].killer.cut

    assert {step: cut[step] for step in LONG} == dict.fromkeys(LONG, 1)
    assert points.everywhere() >= IN_THE_MIDDLE


@pytest.mark.parametrize(("database", "share"), [which for which in SHARES if which[1] != "undisturbed"])
def test_the_journey_ended_as_if_nothing_had_happened(
    database: str, share: str, journeys: dict[tuple[str, str], Journey]
):
    assert journeys["sqlite", "undisturbed"].killer.deaths == 0
    assert journeys[database, share].story == journeys["sqlite", "undisturbed"].story


@pytest.mark.parametrize(("database", "share"), list(SHARES))
def test_no_server_broke_by_itself(database: str, share: str, journeys: dict[tuple[str, str], Journey]):
    """What was killed may leave nothing behind that makes those that come after stumble."""
    log = journeys[database, share].log
    assert [event for event in BROKEN if event in log] == []
