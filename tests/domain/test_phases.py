"""The vision is split into phases that a person can try, in the order that the person wants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from make_brief import a_vision, brief, features
from orchestrator.domain import roadmap, vision
from orchestrator.domain.brief import Feature, Priority
from wording import faults

TITLES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["Plan the week", "Shopping list", "<script>", "# x", "'; DROP", "קניות", "🍝", "x" * 80, "", "!", "Remind me"]
    ),
)


def split(count=5, **options):
    return roadmap.split(a_vision(features=features(count)), **options)


def order(made):
    return [phase.features for phase in made.phases]


@pytest.mark.parametrize(("count", "phases"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (8, 6), (12, 8), (40, 8)])
def test_so_many_features_make_so_many_phases(count, phases):
    made, says = split(count)
    assert len(made.phases) == phases
    assert sorted(id for phase in made.phases for id in phase.features) == sorted(f"F{n}" for n in range(1, count + 1))
    assert says == ""


def test_the_must_haves_come_first_and_the_first_phase_is_small():
    mixed = (
        Feature(id="F1", title="Print", priority=Priority.LOW),
        Feature(id="F2", title="Plan the week", priority=Priority.HIGH),
        Feature(id="F3", title="Swap a meal"),
    )
    made, _ = roadmap.split(a_vision(features=mixed))
    assert order(made) == [("F2",), ("F3", "F1")]


def test_a_phase_is_named_by_what_a_person_can_then_do():
    made, _ = split()
    assert [phase.title for phase in made.phases] == [
        "You can plan the week",
        "You can swap a meal",
        "You can make the shopping list",
        "You can let it respect allergies and print the plan",
    ]
    crowded, _ = split(40)
    assert (
        "and do three more things" in crowded.phases[-1].title or "and do two more things" in crowded.phases[-1].title
    )
    assert all(len(phase.title) <= roadmap.TITLE for phase in crowded.phases)


def test_every_promise_has_an_id_and_can_be_tried():
    made, _ = split(2)
    first, second = made.phases
    assert [criterion.id for criterion in first.criteria] == [f"P1.{n}" for n in range(1, len(first.criteria) + 1)]
    texts = " ".join(criterion.text for criterion in first.criteria)
    for promise in ("There is a page", "is kept", "wrong or empty entry", "guided tour", "feedback", "started again"):
        assert promise in texts
    assert {criterion.feature for criterion in second.criteria} == {"F2", ""}
    assert "Everything from the phases before still works." in [criterion.text for criterion in second.criteria]


def test_what_is_done_is_not_planned_again_and_numbers_go_on():
    made, _ = split(done=["F1", "F2", "F3"], first_number=4)
    assert [phase.number for phase in made.phases] == [4, 5]
    assert order(made) == [("F4",), ("F5",)]
    assert "still works" in " ".join(criterion.text for criterion in made.phases[0].criteria)
    nothing, says = split(done=[f"F{n}" for n in range(1, 6)])
    assert nothing.phases == ()
    assert "Everything in the vision is built" in says


def test_a_vision_without_features_has_one_phase_to_look_around_in():
    made, _ = roadmap.split(vision.draft(brief(features=())))
    assert [phase.title for phase in made.phases] == ["You can look around in a first version"]
    assert made.phases[0].criteria
    assert faults(roadmap.markdown(made, 1)) == []


@pytest.mark.parametrize(
    ("note", "phases"),
    [
        ("fewer phases", 3),
        ("Fewer phases, please.", 3),
        ("more phases", 5),
        ("smaller steps", 5),
        ("in two phases", 2),
        ("only one phase", 1),
        ("3 phases", 3),
        ("make it fewer phases", 3),
    ],
)
def test_the_number_of_phases_is_as_asked(note, phases):
    made, says = split(notes=[note])
    assert len(made.phases) == phases
    assert says.startswith("Done as you asked")


@pytest.mark.parametrize(
    ("note", "first"),
    [
        ("print first", "F5"),
        ("Start with the shopping list", "F3"),
        ("allergies should come first!", "F4"),
        ("swap a meal first", "F2"),
    ],
)
def test_what_is_wanted_first_comes_first(note, first):
    made, says = split(notes=[note])
    assert made.phases[0].features == (first,)
    assert "Not understood" not in says


@pytest.mark.parametrize(
    "note", ["swap a meal last", "do swap at the end", "swap a meal can come later", "leave swap a meal for later"]
)
def test_what_is_wanted_last_comes_last(note):
    made, _ = split(notes=[note])
    assert made.phases[-1].features[-1] == "F2"


@pytest.mark.parametrize(
    "note",
    [
        "print together with plan the week",
        "plan the week and print the plan together",
        "put print in the same phase as plan the week",
    ],
)
def test_what_belongs_together_shares_a_phase(note):
    made, _ = split(notes=[note, "more phases"])
    assert ("F1", "F5") in order(made)


def test_three_bound_in_pairs_share_one_phase():
    made, _ = split(notes=["swap a meal together with plan the week; print together with swap a meal"])
    assert {"F1", "F2", "F5"} <= set(made.phases[0].features)
    again, _ = split(notes=["swap a meal together with plan the week", "plan the week together with swap a meal"])
    assert set(again.phases[0].features) == {"F1", "F2"}


def test_what_is_not_understood_is_said_and_not_used():
    made, says = split(notes=["make it blue, print first", "dancing first", "99 phases", "print together with print"])
    assert made.phases[0].features == ("F5",)
    assert "Done as you asked: print first." in says
    for note in ("“make it blue”", "“dancing first”", "“99 phases”", "“print together with print”"):
        assert note in says
    assert faults(says) == []


def test_the_list_of_phases_can_be_read():
    made, _ = split()
    written = roadmap.markdown(made, 3)
    assert "## Phase 1: you can plan the week" in written
    assert "- P1.1: There is a page for “Plan the week”" in written
    assert faults(written) == []
    assert "nothing left to build" in roadmap.markdown(roadmap.Roadmap(phases=()), 3)


@given(st.lists(TITLES, min_size=1, max_size=12), st.lists(st.text(max_size=40), max_size=3))
def test_whatever_the_features_are_called_there_are_one_to_eight_phases_with_all_of_them(titles, notes):
    named = tuple(Feature(id=f"F{n}", title=title) for n, title in enumerate(titles))
    made, _ = roadmap.split(a_vision(features=named), notes=notes)
    assert 1 <= len(made.phases) <= 8
    assert sorted(id for phase in made.phases for id in phase.features) == sorted(feature.id for feature in named)
    assert all(phase.title.startswith("You can ") and len(phase.title) <= roadmap.TITLE for phase in made.phases)
    page = MarkdownIt("commonmark").render(roadmap.markdown(made, 1))
    assert page.count("<h2>") == len(made.phases)
    assert "<script" not in page
