"""The sentence at the top of a project, for every place where it can stand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.domain.project import Step
from orchestrator.telling import status
from orchestrator.telling.marks import State
from orchestrator.telling.status import Facts

NOW = datetime(2026, 11, 22, 11, 8, tzinfo=UTC)
FACTS = Facts(
    Step.BUILDING,
    NOW,
    UTC,
    phase=2,
    phases=5,
    outcome="You can swap a meal.",
    question="Is this the app you want?",
    question_href="/projects/1#gate-7",
    clear=5,
    to_ask=3,
    done_steps=2,
    steps=7,
    left="10 to 15 minutes",
    spent="€1.40 of €10 spent.",
    sign_of_life=NOW - timedelta(seconds=20),
    doing="working on tests",
    usually="3 to 8",
)


def said(facts: Facts) -> str:
    line = status.line(facts)
    return f"{line.news} {line.link.text if line.link else ''}{line.more}"


@pytest.mark.parametrize(
    ("facts", "state", "sentence"),
    [
        (replace(FACTS, step=Step.TALKING), State.WORK,
         "Getting to know your idea. 5 of 7 topics are clear, about 3 more questions. €1.40 of €10 spent."),
        (replace(FACTS, step=Step.TALKING, to_ask=1, spent=""), State.WORK,
         "Getting to know your idea. 5 of 7 topics are clear, about 1 more question."),
        (replace(FACTS, step=Step.TALKING, clear=7, to_ask=0, spent=""), State.WORK,
         "Getting to know your idea. 7 of 7 topics are clear."),
        (replace(FACTS, step=Step.VISION), State.YOU,
         ("Waiting for you: is this the app you want? Go to the question. Nothing is built or spent until you answer. "
         "€1.40 of €10 spent.")),
        (FACTS, State.WORK,
         ("Building phase 2 of 5: you can swap a meal. Step 3 of 7, 10 to 15 minutes left. €1.40 of €10 spent. "
         "Active 20 seconds ago.")),
        (replace(FACTS, sign_of_life=NOW - timedelta(minutes=4)), State.WORK,
         ("Building phase 2 of 5: you can swap a meal. Step 3 of 7, 10 to 15 minutes left. €1.40 of €10 spent. "
         "Still working on tests, for 4 minutes now. This is normal: it usually takes 3 to 8.")),
        (replace(FACTS, sign_of_life=NOW - timedelta(minutes=10)), State.STUCK,
         "Possibly stuck in phase 2: no sign of life for 10 minutes. We look into it; you need not do anything."),
        (replace(FACTS, step=Step.ROADMAPPING, phase=0, left="about 8 minutes", sign_of_life=None), State.WORK,
         ("Splitting the vision into phases. About 8 minutes left. You will be asked before anything is built. "
         "€1.40 of €10 spent.")),
        (replace(FACTS, step=Step.PLANNING, steps=0, left="", spent="", outcome="", sign_of_life=None), State.WORK,
         "Planning phase 2 of 5. "),
        (replace(FACTS, step=Step.PROBLEM), State.STUCK,
         ("Stuck in phase 2 of 5: you can swap a meal. See the ways out. Work has stopped and waits for you. "
         "Nothing is being spent. €1.40 of €10 spent.")),
        (replace(FACTS, step=Step.PROBLEM, phase=0, spent=""), State.STUCK,
         "Stuck. See the ways out. Work has stopped and waits for you. Nothing is being spent."),
        (replace(FACTS, step=Step.PAUSED, paused_by="Tom", paused_at=NOW - timedelta(days=6), spent=""), State.REST,
         "Paused by Tom on Monday, in phase 2 of 5. Nothing is lost."),
        (replace(FACTS, step=Step.PAUSED, phase=0, spent=""), State.REST, "Paused. Nothing is lost."),
        (replace(FACTS, step=Step.COMPLETED, spent="", to_do=3), State.STUCK,
         "All five phases are done. Not ready for strangers yet: 3 things left. "),
        (replace(FACTS, step=Step.COMPLETED, spent="", phases=1, to_do=1), State.STUCK,
         "The only phase is done. Not ready for strangers yet: 1 thing left. "),
        (replace(FACTS, step=Step.COMPLETED, spent="", to_do=0), State.PROVEN,
         "All five phases are done. Ready for strangers. "),
        (replace(FACTS, step=Step.COMPLETED, spent=""), State.REST,
         "All five phases are done. Whether strangers may use it has not been checked yet."),
        (replace(FACTS, step=Step.CANCELLED, spent=""), State.REST, "Cancelled. Nothing is deleted."),
    ],
)  # fmt: skip
def test_the_sentence_says_whose_turn_it_is(facts: Facts, state: State, sentence: str):
    assert said(facts) == sentence
    assert status.line(facts).state is state


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_sentence_of_its_own(step: Step):
    line = status.line(replace(FACTS, step=step))
    assert line.news[0].isupper()
    assert line.news.endswith((".", "?"))
    assert f"{step}" not in line.news or step in {Step.PAUSED, Step.CANCELLED, Step.BUILDING}


def test_work_before_the_first_phase_may_be_silent_too():
    silent = replace(FACTS, step=Step.DRAFTING, phase=0, sign_of_life=NOW - timedelta(minutes=11))
    assert status.line(silent).news == "Possibly stuck: no sign of life for 11 minutes."


def test_a_silence_without_a_reason_is_still_normal():
    silent = replace(FACTS, doing="", usually="", sign_of_life=NOW - timedelta(minutes=4))
    assert status.still(silent) == "Still working, for 4 minutes now. This is normal."


def test_without_a_connection_it_says_what_was_known_last():
    line = status.offline(FACTS, NOW)
    assert line.news == "Last known, at 11:08: building phase 2 of 5."
    assert line.more == "Building goes on without this page."
