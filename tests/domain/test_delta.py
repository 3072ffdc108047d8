"""A change of mind: whether there is one, what it changes, what it throws away, and how it goes back."""

import pytest

from make_brief import a_vision, brief, features
from orchestrator.domain import delta, question
from orchestrator.domain import vision as visions
from orchestrator.domain.brief import Feature, Topic
from orchestrator.domain.delta import Built
from orchestrator.domain.project import CAN_CHANGE, WORKING, Project, Signal, Step
from orchestrator.errors import Conflict
from wording import faults

REMINDERS = Feature(id="F6", title="Get reminders")
WISH = {"features": (*features(), REMINDERS)}


def at(step, **more):
    return Project("1", "Supper", step, phase=2, phases=3, **more)


def between(wish=None, built=()):
    found = delta.between(a_vision(), wish or a_vision(**WISH), 2, built)
    for line in (*found.changes, *found.thrown, found.extra):
        assert faults(line) == []
    return found


def test_a_vision_asked_for_is_the_first_or_a_change_of_what_was_agreed():
    assert delta.wanted(at(Step.TALKING), brief(), None) is Signal.ASKED
    assert delta.wanted(at(Step.TALKING, change_from=Step.PLAN), brief(), brief()) is Signal.ASKED
    for step in CAN_CHANGE - {Step.PAUSED}:
        assert delta.wanted(at(step), brief(**WISH), brief()) is Signal.EXTENDED


def test_nothing_told_and_nothing_new_are_refused_with_a_sentence():
    with pytest.raises(Conflict, match="nothing to write down yet"):
        delta.wanted(at(Step.TALKING), brief(what=""), None)
    with pytest.raises(Conflict, match="says all of this already"):
        delta.wanted(at(Step.PLAN), brief(), brief())


@pytest.mark.parametrize("step", sorted(WORKING))
def test_while_work_goes_on_the_wish_is_noted_and_nothing_is_put_off(step):
    with pytest.raises(Conflict, match="As soon as this step is done"):
        delta.wanted(at(step), brief(**WISH), brief())


def test_a_name_and_what_was_not_asked_are_nothing_new():
    assert not delta.is_new(brief(name="Other", skipped=(Topic.OUT,), numbered=9, who="Parents who work."), brief())
    assert delta.is_new(brief(**WISH), brief())
    assert delta.is_new(brief(success=()), brief())


def test_what_a_vision_says_as_a_brief_makes_the_same_vision_again():
    agreed = a_vision()
    assert visions.draft(delta.told(agreed), agreed) == agreed


def test_the_way_back_keeps_the_name_and_gives_no_id_twice():
    now = brief(name="Other", numbered=6, skipped=(Topic.DAY,), **WISH)
    back = delta.back(brief(), now)
    assert (back.name, back.numbered, back.skipped) == ("Other", 6, (Topic.DAY,))
    assert not delta.is_new(back, brief())


def test_a_vision_told_anew_keeps_the_agreed_words_where_the_brief_did_not_change():
    agreed = a_vision().model_copy(update={"who": "Parents with jobs, in better words."})
    drafted = a_vision(**WISH).model_copy(update={"who": "Yet other words.", "problem": "Other."})
    kept = delta.keeping(agreed, brief(), drafted, brief(**WISH))
    assert (kept.who, kept.problem) == (agreed.who, agreed.problem)
    assert kept.features == (*agreed.features, REMINDERS)

    changed = delta.keeping(agreed, brief(), a_vision(who="Students"), brief(who="Students"))
    assert changed.who == "Students."


def test_what_changes_is_told_one_by_one_against_what_was_agreed():
    assert between().changes == ("One thing was added.", "What it does, new: “Get reminders. Should have”.")
    other = between(a_vision(who="Students", out=()))
    assert other.changes[1:] == (
        "Who it is for: “Parents who work” becomes “Students”.",
        "What is left out, taken out: “Counting calories”.",
    )


def test_many_changes_are_counted():
    wish = a_vision(features=(), who="x", problem="y", day=(), success=(), out=())
    assert between(wish).changes[-1] == "And five more things."


def test_another_name_alone_changes_nothing():
    assert between(a_vision(name="Other")).changes == ("Nothing changed.",)


def test_nothing_is_thrown_away_while_no_phase_has_begun():
    assert between().thrown == ("Nothing: no phase has begun yet.",)


def test_what_is_finished_stays_and_what_is_on_trial_is_begun_anew():
    built = [Built(1, ("F1",), finished=True), Built(2, ("F2",), begun=True), Built(3), Built(4)]
    assert between(built=built).thrown == (
        "Nothing that is finished is touched.",
        "Phase 2 is on a trial copy and is begun anew.",
        "Phases 2, 3 and 4 are not finished and are put together anew, and you see the new list first.",
    )


def test_a_plan_alone_is_said_to_be_a_plan():
    thrown = between(built=[Built(1, ("F1",), begun=True, planned=True)]).thrown
    assert thrown[0] == "The plan of phase 1 is set aside. Nothing of it was built yet."
    assert thrown[1].startswith("What is not built yet is put together anew")


def test_what_is_built_and_no_longer_wished_for_stays_until_it_is_undone():
    wish = a_vision(features=features()[1:])
    built = [Built(1, ("F1",), finished=True)]
    assert between(wish, built).thrown[-1] == (
        "“Plan the week” is built already. It stays in your app until you ask to undo phase 1."
    )


@pytest.mark.parametrize("stood", [None, *sorted(CAN_CHANGE | {Step.BUILDING})])
def test_the_question_says_that_only_this_is_decided_and_where_a_no_leads(stood):
    asked = question.change(between(), 3, (), stood)
    assert asked.question == "Shall we change the vision like this?"
    assert "everything else stays as agreed" in asked.on_yes
    assert ("stays as agreed" in asked.on_no) == (stood is not None)
    assert [label for label, _ in asked.facts][-1] == "Extra time and money"
    assert faults(asked.on_no) == faults(asked.on_yes) == faults(asked.why) == []


def test_time_and_money_are_told_where_they_are_known():
    assert delta.between(a_vision(), a_vision(**WISH), 1, (), "About an hour and $1.").extra == "About an hour and $1."
