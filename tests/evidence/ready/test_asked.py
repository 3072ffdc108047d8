"""What a running application answers decides about it, and no trick of it makes a question green."""

from pathlib import Path

import pytest

from evidence.ready.app_seeds import ALWAYS_WELL, APP, TRICKS, repository
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.report import Report, State
from orchestrator.evidence.ready import asking

ITEMS = tuple(TRICKS)
CASES = [(item, at) for item, tricks in TRICKS.items() for at in range(len(tricks))]


async def asked(tmp_path: Path, app: str = APP, items: tuple[str, ...] = ITEMS, **files: str) -> Report:
    source = repository(tmp_path / "source", app, **files)
    return await asking.report(source, "HEAD", tmp_path / "look", sandbox=Sandbox(), items=items)


def states(report: Report) -> dict[str, str]:
    return {one.item.id: f"{one.state}: {one.sentence}" for one in report.answers if one.item.id in ITEMS}


async def test_an_honest_application_is_proven_by_what_it_answers(tmp_path: Path):
    report = await asked(tmp_path)
    found = states(report)
    assert all(said.startswith("proven") for said in found.values()), found
    assert all(one.evidence and one.evidence[0].commit == report.commit for one in report.answers if one.counts)


@pytest.mark.parametrize(("item", "at"), CASES, ids=[f"{item}-{at}" for item, at in CASES])
async def test_a_trick_is_not_proven(item: str, at: int, tmp_path: Path):
    old, new, words = TRICKS[item][at]
    assert old in APP
    report = await asked(tmp_path, APP.replace(old, new), (item,))
    said = states(report)[item]
    assert not said.startswith(("proven", "not_needed")), said
    assert words in said


async def test_one_that_does_not_start_is_not_checked_and_the_end_of_its_log_is_shown(tmp_path: Path):
    report = await asked(tmp_path, "import http.server\nraise SystemExit('no database here')")
    for said in states(report).values():
        assert said.startswith("not_checked: The application does not start"), said
        assert "no database here" in said


async def test_what_has_no_server_needs_none_of_it_and_says_so(tmp_path: Path):
    report = await asked(tmp_path, "print(sum([1, 2]))\n")
    assert set(states(report).values()) == {"not_needed: There is no server in it: nobody can call it over a network."}


async def test_what_we_do_not_know_how_to_start_is_not_checked(tmp_path: Path):
    files = {".orchestrator.toml": ""}
    report = await asked(tmp_path, "from http.server import HTTPServer\n", ("O1",), **files)
    [one] = [one for one in report.answers if one.item.id == "O1"]
    assert (one.state, one.sentence[:14]) == (State.NOT_CHECKED, "We do not know")


async def test_what_is_said_of_any_address_means_nothing_for_one(tmp_path: Path):
    report = await asked(tmp_path, APP.replace(*ALWAYS_WELL), ("O1",))
    assert states(report)["O1"].startswith("failed")
