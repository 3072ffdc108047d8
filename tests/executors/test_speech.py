"""What is said of a builder's work."""

from pathlib import Path

import pytest
from acp.schema import SessionNotification

from orchestrator.executors.speech import Speech, listed

WHERE = Path("/worktree")


@pytest.fixture
def speech():
    return Speech(WHERE, str.upper)


def update(update, /, **more):
    return SessionNotification.model_validate({"sessionId": "s", "update": {"sessionUpdate": update, **more}}).update


def step(number="1", title="A title", **more):
    return update("tool_call", toolCallId=number, title=title, **more)


@pytest.mark.parametrize(
    ("kind", "title", "command", "sentence"),
    [
        ("read", "src/app.py", "", "Is reading."),
        ("search", "grep", "", "Is looking for the right place."),
        ("fetch", "https://example.org", "", "Is looking something up."),
        ("delete", "rm x", "", "Is removing something."),
        ("execute", "ls", "ls", "Is trying something out."),
        ("execute", "Bash", "uv run pytest -q", "Is running the tests."),
        ("execute", "npm run test", "", "Is running the tests."),
        ("execute", "git add . && git commit -m x", "", "Is making a save point."),
        ("execute", "npm install left-pad", "", "Is fetching building blocks."),
        ("other", "latest news of the contest", "", "Is working."),
        (None, "something", "", "Is working."),
    ],
)
def test_each_kind_of_step_has_its_words(speech, kind, title, command, sentence):
    activity = speech.hear(step(kind=kind, title=title, rawInput={"command": command}))

    assert activity.sentence == sentence
    assert activity.details["title"] == title.upper()


def test_the_same_news_of_a_step_is_told_once(speech):
    assert speech.hear(step(kind="read"))
    assert speech.hear(update("tool_call_update", toolCallId="1", status="in_progress")) is None
    assert speech.hear(update("tool_call_update", toolCallId="1", status="completed")) is None
    assert speech.hear(update("tool_call_update", toolCallId="1", status="failed")).sentence.endswith("did not work.")


def test_what_is_run_is_told_once_it_is_known(speech):
    assert speech.hear(step(kind="execute", title="Terminal", rawInput={})) is None
    known = update("tool_call_update", toolCallId="1", rawInput={"command": "git commit -m x"})
    assert speech.hear(known).sentence == "Is making a save point."

    assert speech.hear(step("2", kind="execute", title="bash", rawInput={"cwd": "/worktree"})) is None
    over = update("tool_call_update", toolCallId="2", status="completed")
    assert speech.hear(over).sentence == "Is trying something out."


def test_a_change_is_told_when_it_is_made(speech):
    assert speech.hear(step(kind="edit", locations=[{"path": "/worktree/a.py"}])) is None
    activity = speech.hear(update("tool_call_update", toolCallId="1", status="completed"))

    assert activity.sentence == "Changed a file."
    assert activity.details["paths"] == speech.files() == ["a.py"]


def test_a_plan_is_told_when_it_moves_on(speech):
    def plan(*states):
        entries = [{"content": f"step {n}", "priority": "low", "status": state} for n, state in enumerate(states)]
        return speech.hear(update("plan", entries=entries))

    assert plan("pending", "pending").sentence == "Has made a list of 2 steps."
    assert plan("in_progress", "pending").sentence == "Works on: STEP 0"
    assert plan("in_progress", "pending") is None
    assert plan("completed", "completed").sentence == "Has come to the end of its list."
    assert plan() is None
    assert listed([{"title": "x", "status": "pending"}]) == "Knows its next step."


def test_a_list_that_is_noted_by_a_tool_is_a_plan_too(speech):
    todos = [{"content": "the page", "status": "in_progress"}, {"content": "its tests", "status": "pending"}]
    activity = speech.hear(step(kind="other", title="todowrite", rawInput={"todos": todos}))
    assert (activity.kind, activity.sentence) == ("plan", "Works on: THE PAGE")
    assert speech.hear(update("tool_call_update", toolCallId="1", status="completed")) is None
    assert speech.hear(step("2", rawInput={"todos": "strange"})).sentence == "Is working."


def test_spending_is_told_where_it_is_known(speech):
    assert speech.hear(update("usage_update", used=5, size=9)).details == {"used": 5, "size": 9}
    spent = speech.hear(update("usage_update", used=5, size=9, cost={"amount": 1.5, "currency": "USD"}))
    assert (spent.sentence, speech.cost["amount"]) == ("Has spent 1.50 USD so far.", 1.5)
    assert speech.hear(update("usage_update", used=6, size=9)).details["amount"] == 1.5  # it is not told each time
    free = speech.hear(update("usage_update", used=6, size=9, cost={"amount": 0, "currency": "USD"}))
    assert free.sentence == "Is working."


def test_what_is_not_for_people_is_not_told(speech):
    assert speech.hear(update("agent_thought_chunk", content={"type": "text", "text": "hm"})) is None
    assert speech.hear(update("agent_message_chunk", content={"type": "image", "data": "", "mimeType": "a/b"})) is None
    assert speech.hear(update("current_mode_update", currentModeId="x")) is None


def test_a_deed_is_known_again_once_it_is_over_even_under_the_same_number(speech):
    def deed(**more):
        speech.hear(step(kind="execute", status="completed", **more))
        return speech.steps["1"].deed()

    first = deed(rawInput={"command": "x"})
    assert first == deed(rawInput={"command": "x"}) != deed(rawInput={"command": "y"})
    assert speech.steps["1"].deed() == ""
