"""kill -9 at every boundary of every step, and in the middle of steps, on either database: it ends as without it."""

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
TIMES = 1  # on each of the two; `make soak` kills for as long as it is let
# Long enough to be aimed at. To look around takes the starter a tenth of a second, once: in the middle of that lies
# the point `told:priming`, as of every builder's work, and the server dies there as well.
LONG = ("planning", "building", "checking", "repairing")
IN_THE_MIDDLE = {f"told:{step}" for step in ("priming", "planning", "building", "repairing")}
BROKEN = ("step.broke", "job.failed", "reconcile.failed", "chores.failed", "request.failed")


def shares() -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Where each journey dies: at named points, or in the middle of steps."""
    every = Counter(dict.fromkeys(sorted(points.everywhere() - points.BY_MODEL), TIMES))
    return {"points": (every, Counter()), "middle": (Counter(), Counter(dict.fromkeys(sorted(WORKING), TIMES)))}


@pytest.fixture(scope="module")
async def journeys(
    tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Cluster
) -> AsyncIterator[dict[tuple[str, str], Journey]]:
    """All journeys at once: they wait most of the time, for a server to come back or a queue to take over."""
    folder = tmp_path_factory.mktemp("killed")
    async with Nursery() as nursery:

        async def one(database: str, share: str) -> Journey:
            url = await postgres_cluster.create(f"killed_{share}") if database == "postgres" else None
            at, within = shares().get(share, (Counter(), Counter()))
            return await killed.journey(nursery, folder / f"{database}-{share}", url, points=at, middles=within)

        wanted = [(database, share) for database in DATABASES for share in shares()] + [("sqlite", "undisturbed")]
        async with asyncio.TaskGroup() as group:
            walking = {which: group.create_task(one(*which)) for which in wanted}
        yield {which: task.result() for which, task in walking.items()}


@pytest.mark.parametrize("database", DATABASES)
def test_every_point_was_died_at(database: str, journeys: dict[tuple[str, str], Journey]):
    assert journeys[database, "points"].killer.hit == dict.fromkeys(points.everywhere() - points.BY_MODEL, TIMES)


@pytest.mark.parametrize("database", DATABASES)
def test_long_steps_were_cut_short(database: str, journeys: dict[tuple[str, str], Journey]):
    cut = journeys[database, "middle"].killer.cut

    assert {step: cut[step] for step in LONG} == dict.fromkeys(LONG, TIMES)
    assert points.everywhere() >= IN_THE_MIDDLE


@pytest.mark.parametrize("share", list(shares()))
@pytest.mark.parametrize("database", DATABASES)
def test_the_journey_ended_as_if_nothing_had_happened(
    database: str, share: str, journeys: dict[tuple[str, str], Journey]
):
    assert journeys["sqlite", "undisturbed"].killer.deaths == 0
    assert journeys[database, share].story == journeys["sqlite", "undisturbed"].story


@pytest.mark.parametrize("share", list(shares()))
@pytest.mark.parametrize("database", DATABASES)
def test_no_server_broke_by_itself(database: str, share: str, journeys: dict[tuple[str, str], Journey]):
    """What was killed may leave nothing behind that makes those that come after stumble."""
    log = journeys[database, share].log
    assert [event for event in BROKEN if event in log] == []
