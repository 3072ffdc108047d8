"""A builder that is a running SCAR, over HTTP: every pitfall that a real one has, through the builder's own door."""

import pytest
from scar_place import QUICK, Place, made

from ground.scar_server import ScarProcess
from orchestrator.domain.run import Report, RunKind
from orchestrator.executors.scar.run import ScarHttp


@pytest.fixture(scope="module")
async def scar(tmp_path_factory):
    async with ScarProcess(tmp_path_factory.mktemp("scar")) as started:
        yield started


@pytest.fixture
async def place(tmp_path) -> Place:
    return await made(tmp_path)


async def does(scar, place, kind=RunKind.EXECUTE, limits=QUICK, hear=None, **job) -> Report:
    builder = ScarHttp(scar.url, place.git, place.notes, limits)
    more = {"hear": hear} if hear else {}
    return await builder.run(place.job(kind, **job), place.tell, **more)


@pytest.mark.parametrize("kind", [RunKind.PRIME, RunKind.PLAN, RunKind.EXECUTE, RunKind.REPAIR])
async def test_each_kind_of_work_is_done_and_brought_back(scar, place, kind):
    report = await does(scar, place, kind)

    assert report.ok, report
    assert place.work == (kind is not RunKind.PRIME)
