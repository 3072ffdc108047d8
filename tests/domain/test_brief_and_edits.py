"""The brief fills up by edits; nothing is lost that nobody asked to lose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_brief import brief, features
from orchestrator.domain import editing
from orchestrator.domain.brief import (
    Brief,
    Clarity,
    Priority,
    Topic,
    clarity,
    is_enough,
    open_topics,
    summary,
    text,
)
from orchestrator.domain.editing import Act, Edit, apply, apply_all


def test_an_empty_brief_is_all_open_and_a_full_one_all_clear():
    assert open_topics(Brief()) == tuple(Topic)
    assert not is_enough(Brief())
    assert open_topics(brief()) == ()
    assert is_enough(brief())


@pytest.mark.parametrize(
    ("topic", "told", "known"),
    [
        (Topic.WHAT, "An app", Clarity.HALF),
        (Topic.WHAT, "something nice and simple", Clarity.HALF),
        (Topic.WHAT, "A meal planner", Clarity.CLEAR),
        (Topic.WHO, "Everyone", Clarity.HALF),
        (Topic.WHO, "people who use it", Clarity.HALF),
        (Topic.WHO, "Parents", Clarity.CLEAR),
        (Topic.WHO, "Me", Clarity.CLEAR),
        (Topic.PROBLEM, "Chaos", Clarity.CLEAR),
    ],
)
def test_an_answer_that_says_nothing_is_only_half_of_one(topic, told, known):
    assert clarity(Brief(**{topic: told}), topic) is known


def test_one_feature_is_half_of_an_answer_and_two_are_clear():
    assert clarity(brief(features=features(1)), Topic.FEATURES) is Clarity.HALF
    assert clarity(brief(features=features(2)), Topic.FEATURES) is Clarity.CLEAR


def test_a_skipped_topic_stays_open_but_is_not_asked_again():
    skipped = apply(brief(day=()), Edit(Act.SKIP, topic=Topic.DAY))
    assert clarity(skipped, Topic.DAY) is Clarity.OPEN
    assert open_topics(skipped) == ()
    assert is_enough(skipped)
    assert apply(skipped, Edit(Act.SKIP, topic=Topic.DAY)) == skipped


def test_without_the_problem_it_is_not_enough_even_if_nothing_is_left_to_ask():
    assert not is_enough(brief(problem="", skipped=(Topic.PROBLEM,)))


def test_the_line_below_a_topic_is_short_and_honest():
    assert (
        summary(brief(), Topic.FEATURES)
        == "Plan the week; Swap a meal; Make the shopping list; Respect allergies; Print the plan"
    )
    assert len(summary(brief(problem="word " * 100), Topic.PROBLEM)) <= 90
    assert "will ask" in summary(Brief(), Topic.OUT)
    assert "question" in summary(Brief(skipped=(Topic.OUT,)), Topic.OUT)


def test_telling_adds_and_setting_replaces():
    told = apply(brief(), Edit(Act.TELL, "their children", Topic.WHO))
    assert told.who == "Parents who work; their children"
    assert apply(told, Edit(Act.SET, "Teachers", Topic.WHO)).who == "Teachers"
    assert apply(told, Edit(Act.TELL, "Their children!", Topic.WHO)) == told
    assert apply(brief(), Edit(Act.SET, "Ads", Topic.OUT)).out == ("Ads",)
    assert (
        apply(brief(), Edit(Act.TELL, "It is late.", Topic.PROBLEM)).problem == "I never know what to cook. It is late."
    )
    assert apply(brief(), Edit(Act.TELL, "nowhere")) == brief()


def test_the_first_three_features_are_must_haves_unless_it_was_told():
    full = apply_all(Brief(), [Edit(Act.TELL, title, Topic.FEATURES) for title in ("one", "two", "three", "four")])
    assert [feature.priority for feature in full.features] == [Priority.HIGH] * 3 + [Priority.MEDIUM]
    low = apply(Brief(), Edit(Act.TELL, "one", Topic.FEATURES, priority=Priority.LOW))
    assert low.features[0].priority is Priority.LOW


def test_a_feature_told_twice_is_one_and_keeps_what_was_said_of_it():
    again = Edit(Act.TELL, "swap a meal!", Topic.FEATURES, more="With one tap", priority=Priority.LOW)
    told = apply(apply(brief(), again), Edit(Act.TELL, "Swap a meal", Topic.FEATURES, more="And say why"))
    assert len(told.features) == 5
    assert told.features[1].description == "With one tap; And say why"
    assert told.features[1].priority is Priority.LOW


def test_the_id_of_a_removed_feature_is_never_given_again():
    three = apply_all(Brief(), [Edit(Act.TELL, title, Topic.FEATURES) for title in ("one", "two", "three")])
    fewer = apply(three, Edit(Act.REMOVE, "three"))
    assert [feature.id for feature in apply(fewer, Edit(Act.TELL, "four", Topic.FEATURES)).features] == [
        "F1",
        "F2",
        "F4",
    ]
    stored = brief(features=features(3))
    assert apply(stored, Edit(Act.TELL, "new", Topic.FEATURES)).features[-1].id == "F4"


def test_features_are_found_by_title_by_id_and_by_some_of_their_words_if_only_one_has_them():
    assert editing.find(brief(), "swap a meal").id == "F2"
    assert editing.find(brief(), "f4").id == "F4"
    assert editing.find(brief(), "the shopping").id == "F3"
    assert editing.find(brief(), "plan") is None
    assert editing.find(brief(), "") is None
    assert editing.find(brief(), "dancing") is None


def test_items_are_removed_by_name_and_nothing_else_is():
    assert apply(brief(), Edit(Act.REMOVE, "counting calories")).out == ()
    assert apply(brief(), Edit(Act.REMOVE, "something else")) == brief()
    assert apply(brief(), Edit(Act.REMOVE, "allergies")).features == tuple(f for f in features() if f.id != "F4")


def test_a_priority_is_changed_by_name():
    ranked = apply(brief(), Edit(Act.RANK, "print the plan", priority=Priority.HIGH))
    assert ranked.features[4].priority is Priority.HIGH
    assert apply(brief(), Edit(Act.RANK, "dancing", priority=Priority.HIGH)) == brief()


def test_new_words_take_the_place_of_old_ones_everywhere():
    swapped = apply(brief(), Edit(Act.SWAP, "lunch", old="meal"))
    assert swapped.features[1].title == "Swap a lunch"
    assert (
        apply(brief(who="Parents with one child"), Edit(Act.SWAP, "two children", old="one")).who
        == "Parents with two children"
    )
    assert apply(brief(), Edit(Act.SWAP, "two children", old="one")) == brief()
    assert apply(brief(), Edit(Act.SWAP, "x", old=" .")) == brief()


def test_limits_cut_and_do_not_raise():
    long = apply(Brief(), Edit(Act.TELL, "word " * 1_000, Topic.PROBLEM))
    assert len(long.problem) <= editing.ITEM
    assert apply(long, Edit(Act.TELL, "more", Topic.PROBLEM)) == long
    many = apply_all(Brief(), [Edit(Act.TELL, f"See number {n}", Topic.FEATURES) for n in range(60)])
    assert len(many.features) == editing.ITEMS
    title = apply(Brief(), Edit(Act.TELL, "plan " * 50, Topic.FEATURES)).features[0]
    assert len(title.title) <= editing.TITLE
    assert title.description.startswith("Plan plan")
    assert apply(Brief(), Edit(Act.NAME, "n" * 500)).name == "n" * 59 + "…"
    steps = apply_all(Brief(), [Edit(Act.TELL, f"step {n}", Topic.DAY) for n in range(60)])
    assert len(steps.day) == editing.ITEMS
    assert apply(Brief(), Edit(Act.TELL, " ", Topic.FEATURES)) == Brief()


WORDS = st.text("abc de.,1", max_size=40)
TELLING = st.builds(Edit, st.just(Act.TELL), WORDS, st.sampled_from(list(Topic)))
ANY = st.builds(
    Edit, st.sampled_from(list(Act)), WORDS, st.one_of(st.none(), st.sampled_from(list(Topic))), WORDS, WORDS
)


@given(st.lists(TELLING, max_size=12))
def test_telling_more_never_loses_anything(edits):
    now = Brief()
    for edit in edits:
        after = apply(now, edit)
        assert all(text(now, topic) in text(after, topic) for topic in Topic)
        now = after


@given(st.lists(ANY, max_size=12))
def test_any_edits_leave_a_brief_that_can_be_stored(edits):
    after = apply_all(brief(), edits)
    assert Brief.model_validate_json(after.model_dump_json()) == after
    assert len({feature.id for feature in after.features}) == len(after.features)
