"""From rows to sentences, where no journey leads: problems, pauses, old proof, slow work, other people's eyes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.domain.event import KINDS
from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.policy import Role
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus, RunKind, RunStatus
from orchestrator.store.events import Event
from orchestrator.store.pages import Standing
from orchestrator.store.tables import CheckRow, GateRow, PhaseRow, ProjectRow, RunRow
from orchestrator.telling import standing
from orchestrator.telling.marks import State
from orchestrator.web.auth import Person
from orchestrator.web.show import activity, around, gates, home, phases, talk
from orchestrator.web.show.viewer import Viewer, zone
from orchestrator.web.views import reference
from orchestrator.web.views.shell import Tab

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
NADIA = Person("nadia", "Nadia Rahman", "nadia@example.org", True, "csrf", "session", "", "", False)
VIEWER = Viewer(NADIA, NOW, UTC)
CRITERION = {"id": "P1.1", "text": "There is a page.", "feature": "f1"}


def project(step: Step, **more: Any) -> ProjectRow:
    given = {"phase": 1, "phases": 2, "paused_from": None, "failed_at": None, "brief": {}, "quick": [], "last_event": 9}
    return ProjectRow(id="p", name="Supper Sorted", step=step, updated_at=NOW, **(given | more))


def phase(status: PhaseStatus = PhaseStatus.IN_PROGRESS, number: int = 1, **more: Any) -> PhaseRow:
    given = {"commit": "c1", "base": "b", "merged": "", "fresh": True, "findings": [], "ended_at": None}
    words = {"title": "You can plan the week", "outcome": "One page.", "criteria": [CRITERION]}
    return PhaseRow(project_id="p", number=number, status=status, **(given | words | more))


def gate(kind: Kind = Kind.VISION_DOC, status: Status = Status.PENDING, **more: Any) -> GateRow:
    given = {"phase": 0, "why": "", "on_yes": "", "on_no": "", "considerations": [], "facts": [], "ways": []}
    at = {"opened_at": NOW, "deadline": NOW + timedelta(days=7), "answered_at": None, "closed": 0, "note": None}
    who = {"answered_by": None, "answered_name": None, "channel": None, "document": "", "version": 0}
    return GateRow(
        id="g", project_id="p", kind=kind, status=status, question="Is this it?", **(given | at | who | more)
    )


def found(step: Step, role: Role = Role.OWNER, asked: GateRow | None = None, *shown: PhaseRow, **more: Any) -> Standing:
    return Standing(project(step, **more), role, asked, shown)


def check(passed: bool = True, **more: Any) -> CheckRow:
    given = {"commit": "c1", "phase": 1, "name": "tests", "command": "python -m unittest", "exit_code": 0, "total": 3}
    said = {"sentence": "All 3 tests passed.", "failures": [], "details": {"tried": ["P1.1"]}, "excerpt": "OK"}
    return CheckRow(id="k", passed=passed, at=NOW, milliseconds=900, log_sha256="0" * 64, **(given | said | more))


def run(status: RunStatus, began: int, took: int | None, kind: RunKind = RunKind.EXECUTE) -> RunRow:
    at = NOW - timedelta(seconds=began)
    ended = at + timedelta(seconds=took) if took is not None else None
    return RunRow(id=str(began), kind=kind, status=status, created_at=at, started_at=at, ended_at=ended)


def event(kind: str, **data: Any) -> Event:
    return Event("p", 7, NOW, "tom", "Tom", "telegram", kind, data)


@pytest.mark.parametrize("role", Role)
def test_only_who_may_answer_is_waited_for(role: Role):
    seen = found(Step.VISION, role, gate())
    may = role in {Role.OWNER, Role.APPROVER}
    assert standing.status(seen).startswith("Waiting for you" if may else "Waiting for an answer")
    assert bool(around.strip(seen, Tab.PROGRESS)) is may
    assert around.strip(seen, Tab.TALK) == ""
    assert len(around.needs([seen])) == may
    card = gates.card(VIEWER, gate(), role)
    assert (card.may_answer, card.head.state is State.YOU) == (may, may)
    assert ("You may read along." in str(card.facts)) is not may


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (gate(status=Status.WITHDRAWN), "No longer asked since today at 10:30. Nothing was decided."),
        (gate(status=Status.EXPIRED, answered_at=NOW - timedelta(days=1)), "No longer asked since yesterday at 10:30."),
        (
            gate(status=Status.APPROVED, answered_by="tom", answered_name="Tom", answered_at=NOW, channel="telegram"),
            "Tom, today at 10:30, on Telegram",
        ),
    ],
)
def test_what_remains_of_a_decision_says_who_and_when(asked: GateRow, text: str):
    assert gates.slip(VIEWER, asked).text.startswith(text)


def test_a_card_names_what_to_read_and_groups_its_facts():
    plan = gate(Kind.PHASE_START, document="plan-2", phase=2, facts=[["Promise P1.1", "One"], ["Promise P1.2", "Two"]])
    facts = gates.card(VIEWER, plan, Role.OWNER).facts
    assert (facts[0].link.text, facts[0].link.href) == ("The plan of phase 2", "/projects/p/phases/2")
    assert (facts[1].label, facts[1].text, facts[1].more[0].text) == ("What it promises", "One", "Two")
    first = gates.card(VIEWER, gate(document="vision", version=1), Role.OWNER).facts[0]
    newer = gates.card(VIEWER, gate(document="vision", version=2), Role.OWNER).facts[0]
    assert (first.more, newer.more[0].link.text) == ((), "What changed since version 1")


def test_ways_out_of_a_problem_suggest_the_first():
    labels = {"differently": "Try it differently", "stop": "Stop here"}
    ways = [{"way": way, "label": label, "sentence": "."} for way, label in labels.items()]
    card = gates.card(VIEWER, gate(Kind.ERROR_RESOLUTION, ways=ways), Role.OWNER)
    assert [(way.title, way.chosen) for way in card.ways] == [
        ("Try it differently (we suggest this)", True),
        ("Stop here", False),
    ]
    assert (card.legend, card.note_label) == ("Two ways out", "Anything we should know?")


@pytest.mark.parametrize(
    ("ran", "row", "word", "text"),
    [
        ([], {}, "Not checked", "Not checked yet as it is now."),
        ([check(commit="c0")], {}, "Out of date", "Not checked yet as it is now."),
        ([check()], {"fresh": False}, "Out of date", "the app has changed since"),
        ([check(False, failures=[{"name": "test_p1_1_a_page"}])], {}, "Failed", "fails: test_p1_1_a_page"),
        ([check(False)], {}, "Not checked", "Other tests fail"),
        ([check(details={})], {}, "Not checked", "Please try it yourself."),
        ([check()], {}, "Proven", "passed on a clean copy"),
    ],
)
def test_a_promise_is_as_good_as_its_proof(ran: list[CheckRow], row: dict[str, Any], word: str, text: str):
    (view,) = phases._promises(phase(**row), ran)
    assert view.mark.text == word
    assert text in view.text


def test_a_check_shows_its_evidence_and_findings_stand_apart():
    (view,) = phases._checks(phase(), [check(False, exit_code=None), check(commit="c0")])
    assert view.mark.text == "Failed"
    assert "exit code none, save point c1" in view.evidence
    alarm = {"severity": "alarm", "sentence": "A test was deleted.", "path": "tests/a.py", "details": ["-def test_a"]}
    first, second = phases._findings(phase(findings=[alarm, {"severity": "note", "sentence": "Fine."}]))
    assert (first.mark.text, first.evidence, second.mark.text) == ("Failed", "tests/a.py\n-def test_a", "Noted")


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([], phases.USUALLY),
        ([run(RunStatus.RUNNING, 60, None)], phases.USUALLY),
        ([run(RunStatus.RUNNING, 60, None), run(RunStatus.COMPLETED, 900, 240, RunKind.PLAN)], phases.USUALLY),
        ([run(RunStatus.RUNNING, 60, None), run(RunStatus.COMPLETED, 900, 240)], "Done between 10:33 and 10:35"),
        ([run(RunStatus.RUNNING, 600, None), run(RunStatus.COMPLETED, 900, 60)], "Done at about 10:30"),
    ],
)
def test_when_work_is_done_is_told_by_earlier_work_of_its_kind(runs: list[RunRow], said: str):
    known = phases.Work(found(Step.BUILDING, Role.OWNER, None, phase()), runs, [])
    bar = phases.thread(VIEWER, known)[0].progress
    assert bar is not None
    assert bar.right == said


def test_a_paused_or_stuck_phase_keeps_its_place_and_long_silence_is_said():
    for step, more, word in (
        (Step.PAUSED, {"paused_from": Step.BUILDING}, "Paused"),
        (Step.PROBLEM, {"failed_at": Step.BUILDING}, "Stuck"),
    ):
        view = phases.thread(VIEWER, phases.Work(found(step, Role.OWNER, None, phase(), **more), [], []))[0]
        assert (view.mark.text, view.progress.left, view.progress.right) == (word, "Step 3 of 6", "")
    silent = found(Step.BUILDING, Role.OWNER, None, phase())
    silent.project.updated_at = NOW - timedelta(minutes=4)
    assert phases._quiet(VIEWER, silent).text == "Still working, for 4 minutes now. This is normal."
    assert phases._quiet(VIEWER, found(Step.BUILDING)) is None


def test_a_finished_phase_says_how_much_was_proven_and_whether_it_still_holds():
    done = phase(PhaseStatus.COMPLETED, merged="m1", fresh=False, ended_at=NOW)
    seen = found(Step.COMPLETED, Role.OWNER, None, done)
    view = phases.thread(VIEWER, phases.Work(seen, [], [check()]))[0]
    assert view.text == "10:30, 3 tests passed. The app has changed since"
    assert phases._undo(seen, done).action.label == "Undo phase 1"
    assert phases._undo(found(Step.COMPLETED, Role.VIEWER, None, done), done) is None


@pytest.mark.parametrize(
    ("step", "more", "place", "icon"),
    [
        (Step.TALKING, {}, 0, "work"),
        (Step.VISION, {}, 1, "work"),
        (Step.ROADMAPPING, {}, 2, "work"),
        (Step.BUILDING, {}, 3, "work"),
        (Step.PROBLEM, {}, 3, "stuck"),
        (Step.PAUSED, {"paused_from": Step.ROADMAP}, 2, "paused"),
        (Step.COMPLETED, {}, 4, "later"),
    ],
)
def test_the_way_ahead_marks_where_we_are(step: Step, more: dict[str, Any], place: int, icon: str):
    steps = talk.journey(found(step, **more)).steps
    assert [one.current for one in steps].index(True) == place
    assert steps[place].mark.icon == icon


def test_a_part_of_the_conversation_has_the_decisions_that_were_made_in_it():
    asked = [gate(closed=number) for number in (0, 10, 20, 30)]
    assert [one.closed for one in asked if talk._within(one, 10, 30)] == [10, 20]
    assert [one.closed for one in asked if talk._within(one, 0, None)] == [10, 20, 30]


def test_a_card_of_a_project_has_beads_for_the_journey_or_its_phases():
    talking = home.card(VIEWER, found(Step.TALKING))
    assert [bead.name for bead in talking.beads][:2] == ["Idea: working", "Vision: later"]
    stuck = home.card(VIEWER, found(Step.PROBLEM, Role.OWNER, gate(), phase(PhaseStatus.FAILED)))
    assert [bead.name for bead in stuck.beads] == ["Phase 1: stuck"]
    need = home.need(VIEWER, found(Step.RESULT, Role.OWNER, gate(), phase()), gate(Kind.PHASE_COMPLETE, phase=1))
    assert need.text == "Supper Sorted: phase 1 of 2, you can plan the week."
    bare = home.need(VIEWER, found(Step.RESULT), gate(Kind.ERROR_RESOLUTION, phase=3))
    assert bare.text == "Supper Sorted: phase 3 of 2."


def test_everything_that_happens_in_a_project_can_be_told():
    not_told = {kind for kind in KINDS if kind.split(".")[0] in {"project", "message", "gate", "phase", "run", "check"}}
    assert not_told - activity.TELLS.keys() == set()
    assert activity.item(VIEWER, event("something.new")) is None
    assert activity.items(VIEWER, [event("something.new")], "everything") == []


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (event("project.created", idea="A diary\nfor me"), "Tom said: “A diary for me”"),
        (event("message.created", role="assistant", text="Who is it for?"), "We answered: “Who is it for?”"),
        (event("message.created", role="user", text="x" * 200), f"Tom wrote: “{'x' * 139}…”"),
        (event("project.renamed", to="Diary"), "Tom called it “Diary”."),
        (
            event("project.built_by", title="Claude Code", network="closed", **{"from": "starter", "to": "claude"}),
            "Tom has it built by Claude Code from now on. Its builder may now reach nothing but its AI model.",
        ),
        (event("run.activity", text="Changed a file", details={"title": "Edit", "paths": ["a.py"]}), "changed a file"),
        (event("run.finished", ok=False, text="It stopped."), "It stopped."),
        (event("phase.completed", phase=1, title="You can plan."), "Phase 1 is proven and part of your app."),
    ],
)
def test_an_event_is_a_plain_sentence_with_its_time_and_channel(told: Event, text: str):
    line = activity.item(VIEWER, told)
    assert text in line.text
    assert line.at == "10:30, on Telegram"


def test_problems_are_what_failed_and_nothing_else():
    happened = [
        event("check.finished", passed=True, check="tests", text="Fine.", commit="c1"),
        event("check.finished", passed=False, check="tests", text="Red.", commit="c1"),
        event("project.moved", step=Step.PROBLEM),
        event("project.moved", step=Step.PLAN),
        event("gate.expired", question="Is this it?"),
    ]
    assert [one.kind for one, _ in activity.items(VIEWER, happened, "problems")] == [
        *("check.finished", "project.moved", "gate.expired"),
    ]


def test_a_builder_that_asks_gets_a_button_for_each_yes_and_the_command_is_folded():
    ways = [{"way": way, "label": f"Yes, {way}", "sentence": "So."} for way in ("once", "always")]
    asked = gate(Kind.PERMISSION, ways=ways, facts=[["What exactly", "pip install flask"]])
    card = gates.card(VIEWER, asked, Role.OWNER)
    assert [(way.value, way.title) for way in card.yes] == [("once", "Yes, once"), ("always", "Yes, always")]
    assert (card.ways, card.details, card.small) == ((), "pip install flask", "")
    assert "pip install" not in str(card.facts)
    line = standing.status(found(Step.PERMISSION, Role.OWNER, asked, phase(), paused_from=Step.BUILDING))
    assert line.startswith("The builder waits for your leave: is this it?")
    reads = standing.status(found(Step.PERMISSION, Role.VIEWER, asked, phase(), paused_from=Step.BUILDING))
    assert reads.startswith("The builder waits for leave: ")


def test_what_was_allowed_and_heard_is_told_in_sentences():
    rule = {"wish": "install", "subject": "", "allowed": True, "phase": None}
    told = [
        event("rule.set", **rule),
        event("rule.set", **(rule | {"allowed": False, "phase": 2})),
        event("run.heard", messages=["a"]),
        event("run.heard", messages=["a", "b"]),
        event("run.finished", ok=False, asks="push", text="The builder stopped to ask."),
    ]
    assert [one.text for one in (activity.item(VIEWER, one) for one in told)] == [
        "Tom said that the builder may fetch building blocks from the internet, always.",
        "Tom said that the builder may not fetch building blocks from the internet, in this phase.",
        "The builder has heard what you said.",
        "The builder has heard the 2 things you said.",
        "The builder stopped to ask.",
    ]
    assert activity.items(VIEWER, told, "problems") == []


@pytest.mark.parametrize("name", ["", "Nowhere/At-All", "../../etc/passwd", "\0"])
def test_an_unknown_zone_is_utc(name: str):
    assert zone(name) is UTC


def test_the_description_of_the_api_becomes_a_page():
    kinds = {"type": "array", "items": {"$ref": "#/components/schemas/Gate"}}
    answers = {"200": {"content": {"application/json": {"schema": kinds}}}}
    schema = {
        "paths": {
            "/gates": {"get": {"summary": "Gates", "responses": answers, "tags": ["decisions"]}},
            "/odd": {"post": {"description": "Odd.", "responses": {"204": {}}, "parameters": [{"name": "q"}]}},
        },
        "components": {"schemas": {"Gate": {"properties": {"id": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}}},
    }
    page = reference.page(schema)
    assert [subject.title for subject in page.subjects] == ["Decisions", "Other"]
    answer = page.subjects[0].calls[0].answer
    assert (answer.kind, answer.shape) == ("list of Gate", "Gate")
    assert page.subjects[1].calls[0].parts[0].kind == "anything"
    assert page.shapes[0].parts[0].kind == "string or null"
