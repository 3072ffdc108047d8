"""How a project moves: the whole table, and long walks through it."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.project import (
    ANSWERS,
    ASKED_FOR,
    BEFORE_PHASES,
    BUILDS,
    CAN_CHANGE,
    CAN_REST,
    CAN_UNDO,
    FLOW,
    FOLLOWS,
    GATES,
    IN_A_PHASE,
    MIDWAY,
    OPEN,
    RESTS_FROM,
    RETURNS,
    SAID,
    TAKES,
    WORKING,
    Before,
    Project,
    Signal,
    Stage,
    Step,
)
from orchestrator.errors import Conflict

PAIRS = sorted(product(Step, Signal))
MEMORY = {
    Step.PAUSED: {"paused_from": Step.PLAN},
    Step.LIMIT: {"paused_from": Step.BUILDING},
    Step.PERMISSION: {"paused_from": Step.BUILDING},
    Step.PROBLEM: {"failed_at": Step.BUILDING},
    Step.UNDOING: {"undo_from": Step.COMPLETED},
    Step.DRAFTING: {"change_from": Step.PLAN},
}
REST = frozenset({Step.PAUSED, Step.COMPLETED, Step.CANCELLED})


def at(step: Step, **more: object) -> Project:
    """A project there, as it would be in the middle of its second phase."""
    return Project("1", "Meals", step, **{"leg": 3, "moves": 9, "phase": 2, "phases": 4} | MEMORY.get(step, {}) | more)


def memory(field: str, remembered: Step | None) -> dict[str, object]:
    """What the project remembers, under the name that the table gives it."""
    if field != "answered":
        return {field: remembered}
    return {"before": remembered and Before.of(at(remembered))}


def test_a_project_is_talked_about_first():
    assert Project("1", "Meals").step is Step.TALKING


@pytest.mark.parametrize(("step", "signal"), sorted(FLOW))
def test_every_move_of_the_table_leads_where_the_table_says(step, signal):
    assert at(step).after(signal).step is FLOW[step, signal]


@pytest.mark.parametrize(("step", "signal"), sorted(RETURNS))
def test_a_move_back_leads_where_the_project_remembers(step, signal):
    answers = signal is Signal.TAKEN_BACK
    for remembered in sorted(GATES if answers else WORKING | GATES):
        back = at(step, **memory(RETURNS[step, signal], remembered)).after(signal)
        rests = step is Step.VISION and remembered in WORKING  # work begins again only when somebody says go on
        assert (back.paused_from if rests else back.step) is remembered


@pytest.mark.parametrize(("step", "signal"), sorted(set(RETURNS) - set(FLOW)))
def test_a_move_back_to_nowhere_is_refused(step, signal):
    with pytest.raises(Conflict, match="Meals"):
        at(step, **memory(RETURNS[step, signal], None)).after(signal)


@pytest.mark.parametrize(("step", "signal"), sorted(set(PAIRS) - set(FLOW) - set(RETURNS)))
def test_every_other_move_is_refused_with_a_sentence_that_names_the_project(step, signal):
    with pytest.raises(Conflict) as refused:
        at(step).after(signal)

    asked = ASKED_FOR.get(signal, f"take “{signal}”")
    assert str(refused.value) == f"Meals is {SAID[step]}, so it cannot {asked} now."


def test_only_a_no_to_the_vision_is_in_both_tables_for_the_first_one_leads_to_the_conversation():
    assert set(FLOW) & set(RETURNS) == {(Step.VISION, Signal.REJECTED)}


def test_every_step_is_work_or_a_question_or_talk_or_rest():
    kinds = [WORKING, GATES, {Step.TALKING}, REST]
    assert sorted(step for kind in kinds for step in kind) == sorted(Step)
    assert set(Step) - REST == OPEN
    assert IN_A_PHASE & WORKING | BEFORE_PHASES | {Step.UNDOING} == WORKING


def test_every_step_can_be_said_and_reached():
    assert set(SAID) == set(Step)
    assert set(FLOW.values()) == set(Step)


@pytest.mark.parametrize("step", sorted(OPEN))
def test_stop_always_works_and_resume_returns_there(step):
    paused = at(step).after(Signal.STOPPED)

    there = Step.BUILDING if step in MIDWAY else step  # asked again when there is something to pay, or to allow
    assert (paused.step, paused.paused_from, paused.stage) == (Step.PAUSED, there, Stage.PAUSED)
    assert paused.after(Signal.RESUMED).step is there


@pytest.mark.parametrize("step", sorted(OPEN - MIDWAY))
@pytest.mark.parametrize("yes", [Signal.APPROVED, Signal.CHANGES])
def test_when_the_limit_is_reached_the_project_waits_and_goes_on_where_it_stood(step, yes):
    before = at(step)
    waits = before.after(Signal.SPENT)

    assert (waits.step, waits.paused_from, waits.stage) == (Step.LIMIT, step, before.stage)
    on = waits.after(yes)
    assert (on.step, on.stage, on.phase, on.tries) == (step, before.stage, before.phase, before.tries)
    assert (on.failed_at, on.undo_from, on.paused_from) == (before.failed_at, before.undo_from, None)
    assert on.leg == before.leg + (step in WORKING)


@pytest.mark.parametrize("no", [Signal.REJECTED, Signal.STOPPED])
def test_a_no_to_more_money_pauses_and_is_asked_about_again_only_when_money_is_needed(no):
    paused = at(Step.UNDOING).after(Signal.SPENT).after(no)
    assert (paused.step, paused.paused_from, paused.undo_from) == (Step.PAUSED, Step.UNDOING, Step.COMPLETED)
    assert paused.after(Signal.RESUMED).step is Step.UNDOING


def test_an_undo_that_failed_at_the_limit_leads_back_to_where_the_limit_was_reached():
    undone = at(Step.RESULT).after(Signal.SPENT).after(Signal.UNDO).after(Signal.FAILED)
    assert undone.after(Signal.RESUMED).step is Step.RESULT


@pytest.mark.parametrize("step", sorted(BUILDS))
@pytest.mark.parametrize("answer", [Signal.APPROVED, Signal.CHANGES, Signal.REJECTED])
def test_a_builder_that_asks_goes_on_with_the_same_step_whatever_is_answered(step, answer):
    before = at(step, tries=1)
    waits = before.after(Signal.ASKS)

    assert (waits.step, waits.paused_from, waits.stage, waits.key) == (
        Step.PERMISSION,
        step,
        before.stage,
        "1-10-permission",
    )
    on = waits.after(answer)
    assert (on.step, on.phase, on.leg, on.paused_from) == (step, before.phase, before.leg + 1, None)
    assert on.tries == (1 if step is Step.REPAIRING else 0)
    assert on.key != before.key


def test_only_who_builds_a_phase_can_ask():
    assert {step for step in Step if (step, Signal.ASKS) in FLOW} == BUILDS


def test_what_rests_or_is_over_cannot_reach_its_limit():
    assert {step for step in Step if (step, Signal.SPENT) not in FLOW} == REST | MIDWAY


@pytest.mark.parametrize("step", sorted(WORKING - {Step.UNDOING}))
def test_work_that_failed_is_a_question_that_remembers_where_to_try_again(step):
    stuck = at(step).after(Signal.FAILED)

    again = Step.BUILDING if step in {Step.CHECKING, Step.REPAIRING} else step
    assert (stuck.step, stuck.failed_at) == (Step.PROBLEM, again)
    assert stuck.stage is at(again).stage
    assert stuck.after(Signal.RETRIED).step is again
    assert stuck.after(Signal.STOPPED).after(Signal.RESUMED) == replace(stuck, moves=stuck.moves + 2)


@pytest.mark.parametrize("no", [Signal.STOPPED, Signal.REJECTED])
def test_a_problem_that_was_put_off_is_asked_about_again(no):
    stuck = at(Step.MERGING).after(Signal.FAILED)
    assert stuck.after(no).after(Signal.RESUMED).after(Signal.RETRIED).step is Step.MERGING


@pytest.mark.parametrize("step", sorted(IN_A_PHASE & WORKING))
def test_going_back_from_a_problem_of_a_phase_makes_a_new_plan(step):
    back = at(step).after(Signal.FAILED).after(Signal.GONE_BACK)
    assert back.paused_from is Step.PLANNING


@pytest.mark.parametrize("step", sorted(BEFORE_PHASES))
@pytest.mark.parametrize("phase", [0, 4])
def test_going_back_from_a_problem_before_a_phase_plans_no_phase_that_is_not_there_or_already_done(step, phase):
    back = at(step, phase=phase).after(Signal.FAILED).after(Signal.GONE_BACK)
    assert back.after(Signal.RESUMED).step is Step.TALKING


@pytest.mark.parametrize("step", sorted(CAN_UNDO))
def test_an_undo_that_failed_leads_back_to_where_it_was_asked_for(step):
    before = at(step)
    paused = before.after(Signal.UNDO).after(Signal.FAILED)
    stood = MEMORY.get(step, {}).get("paused_from", step)
    assert paused.after(Signal.RESUMED).step is stood
    assert paused.failed_at is before.failed_at


def test_an_undo_that_was_paused_and_asked_for_again_still_knows_where_it_began():
    again = at(Step.RESULT).after(Signal.UNDO).after(Signal.STOPPED).after(Signal.UNDO)
    assert again.after(Signal.FAILED).after(Signal.RESUMED).step is Step.RESULT


def test_what_was_undone_is_planned_anew():
    undone = at(Step.COMPLETED).after(Signal.UNDO).after(Signal.FINISHED)
    assert (undone.step, undone.after(Signal.RESUMED).step) == (Step.PAUSED, Step.PLANNING)


def changing(step: Step, **more: object) -> Project:
    """A project at the decision about a change of its vision, asked for at this step."""
    return at(step, **more).after(Signal.EXTENDED).after(Signal.FINISHED)


@pytest.mark.parametrize("step", sorted(CAN_CHANGE - {Step.PAUSED}))
def test_a_change_that_is_not_wanted_leads_back_to_the_same_question(step):
    back = changing(step).after(Signal.REJECTED)
    assert back == replace(at(step), moves=12, leg=4, before=back.before)


@pytest.mark.parametrize("paused_from", sorted(WORKING & CAN_REST))
def test_work_that_was_paused_for_a_change_stays_paused_after_a_no(paused_from):
    back = changing(Step.PAUSED, paused_from=paused_from).after(Signal.REJECTED)
    assert (back.step, back.paused_from, back.change_from) == (Step.PAUSED, paused_from, None)


@pytest.mark.parametrize("paused_from", sorted(GATES & CAN_REST))
def test_a_question_that_was_put_off_is_asked_again_after_a_no(paused_from):
    back = changing(Step.PAUSED, paused_from=paused_from, failed_at=Step.BUILDING).after(Signal.REJECTED)
    assert (back.step, back.paused_from) == (paused_from, None)


def test_a_change_is_talked_about_or_paused_without_forgetting_where_it_began():
    talked = changing(Step.PLAN).after(Signal.CHANGES).after(Signal.STOPPED).after(Signal.RESUMED)
    again = talked.after(Signal.ASKED).after(Signal.FINISHED).after(Signal.STOPPED).after(Signal.RESUMED)
    assert talked.step is Step.TALKING
    assert again.after(Signal.REJECTED).step is Step.PLAN


def test_a_change_that_is_wanted_is_set_up_and_remembered_no_longer():
    wanted = changing(Step.RESULT).after(Signal.APPROVED)
    assert (wanted.step, wanted.change_from, wanted.phase) == (Step.PREPARING, None, 2)


def test_a_change_that_failed_goes_back_to_the_problem_before_by_trying_it_again():
    failed = at(Step.PROBLEM).after(Signal.EXTENDED).after(Signal.FAILED)
    back = failed.after(Signal.RETRIED).after(Signal.FINISHED).after(Signal.REJECTED)
    assert (failed.failed_at, back.step, back.paused_from) == (Step.DRAFTING, Step.PAUSED, Step.BUILDING)


@pytest.mark.parametrize("from_", [Step.TALKING, Step.DRAFTING, Step.VISION, Step.MERGING, Step.UNDOING])
def test_what_must_come_to_its_end_first_is_not_put_off_for_a_change(from_):
    paused = at(Step.PAUSED, paused_from=from_)
    assert not paused.can_change
    with pytest.raises(Conflict, match="cannot take a new wish now"):
        paused.after(Signal.EXTENDED)


def test_there_is_one_change_at_a_time_and_no_phase_is_undone_meanwhile():
    paused = changing(Step.RESULT).after(Signal.STOPPED)
    for signal in (Signal.EXTENDED, Signal.UNDO):
        with pytest.raises(Conflict):
            paused.after(signal)


def test_a_first_vision_that_could_not_be_written_is_no_agreed_one():
    assert not at(Step.PROBLEM, failed_at=Step.DRAFTING).can_change
    assert not at(Step.PAUSED, paused_from=Step.PROBLEM, failed_at=Step.DRAFTING).can_change


@pytest.mark.parametrize("gate", [Step.PLAN, Step.RESULT])
def test_after_a_no_the_phase_is_planned_anew(gate):
    resumed = at(gate, tries=2).after(Signal.REJECTED).after(Signal.RESUMED)
    assert (resumed.step, resumed.phase, resumed.tries) == (Step.PLANNING, 2, 0)


@pytest.mark.parametrize(
    ("step", "ways_out"),
    [
        (Step.CANCELLED, {Signal.RESET}),
        (Step.COMPLETED, {Signal.EXTENDED, Signal.RESET, Signal.UNDO, Signal.TAKEN_BACK}),
    ],
)
def test_what_is_over_moves_only_as_the_table_says(step, ways_out):
    assert {signal for at_step, signal in FLOW | RETURNS if at_step is step} == ways_out


def test_repairs_are_counted_until_the_phase_is_built_or_planned_again():
    repairing = at(Step.CHECKING).after(Signal.RED).after(Signal.FINISHED).after(Signal.RED)
    assert repairing.tries == 2
    assert repairing.after(Signal.FINISHED).after(Signal.FINISHED).tries == 2

    assert repairing.after(Signal.FAILED).after(Signal.RETRIED).tries == 0


def test_a_reset_forgets_the_phase_but_no_number_of_work():
    reset = at(Step.BUILDING).after(Signal.RESET)
    assert (reset.step, reset.phase, reset.leg, reset.moves) == (Step.TALKING, 0, 3, 10)


@pytest.mark.parametrize(
    ("step", "stage"),
    [
        (Step.TALKING, Stage.BRAINSTORMING),
        (Step.DRAFTING, Stage.BRAINSTORMING),
        (Step.VISION, Stage.VISION_REVIEW),
        (Step.PREPARING, Stage.PLANNING),
        (Step.ROADMAP, Stage.PLANNING),
        (Step.PLANNING, Stage.IN_PROGRESS),
        (Step.RESULT, Stage.IN_PROGRESS),
        (Step.UNDOING, Stage.IN_PROGRESS),
        (Step.PAUSED, Stage.PAUSED),
        (Step.COMPLETED, Stage.COMPLETED),
        (Step.CANCELLED, Stage.CANCELLED),
    ],
)
def test_the_stage_is_what_people_would_say(step, stage):
    assert at(step).stage is stage


def test_work_has_the_same_name_until_the_project_moves():
    building = at(Step.BUILDING)
    assert building.key == replace(building, tries=1).key == "1-9-building"
    assert building.after(Signal.STOPPED).after(Signal.RESUMED).key != building.key


@pytest.mark.parametrize("step", sorted(GATES))
@pytest.mark.parametrize("answer", sorted(ANSWERS))
def test_an_answer_can_be_taken_back_whatever_work_came_of_it(step, answer):
    before = at(step, tries=1)
    if not before.may(answer):
        return
    given = before.after(answer)
    if given.step in TAKES:
        assert not given.may(Signal.TAKEN_BACK)
        return
    for after in (given, *(given.after(signal) for signal in sorted(FOLLOWS) if given.may(signal))):
        back = after.after(Signal.TAKEN_BACK)
        assert back == replace(before, moves=after.moves + 1, leg=after.leg)
        assert not back.may(Signal.TAKEN_BACK)


@pytest.mark.parametrize("signal", sorted(set(Signal) - FOLLOWS - ANSWERS))
def test_an_answer_cannot_be_taken_back_once_something_else_was_asked_for(signal):
    for step in sorted(Step):
        project = at(step, before=Before.of(at(Step.VISION)))
        if project.may(signal):
            assert project.after(signal).before is None


def test_a_phase_that_is_being_taken_into_the_app_or_out_of_it_is_not_taken_back():
    for step in sorted(TAKES):
        assert not at(step, before=Before.of(at(Step.RESULT))).may(Signal.TAKEN_BACK)
    assert at(Step.RESULT).after(Signal.APPROVED).after(Signal.FAILED).before is None


def possible(project: Project) -> list[Signal]:
    """What may happen now, as the commands and the work would really send it."""
    signals = [signal for step, signal in FLOW | RETURNS if step is project.step]
    if project.step is Step.MERGING:
        signals.remove(Signal.FINISHED if project.phase < project.phases else Signal.NEXT_PHASE)
    if (project.phase == 0 or project.change_from) and Signal.UNDO in signals:
        signals.remove(Signal.UNDO)
    if not project.can_change and Signal.EXTENDED in signals:
        signals.remove(Signal.EXTENDED)
    if not project.can_validate and Signal.VALIDATE in signals:
        signals.remove(Signal.VALIDATE)
    if not project.before and Signal.TAKEN_BACK in signals:
        signals.remove(Signal.TAKEN_BACK)
    assert signals == [signal for signal in signals if project.may(signal)]
    return signals


def with_roadmap(project: Project, more: int) -> Project:
    """The phases are written down when the roadmap is."""
    return replace(project, phases=project.phase + more)


@given(st.data())
def test_however_long_the_way_a_project_stays_in_order(data):
    project = data.draw(st.sampled_from([Project("1", "Meals"), *map(at, sorted(Step))]), "start")
    for _ in range(data.draw(st.integers(1, 60), "moves")):
        signal = data.draw(st.sampled_from(possible(project)), "signal")
        before, project = project, project.after(signal)
        in_order(before, project)
        if project.step is Step.ROADMAP and before.step is Step.ROADMAPPING:
            project = with_roadmap(project, data.draw(st.integers(1, 8), "phases"))


def in_order(before: Project, after: Project) -> None:
    begun = after.step in WORKING and before.step not in WORKING
    assert after.moves == before.moves + 1
    assert after.leg == before.leg + begun
    assert (after.step in RESTS_FROM) == (after.paused_from is not None)
    assert after.paused_from not in RESTS_FROM
    assert after.step is not Step.PERMISSION or after.paused_from in BUILDS
    assert after.step is not Step.PROBLEM or after.failed_at in WORKING
    assert after.step is not Step.UNDOING or after.undo_from not in {None, Step.UNDOING}
    assert after.phase <= after.phases
    assert after.change_from in {None, *CAN_REST, Step.MERGING}  # that one is gone back to after it failed
    assert after.change_from is None or not after.can_change
    assert after.step not in IN_A_PHASE or after.phase >= 1
    assert after.before is None or after.after(Signal.TAKEN_BACK).step in GATES
    assert after.stage in Stage
    if after.step in OPEN:
        there = after.stands
        assert after.after(Signal.STOPPED).after(Signal.RESUMED).step is there
