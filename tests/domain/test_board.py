"""A promise is kept by what is so now, broken by what was so once, and never by less; a wish to mend is a phase."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Mend
from orchestrator.domain.policy import NEEDS, Role, allows
from orchestrator.domain.ready import board, fixing, promises, written
from orchestrator.domain.ready.board import Board, Kept, Promise, Promised, Run
from orchestrator.domain.ready.items import ITEMS
from orchestrator.domain.ready.promises import Try
from orchestrator.domain.ready.report import State, whole
from orchestrator.errors import Conflict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = Promise("P1.1", "You see the week.", "F1", 1)
TESTS = {"P1.1": ["test_p1_1_week"]}
BEFORE, HERE = Run("a", TESTS), Run("b", TESTS, now=True)
RUNS = st.lists(
    st.builds(
        Run,
        st.just("a"),
        st.dictionaries(st.sampled_from(["P1.1", "P2.1"]), st.just(["test"])),
        st.sampled_from(["", "1 test fails."]),
        st.booleans(),
    ),
    max_size=5,
)


def stands(*runs: Run, one: Promise = ONE) -> tuple[Kept, str]:
    [line] = board.board([one], runs, {})
    return line.kept, line.why


@pytest.mark.parametrize(
    ("runs", "kept", "why"),
    [
        ((), Kept.NOT_YET, "No test that passed has tried it."),
        ((HERE,), Kept.KEPT, "A test of it passed."),
        ((BEFORE,), Kept.BROKEN, "The app has changed since it was proven."),
        ((BEFORE, Run("b", {}, now=True)), Kept.BROKEN, "No test tries it any more."),
        ((BEFORE, Run("b", TESTS, "2 tests fail.", now=True)), Kept.BROKEN, "It fails now: 2 tests fail."),
        ((Run("b", TESTS, "2 tests fail.", now=True),), Kept.NOT_YET, "2 tests fail."),
        ((HERE, Run("b", {}, now=True)), Kept.BROKEN, "No test tries it any more."),
    ],
)
def test_a_promise_stands_by_the_newest_look_at_the_app_as_it_is(runs, kept, why):
    assert stands(*runs) == (kept, why)


@given(RUNS)
def test_nothing_is_kept_but_by_a_test_that_passed_in_the_last_run_on_what_is_there_now(runs):
    now = [run for run in runs if run.now]
    kept, _ = stands(*runs)
    assert (kept is Kept.KEPT) == bool(now and not now[-1].wrong and now[-1].tests.get("P1.1"))
    assert (kept is Kept.BROKEN) <= any(not run.wrong and run.tests.get("P1.1") for run in runs)
    later = Promise("P1.1", "You see the week.", "F1", 1, built=False)
    assert stands(*[r for r in runs if not r.now], one=later)[0] is Kept.NOT_YET


@pytest.mark.parametrize(
    ("proven", "kept"), [(True, Kept.KEPT), (False, Kept.BROKEN), (None, Kept.BROKEN)], ids=["proven", "red", "unknown"]
)
def test_a_promise_to_prove_a_question_stands_with_that_question(proven, kept):
    [line] = board.board([Promise("P2.1", "Proof.", "F2", 2, item="C1")], [HERE], {"C1": proven})
    assert (line.kept, line.aged) == (kept, proven is None)


def test_the_first_question_follows_from_the_board():
    promised = Promised((("F1", "Plan the week"),), (), (ONE,))

    def first(*runs: Run, told: Promised = promised) -> State:
        return promises.everything(told, board.board(told.promises, runs, {}), ()).state

    assert first(HERE) is State.PROVEN
    assert first(BEFORE) is State.OUT_OF_DATE
    assert first(BEFORE, Run("b", {}, now=True)) is State.FAILED
    assert first() is State.FAILED
    assert first(HERE, told=Promised()) is State.NOT_CHECKED
    bare = Promised((*promised.features, ("F2", "Swap a meal")), (), (ONE,))
    assert first(HERE, told=bare) is State.FAILED


def test_each_step_of_the_day_needs_a_test_of_its_own():
    day = Promised((), ("Nadia opens the app.", "She shops."))

    def second(tests: dict[str, list[str]]) -> State:
        return promises.journey(day, board.board(day.days, [Run("a", tests, now=True)], {}), ()).state

    assert second({"J1": ["opens"], "J2": ["shops"]}) is State.PROVEN
    assert second({"J1": ["opens"]}) is State.FAILED
    assert second({}) is State.FAILED
    assert promises.journey(Promised(), (), ()).state is State.NOT_CHECKED


def test_people_tried_it_where_each_phase_was_opened_before_the_yes():
    tries = [Try(1, "Nadia", NOW - timedelta(days=3), opened=True), Try(2, "Tom", NOW, opened=True)]
    answer = promises.by_people(tries, [1, 2], NOW)
    assert answer
    assert (answer.state, answer.counts) == (State.ATTESTED, True)
    assert "the last one by Tom on 1 March" in answer.sentence
    assert promises.by_people(tries, [1, 2, 3], NOW) is None
    assert promises.by_people([tries[0], Try(2, "Tom", NOW, opened=False)], [1, 2], NOW) is None
    assert promises.by_people([], [], NOW) is None
    late = promises.by_people(tries, [1, 2], NOW + timedelta(days=91))
    assert late
    assert late.state is State.OUT_OF_DATE


def test_the_board_is_told_in_words_and_values():
    promised = Promised((("F1", "Plan the week"),), (), (ONE, Promise("P1.2", "It stays.", "", 1)))
    report = whole("abc", NOW, [])
    report = type(report)("abc", NOW, report.answers, Board(promised, board.board(promised.promises, [HERE], {})))
    assert "### Plan the week: kept\n\n- **P1.1** (Kept): You see the week. A test of it passed. `test_p1_1_week`" in (
        written.markdown(report)
    )
    assert "Promises: 1 kept, 1 not yet" in written.text(report)
    [feature, rest] = written.values(report)["promises"]
    assert (feature["state"], feature["promises"][0]["tests"]) == (Kept.KEPT, ["test_p1_1_week"])
    assert (rest["title"], rest["state"]) == ("The app as a whole", Kept.NOT_YET)


def test_whoever_may_ask_for_the_vision_may_have_something_fixed():
    assert Mend in NEEDS
    assert [role for role in Role if allows(role, Mend)] == [Role.OWNER, Role.APPROVER, Role.CONTRIBUTOR]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_each_question_that_building_can_settle_becomes_one_phase_of_its_own(item):
    assert fixing.fixable(item.id) is (item.id not in {"C3", "C4"})
    brief = fixing.wished(Brief(numbered=3), item.id, ())
    [phase] = fixing.phases(brief.features, 4)
    assert (phase.number, phase.features, len(phase.title) <= 90) == (4, ("F4",), True)
    assert [one.item for one in phase.criteria] == [item.id, ""]
    assert item.question in phase.criteria[0].text
    with pytest.raises(Conflict, match="on its way"):
        fixing.wished(brief, item.id, ())
    again = fixing.wished(brief, item.id, {"F4"})
    assert (again.features[1].id, again.features[1].title) == ("F5", f"Proof 2: {item.question}")
