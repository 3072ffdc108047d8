"""What was approved last is remembered: tests that prove less since then do not count, whatever they say."""

import asyncio

import pytest
from reaching import sandbox
from seeds import repo
from test_enforced import AT, TESTS, WORKFLOW

from evidence.evidence_repo import git
from orchestrator.domain.ready.report import State
from orchestrator.evidence.ready import asking

WEAKER = {
    "a check that may fail": {".coveragerc": None, AT: WORKFLOW + "      - run: mypy || true\n"},
    "a lower threshold": {".coveragerc": "[report]\nfail_under = 10\n"},
    "code left out of the measure": {".coveragerc": "[run]\nomit = app.py\n[report]\nfail_under = 90\n"},
}
BEFORE = {**TESTS, AT: WORKFLOW, ".coveragerc": "[report]\nfail_under = 90\n"}


def answered(tmp_path, *points):
    source = repo(tmp_path / "app", *points)
    first = git(source, "rev-list", "--max-parents=0", "HEAD")
    found = asking.report(source, "HEAD", tmp_path / "at", sandbox=sandbox(), items=("T11",), approved=first)
    return next(one for one in asyncio.run(found).answers if one.item.id == "T11")


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in WEAKER.items()])
def test_what_watches_over_the_tests_must_not_become_weaker(tmp_path, change):
    answer = answered(tmp_path, BEFORE, change)

    assert answer.state is State.FAILED
    assert answer.sentence.startswith("Since what was approved last, less is proven by it:")


def test_another_change_takes_nothing_back(tmp_path):
    assert answered(tmp_path, BEFORE, {"app.py": "def add(a, b):\n    return b + a\n"}).state is State.PROVEN
