"""The verdict follows from the answers by fixed rules, and the two words are said only where all of them hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ready import written
from orchestrator.domain.ready.items import BY_ID, ITEMS, TOTAL, Category
from orchestrator.domain.ready.report import (
    VOUCHES,
    Answer,
    Evidence,
    Report,
    State,
    Vouched,
    attested,
    not_checked,
    whole,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATES = st.sampled_from(list(State))
ANSWERS = st.lists(STATES, min_size=TOTAL, max_size=TOTAL)
SIZES = {"functionality": 4, "testing": 11, "security": 12, "operations": 10, "performance": 5}
STARRED = {"F1", "T1", "T2", "T4", "T6", "S1", "S2", "S4", "S5", "S6", "S7", "S8", "S9"}


def report(states: list[State]) -> Report:
    answers = [Answer(item, state, "So it is.") for item, state in zip(ITEMS, states, strict=True)]
    return Report("4f2c9a1", NOW, tuple(answers))


def test_there_are_54_questions_in_their_parts():
    assert TOTAL == 54
    assert {item.id for item in ITEMS if item.star} == STARRED
    assert {item.id for item in ITEMS if item.vouch} == {"F2", "C3", "C4"}
    sizes = SIZES | {"documentation": 8, "compliance": 4}
    assert {one: sum(item.category is one for item in ITEMS) for one in Category} == sizes


@given(ANSWERS)
def test_the_words_are_said_only_where_fifty_are_proven_and_no_star_is_missing(states):
    one = report(states)
    settled = [
        state in {State.PROVEN, State.NOT_NEEDED} or (state is State.ATTESTED and item.vouch)
        for item, state in zip(ITEMS, states, strict=True)
    ]
    stars = all(done for item, done in zip(ITEMS, settled, strict=True) if item.star)
    ready = sum(settled) >= 50 and stars

    assert one.score == sum(settled)
    assert one.ready is ready
    for said in (one.verdict, one.band, written.text(one), written.markdown(one)):
        assert ("production-ready" in said.lower() or "production ready" in said.lower()) <= ready


@given(ANSWERS)
def test_what_is_left_and_what_is_proven_make_up_the_whole(states):
    one = report(states)
    assert len(one.missing) + one.score == TOTAL
    assert one.hours == sum(answer.item.hours for answer in one.missing)
    assert sum(done for done, _ in one.categories.values()) == one.score
    values = written.values(one)
    assert (values["score"], values["total"], values["ready"]) == (one.score, 54, one.ready)
    assert [item["id"] for item in values["items"]] == list(BY_ID)


def test_a_red_star_outweighs_53_green_ones():
    states = [State.FAILED if item.id == "S8" else State.PROVEN for item in ITEMS]
    one = report(states)
    assert one.score == 53
    assert one.verdict == "Not ready: 53 of 54 are proven, but one thing that must be so is not."


def test_a_person_vouches_for_what_no_program_can_settle_and_for_ninety_days():
    word = Vouched("Nadia", "We keep names only, and delete them after a year.", NOW)
    assert attested(BY_ID["C3"], word, NOW).counts
    assert attested(BY_ID["C3"], word, NOW + VOUCHES - timedelta(seconds=1)).state is State.ATTESTED
    assert attested(BY_ID["C3"], word, NOW + VOUCHES).state is State.OUT_OF_DATE
    assert attested(BY_ID["S8"], word, NOW).state is State.NOT_CHECKED
    assert not Answer(BY_ID["S8"], State.ATTESTED, "Trust me.").counts


def test_what_nobody_asked_is_not_checked():
    one = whole("abc", NOW, [Answer(BY_ID["T1"], State.PROVEN, "93 %", (Evidence("x", "abc", NOW),))])
    assert [answer.item for answer in one.answers] == list(ITEMS)
    assert one.score == 1
    assert not_checked(BY_ID["T2"]) in one.answers
