"""The vision says what was told, asks about the rest, and what changed between two versions is said plainly."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from make_brief import a_vision, brief, features
from orchestrator.domain import changes, vision
from orchestrator.domain.brief import Brief, Feature, Priority, Topic
from orchestrator.domain.changes import ChangeKind
from orchestrator.domain.editing import Act, Edit, apply
from wording import faults

SECTIONS = [
    "Who it is for",
    "The problem",
    "The idea",
    "What it does",
    "A day in the life",
    "What success looks like",
    "What is left out",
]


def headings(markdown):
    tokens = MarkdownIt("commonmark").parse(markdown)
    return [after.content for before, after in pairwise(tokens) if before.type == "heading_open"]


def test_a_full_brief_becomes_a_document_without_open_questions():
    written = vision.markdown(a_vision(), 1)
    assert headings(written) == ["Supper Sorted: the vision", *SECTIONS]
    assert "With Supper Sorted you can plan the week, swap a meal and make the shopping list." in written
    assert "- **Print the plan.** *Nice to have.*" in written
    assert faults(written) == []


def test_what_nobody_told_becomes_a_question_and_nothing_is_made_up():
    drafted = vision.draft(Brief(what="A meal planner"))
    assert drafted.name == vision.UNNAMED
    assert len(drafted.questions) == 6
    assert drafted.journey == drafted.success == drafted.out == ()
    assert drafted.solution == ""
    written = vision.markdown(drafted, 1)
    assert headings(written)[1:] == [*SECTIONS, "Open questions"]
    assert written.count("Not told yet.") == 7
    assert faults(written) == []


def test_half_an_answer_is_kept_and_asked_about():
    drafted = vision.draft(brief(who="Everyone", features=features(1)))
    assert drafted.who == "Everyone."
    assert drafted.questions == (vision.HALF[Topic.WHO], vision.HALF[Topic.FEATURES])


def test_the_must_haves_come_first():
    mixed = (
        Feature(id="F1", title="Print", priority=Priority.LOW),
        Feature(id="F2", title="Plan", priority=Priority.HIGH),
    )
    written = vision.markdown(a_vision(features=mixed), 1)
    assert written.index("**Plan.**") < written.index("**Print.**")


def test_features_keep_their_ids_through_the_versions():
    first = a_vision(features=features(3))
    made_anew = (
        Feature(id="F1", title="Respect allergies"),
        Feature(id="F2", title="Swap a meal!"),
        Feature(id="F3", title="Make the shopping list, sorted by aisle"),
    )
    second = vision.draft(brief(features=made_anew), first)
    assert [feature.id for feature in second.features] == ["F1", "F2", "F3"]
    swapped = tuple(reversed(features(2)))
    renumbered = tuple(f.model_copy(update={"id": f"F{n}"}) for n, f in enumerate(swapped, 1))
    assert [f.id for f in vision.draft(brief(features=renumbered), first).features] == ["F2", "F1"]
    both = (Feature(id="F9", title="Swap a meal"), Feature(id="F2", title="Something new"))
    assert [f.id for f in vision.draft(brief(features=both), first).features] == ["F2", "F4"]


def test_a_new_feature_is_marked_with_its_version():
    before = a_vision(features=features(3))
    written = vision.markdown(vision.draft(brief(), before), 2, before)
    assert written.count("*New in version 2.*") == 2


def test_the_name_of_the_version_before_is_kept_when_the_brief_has_none():
    assert vision.draft(brief(name=""), a_vision()).name == "Supper Sorted"


NASTY = "</li><script>x</script>\n# Heading\n- [x] done **bold** [link](http://x) `code` |"


def test_all_that_people_told_stays_text_in_the_document():
    told = brief(
        name=NASTY,
        what=NASTY,
        who=NASTY,
        problem=NASTY,
        day=(NASTY,),
        success=(NASTY,),
        out=(NASTY,),
        features=(Feature(id="F1", title=NASTY, description=NASTY),),
    )
    drafted = vision.draft(told)
    written = vision.markdown(drafted.model_copy(update={"questions": (NASTY,)}), 1)
    page = MarkdownIt("commonmark").render(written)
    assert page.count("<h1>") == 1
    assert page.count("<h2>") == 8
    for tag in ("<script", "<a ", "<code", "<img"):
        assert tag not in page


@given(
    st.builds(
        Brief,
        name=st.text(max_size=30),
        what=st.text(max_size=50),
        who=st.text(max_size=50),
        problem=st.text(max_size=50),
        day=st.lists(st.text(max_size=30), max_size=3).map(tuple),
        out=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    )
)
def test_whatever_was_told_there_are_just_these_headings(told):
    written = vision.markdown(vision.draft(told), 1)
    assert headings(written)[1:8] == SECTIONS


def test_nothing_changed_between_the_same_versions():
    assert changes.changes(a_vision(), a_vision()) == ()
    assert changes.says(()) == "Nothing changed."


def test_what_was_added_removed_and_reworded_is_told_apart():
    before = a_vision(features=features(4))
    after = vision.draft(brief(who="Parents who work late", features=features(5)[1:]), before)
    found = changes.changes(before, after)
    assert [(change.kind, change.section) for change in found] == [
        (ChangeKind.REWORDED, "Who it is for"),
        (ChangeKind.REWORDED, "The idea"),
        (ChangeKind.ADDED, "What it does"),
        (ChangeKind.REMOVED, "What it does"),
    ]
    assert found[0].pieces == (("same", "Parents who work"), ("ins", " late"), ("same", "."))
    assert changes.says(found) == "One thing was added, one was removed and two were reworded."


def test_another_priority_is_a_change_of_its_own():
    before = a_vision()
    after = vision.draft(apply(brief(), Edit(Act.RANK, "print the plan", priority=Priority.MEDIUM)), before)
    (change,) = changes.changes(before, after)
    assert change.kind is ChangeKind.REPRIORITISED
    assert (change.before, change.after) == ("Print the plan. Nice to have.", "Print the plan. Should have.")
    assert changes.says([change]) == "One thing was given another priority."


def test_a_feature_that_says_more_is_reworded():
    before = a_vision()
    after = vision.draft(apply(brief(), Edit(Act.TELL, "Swap a meal", Topic.FEATURES, more="With one tap")), before)
    (change,) = changes.changes(before, after)
    assert change.pieces == (("same", "Swap a meal."), ("ins", " With one tap."))


def test_an_answered_question_is_said_as_such():
    before = vision.draft(brief(success=(), day=()))
    after = vision.draft(brief(day=()), before)
    found = changes.changes(before, after)
    assert changes.says(found) == "One thing was added. One open question is answered."
    back = changes.changes(after, before)
    assert changes.says(back) == "One thing was removed. One new question is open."
    reworded = before.model_copy(update={"questions": (f"{before.questions[0]} Please tell", *before.questions[1:])})
    assert changes.says(changes.changes(before, reworded)) == "An open question was reworded."


def test_an_item_that_is_alike_was_reworded_and_another_one_is_new():
    before = a_vision(success=("One shop a week.", "Fewer leftovers."))
    after = a_vision(success=("One shop a week for a month.", "Happy children."))
    found = changes.changes(before, after)
    assert [(change.kind, change.after) for change in found] == [
        (ChangeKind.REWORDED, "One shop a week for a month."),
        (ChangeKind.ADDED, "Happy children."),
        (ChangeKind.REMOVED, ""),
    ]


def test_very_long_texts_are_compared_as_wholes():
    assert changes.pieces("a " * 3_000, "b") == (("del", "a " * 3_000), ("ins", "b"))


@pytest.mark.parametrize("count", [1, 2, 12, 13])
def test_the_sentence_about_changes_reads_well(count):
    added = [changes.Change(ChangeKind.ADDED, "What it does", "", "x", ())] * count
    assert faults(changes.says(added)) == []
    assert changes.says(added).startswith(
        {1: "One thing was", 2: "Two things were", 12: "Twelve things", 13: "13 things"}[count]
    )


@given(st.text("ab ,.", max_size=40), st.text("ab ,.", max_size=40))
def test_the_pieces_put_together_are_the_texts(before, after):
    found = changes.pieces(before, after)
    assert "".join(text for kind, text in found if kind != "ins") == before
    assert "".join(text for kind, text in found if kind != "del") == after
