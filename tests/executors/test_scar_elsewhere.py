"""A SCAR on another machine of the private network: we meet at the app's origin, in a copy that others use, too."""

import pytest
from scar_place import QUICK, adopted, made, types

from ground.scar_server import ScarProcess
from orchestrator.domain.run import RunKind
from orchestrator.errors import NotPossible
from orchestrator.executors.scar import setup
from orchestrator.executors.scar.run import ScarHttp

KINDS = [RunKind.PRIME, RunKind.PLAN, RunKind.EXECUTE, RunKind.REPAIR]


@pytest.fixture(scope="module")
async def scar(tmp_path_factory):
    async with ScarProcess(tmp_path_factory.mktemp("scar"), "127.0.0.2") as started:
        yield started


async def does(scar, place, kind, **job):
    return await ScarHttp(scar.url, place.git, place.notes, QUICK).run(place.job(kind, **job), place.tell)


async def test_all_work_of_a_phase_is_done_in_a_worktree_of_its_own(scar, tmp_path):
    place = await adopted(tmp_path, tmp_path / "acme" / "shop.git")

    for kind in KINDS:
        assert (report := await does(scar, place, kind)).ok, report

    assert place.work == 3
    runs = [each["at"].removeprefix(f"{scar.folder}/workspace/") for each in (await scar.seen())["runs"]]
    assert runs[-3:] == [f"worktrees/feature-1-the-list-{place.project}"] * 3
    assert types(tmp_path / "acme" / "shop.git", "log", "-1", "--format=%s", "main") == "First"


async def test_an_app_whose_name_looks_like_a_number_is_found_among_others(scar, tmp_path):
    for name in ("aaa", "bbb", "ccc"):
        (scar.folder / "workspace" / name).mkdir(exist_ok=True)
    place = await adopted(tmp_path, tmp_path / "acme" / "3d-viewer.git")

    assert (report := await does(scar, place, RunKind.EXECUTE)).ok, report
    switched = [
        text for id, text in (await scar.seen())["accepted"] if text.startswith("/repo ") and place.project in id
    ]
    assert switched == ["/repo 1"]


async def test_another_app_of_the_same_name_is_left_alone(scar, tmp_path):
    first = await adopted(tmp_path / "1", tmp_path / "acme" / "twin.git")
    second = await adopted(tmp_path / "2", tmp_path / "other" / "twin.git")
    assert (await does(scar, first, RunKind.PRIME)).ok

    report = await does(scar, second, RunKind.PRIME)

    assert (report.ok, report.sentence) == (False, setup.OTHER.format(name="twin"))


async def test_a_branch_that_is_there_already_is_not_worked_on_by_two(scar, tmp_path):
    place = await adopted(tmp_path, tmp_path / "acme" / "taken.git")
    assert (await does(scar, place, RunKind.PRIME)).ok
    types(scar.folder / "workspace" / "taken", "branch", f"feature-1-the-list-{place.project}")

    report = await does(scar, place, RunKind.PLAN)

    assert (report.ok, report.sentence) == (False, setup.NO_TREE.format(branch=f"feature-1-the-list-{place.project}"))


async def test_commands_that_are_not_in_the_main_version_are_asked_for(scar, tmp_path):
    place = await adopted(tmp_path, tmp_path / "acme" / "bare.git", with_commands=False)

    report = await does(scar, place, RunKind.PLAN)

    assert (report.ok, report.sentence) == (False, setup.NO_COMMANDS)


async def test_an_app_that_is_only_here_cannot_be_built_elsewhere(scar, tmp_path):
    place = await made(tmp_path)

    with pytest.raises(NotPossible, match="no place on the network"):
        await does(scar, place, RunKind.PLAN)
