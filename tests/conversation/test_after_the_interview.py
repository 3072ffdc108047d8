"""What is answered once the questions are over, in every step a project can be in."""

import pytest

from make_brief import a_vision, brief, features
from orchestrator.conversation import interview
from orchestrator.conversation.interview import Wants
from orchestrator.domain import delta
from orchestrator.domain.project import CAN_CHANGE, GATES, IN_A_PHASE, OPEN, WORKING, Step
from wording import faults

BUSY = sorted(set(Step) - {Step.TALKING})


def say(text, step, told=None, agreed=None):
    heard = interview.reply(text, told or brief(), None, step=step, vision=a_vision(), agreed=agreed)
    for said in (heard.reply, *heard.notes):
        assert faults(said) == []
    assert heard.asked is None
    return heard


@pytest.mark.parametrize("step", BUSY)
def test_where_things_stand_is_answered_in_every_step(step):
    heard = say("where are we?", step)
    assert heard.wants is Wants.STATUS
    assert heard.reply


@pytest.mark.parametrize("step", [Step.VISION, Step.COMPLETED])
@pytest.mark.parametrize("wish", ["Please add reminders", "Can we add reminders?", "add reminders. They come at six."])
def test_a_wish_makes_a_new_version_where_that_is_possible(step, wish):
    heard = say(wish, step)
    assert heard.wants is Wants.WRITE_VISION
    assert heard.brief.features[-1].title == "Reminders"
    assert "new version" in heard.reply


@pytest.mark.parametrize("step", sorted(set(BUSY) - {Step.VISION, Step.COMPLETED, Step.CANCELLED}))
def test_a_wish_while_work_goes_on_is_noted_and_honestly_put_off(step):
    heard = say("Please add reminders", step)
    assert heard.wants is None
    assert heard.brief.features[-1].title == "Reminders"
    assert "comes" in heard.reply


OFFERS = sorted(CAN_CHANGE - {Step.COMPLETED})


@pytest.mark.parametrize("step", OFFERS)
def test_a_wish_where_something_was_agreed_is_noted_and_its_change_is_offered(step):
    heard = say("Please add reminders", step, agreed=brief())
    assert (heard.wants, heard.quick) == (None, (delta.SHOW,))
    assert heard.brief.features[-1].title == "Reminders"
    assert "Nothing changes without your yes." in heard.reply
    assert ("choose Ask for changes there instead" in heard.reply) == (step in GATES)


@pytest.mark.parametrize("step", OFFERS)
@pytest.mark.parametrize(
    "text", [delta.SHOW, "write the new version", "Change the vision", "update the vision, please"]
)
def test_the_change_is_shown_when_it_is_asked_for_in_so_many_words(step, text):
    assert say(text, step, brief(success=()), brief()).wants is Wants.WRITE_VISION
    nothing = say(text, step, agreed=brief())
    assert nothing.wants is None
    assert nothing.reply.startswith("The vision says all of this already.")


def test_a_wish_that_is_taken_back_leaves_nothing_to_offer():
    heard = say("remove print the plan", Step.PLAN, agreed=brief(features=features()[:-1]))
    assert heard.quick == ()


@pytest.mark.parametrize("step", sorted(WORKING & IN_A_PHASE))
def test_while_a_phase_is_worked_on_nothing_is_put_off_and_it_is_said_when_one_may_ask(step):
    assert "as soon as this step is done" in say("Please add reminders", step).reply
    early = say(delta.SHOW, step)
    assert early.wants is None
    assert early.reply.endswith("When this step is done, you can ask to see what would change.")


def test_a_cancelled_project_takes_no_wishes():
    heard = say("Please add reminders", Step.CANCELLED)
    assert heard.brief == brief()
    assert "start over" in heard.reply


def test_a_change_and_a_removal_are_understood_too():
    assert say("remove print the plan", Step.VISION).brief.features[-1].title == "Respect allergies"
    changed = say("change dinners to lunches", Step.VISION)
    assert changed.brief.what == "A phone app that plans lunches"
    assert changed.notes == ("Noted: lunches. The brief is corrected.",)
    assert changed.wants is Wants.WRITE_VISION
    assert say("who is it for: students", Step.COMPLETED).brief.who == "Students"
    assert "could not find “the pool”" in say("remove the pool", Step.VISION).reply
    assert say("add swap a meal", Step.VISION).reply.startswith("I have that already.")


@pytest.mark.parametrize("step", sorted(GATES - {Step.PERMISSION}))
@pytest.mark.parametrize("text", ["sure, why not", "ok", "👍", "Looks good to me"])
def test_what_sounds_like_a_yes_is_said_back_and_is_none(step, text):
    heard = say(text, step)
    assert heard.wants is None
    assert heard.reply == "That sounds like a yes. To be sure, please press Approve or write “yes”."


@pytest.mark.parametrize("step", sorted(GATES - {Step.PERMISSION}))
@pytest.mark.parametrize(
    "text", ["ok, but make it blue", "yes but slowly", "Ja, aber ohne Kalender", "sure, if it is cheap"]
)
def test_a_yes_with_a_wish_is_told_how_to_ask_for_it(step, text):
    heard = say(text, step)
    assert heard.wants is None
    assert heard.reply.startswith("That sounds like a yes with a wish, so nothing is decided.")
    assert "choose Ask for changes and say what" in heard.reply


def test_where_a_builder_asks_for_leave_its_own_buttons_are_named():
    assert say("ok", Step.PERMISSION).reply.startswith("That sounds like a yes. To be sure, press one of the buttons")
    assert "a yes with a wish, so nothing is decided" in say("ok, but slowly", Step.PERMISSION).reply
    assert "press No" in say("not really", Step.PERMISSION).reply
    assert "“yes, always”" in say("hm", Step.PERMISSION).reply


@pytest.mark.parametrize("step", sorted(GATES))
def test_what_sounds_like_a_no_is_said_back_and_a_clear_answer_points_to_the_question(step):
    assert "sounds like a no" in say("not really", step).reply
    assert "counts only for the question that is open" in say("yes", step).reply


@pytest.mark.parametrize("step", BUSY)
def test_stop_is_passed_on_wherever_there_is_something_to_stop(step):
    assert say("no, stop!", step).wants is (Wants.PAUSE if step in OPEN else None)
    assert say("resume", step).wants is (Wants.RESUME if step is Step.PAUSED else None)
    assert say("cancel the project", step).wants is (Wants.CANCEL if step in OPEN | {Step.PAUSED} else None)
    assert say("start over", step).wants is Wants.RESET
    assert say("write the vision now", step).wants is None


@pytest.mark.parametrize("step", BUSY)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", "Hello."),
        ("thanks", "You are welcome."),
        ("cancel", "cancel the project"),
        ("is it secure?", "cannot answer that"),
        ("make it pop", "did not understand"),
        ("are you an AI?", "not an AI"),
        ("what is a phase?", "something you can try"),
        ("why?", "A yes from you"),
    ],
)
def test_talk_gets_an_honest_sentence_and_changes_nothing(step, text, expected):
    heard = say(text, step)
    assert expected in heard.reply
    assert heard.brief == brief()
    assert heard.wants is None


def test_work_in_progress_says_how_to_pause_it():
    assert all("Write “stop” to pause it." in say("hm", step).reply for step in WORKING)


def test_what_tells_a_story_is_not_taken_for_a_wish():
    assert say("I never know what to cook on Fridays", Step.BUILDING).brief == brief()
    assert say("Actually, I like it", Step.RESULT).brief == brief()
