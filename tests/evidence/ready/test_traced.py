"""What a repository itself says was promised is proven by tests that we ran, and by what they really do."""

import json

import reaching
import seeds
import seeds_of_tests as known

from evidence.evidence_repo import git, save
from orchestrator.domain.ready import written
from orchestrator.domain.ready.report import State
from orchestrator.evidence import marks
from orchestrator.operations import readiness

PAPER = {
    "features": [{"id": "F1", "title": "Says what it costs"}],
    "journey": ["Nadia asks what two shoes cost."],
    "phases": [
        {
            "number": 1,
            "criteria": [
                {"id": "P1.1", "text": "Many cost less.", "feature": "F1"},
                {"id": "P1.2", "text": "The bill is kept.", "feature": "F1"},
            ],
        }
    ],
}
KEEPS = {
    **known.HONEST,
    ".agents/project.json": json.dumps(PAPER),
    "tests/unit/test_core.py": known.TESTS.replace("cost_less():", 'cost_less():\n    """P1.1: many cost less."""'),
    "tests/integration/test_bill.py": known.TOGETHER.replace("test_what_it", "test_p1_2_what_it"),
    "tests/e2e/test_command.py": known.WHOLE.replace("test_the_command", "test_j1_the_command"),
}
# The id of the step is on a test that starts nothing, and a promise is only written down.
PRETENDS = {
    **KEEPS,
    "tests/unit/test_core.py": KEEPS["tests/unit/test_core.py"].replace("test_labels", "test_j1_labels"),
    "tests/e2e/test_command.py": known.WHOLE,
    "tests/integration/test_bill.py": known.TOGETHER.replace("bill_is(", "bill_is(").replace(
        "(tmp_path):", '(tmp_path):\n    """P1.2, written down and not tried."""'
    ),
}


async def test_each_promise_and_each_step_has_a_test_that_passed(tmp_path, memory):
    source = seeds.repo(tmp_path / "shop", KEEPS)
    folder = tmp_path / "at"
    found = await reaching.answers(source, memory, "F1", "F2")

    assert found["F1"].state is State.PROVEN, found["F1"].sentence
    assert found["F2"].state is State.PROVEN, found["F2"].sentence
    assert found["F1"].details["traced"]["P1.1"] == ["tests/unit/test_core.py::test_many_cost_less"]
    report = await readiness.asking.report(
        source, "HEAD", folder, sandbox=reaching.sandbox(), items=("F1",), memory=memory
    )
    assert "Says what it costs: kept" in written.markdown(report)


async def test_a_name_on_the_wrong_test_keeps_no_promise(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "shop", PRETENDS), memory, "F1", "F2")

    assert (found["F1"].state, found["F2"].state) == (State.FAILED, State.FAILED)
    assert "1 of 2 promises is not kept (P1.2)" in found["F1"].sentence
    assert "No end-to-end test names a step of the day, such as J1" in found["F2"].sentence


async def test_without_a_paper_of_ours_nobody_can_say(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "shop", known.HONEST), memory, "F1", "F2")

    assert {one.state for one in found.values()} == {State.NOT_CHECKED}
    assert "not written down" in found["F1"].sentence


async def test_what_was_approved_last_is_found_by_the_marks_on_the_apps_own_line(tmp_path):
    source = tmp_path / "app"
    first = save(source, {"app.py": "a = 1\n"})
    assert await marks.approved(source, "HEAD") == ""
    git(source, "checkout", "-qb", "phase")
    save(source, {"app.py": "a = 2\n"}, "forged\n\nProject-Phase: x-phase-9-0")
    git(source, "checkout", "-q", "main")
    git(
        source,
        "merge",
        "-q",
        "--no-ff",
        "phase",
        "-m",
        "Phase 1: more\n\nProject-Attempt: 0\nProject-Phase: x-phase-1-0",
    )
    taken = git(source, "rev-parse", "HEAD")
    save(source, {"app.py": "a = 3\n"}, "by hand; it says Project-Phase: nowhere in particular")
    assert await marks.approved(source, "HEAD") == taken

    said: list[str] = []
    await readiness.report(source, ("C1",), fresh=True, say=said.append)
    await readiness.report(source, ("C1",), fresh=True, approved=first, say=said.append)
    assert [line for line in said if line.startswith("Compared")] == [
        f"Compared with what was approved last, {taken[:10]}.",
        f"Compared with what was approved last, {first[:10]}.",
    ]
