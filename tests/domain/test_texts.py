"""Texts are cleaned, cut, counted and kept from becoming anything but text."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orchestrator.domain import plain, verbs

PAGE = MarkdownIt("commonmark").enable("table").enable("strikethrough")
NASTY = st.one_of(
    st.text(max_size=120),
    st.text("#*_`[]()<>!|~-+=.:&\\123 \n\tab", max_size=60),
    st.sampled_from(
        [
            "# Done",
            "- [x] paid",
            "1. one",
            "12) two",
            "> quoted",
            "![x](http://x)",
            "<script>alert(1)</script>",
            "&amp;",
            "\\*",
            "---",
            "===",
            "```\ncode",
            "    indented",
            "| a | b |",
            "[a]: http://x",
            "+ plus",
            "a\n===",
            "~~gone~~",
            "$x$",
            "1\\.",
            "@tom #12",
        ]
    ),
)


@given(NASTY)
def test_whatever_a_person_wrote_a_reader_of_the_document_sees_just_that(text):
    line = plain.one_line(plain.clean(text))
    page = PAGE.render(plain.escaped(line))
    assert page == (f"<p>{html.escape(line).replace('&#x27;', chr(39))}</p>\n" if line else "")


@given(NASTY)
def test_the_same_holds_for_the_item_of_a_list(text):
    line = plain.one_line(plain.clean(text)) or "x"
    page = PAGE.render(f"- {plain.escaped(line)}")
    assert page == f"<ul>\n<li>{html.escape(line).replace('&#x27;', chr(39))}</li>\n</ul>\n"


@given(st.text(st.characters(), max_size=200))
def test_what_cannot_be_stored_or_seen_is_taken_out(text):
    cleaned = plain.clean(text)
    cleaned.encode("utf-8")
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in cleaned)
    assert plain.clean(cleaned) == cleaned


def test_text_that_turns_lines_around_is_turned_back_and_letters_of_all_scripts_stay():
    assert plain.clean("ab\u202edc\u2069\x00\ud800\ufeff\r\nשלום 👩‍🍳") == "abdc\nשלום 👩‍🍳"
    assert len(plain.clean("x" * 1_000_000)) == 20_000


@given(st.text("ab cd", max_size=80), st.integers(2, 40))
def test_a_cut_text_is_short_enough_and_shows_that_it_is_cut(text, limit):
    shown = plain.cut(text, limit)
    assert len(shown) <= limit
    assert shown == text if len(text) <= limit else shown.endswith("…")


def test_titles_are_compared_without_capitals_marks_and_articles():
    assert plain.key("The Shopping-List!") == plain.key("shopping list")
    assert plain.key("A") == "a"
    assert plain.key("👍") == "👍"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_said_as_people_say_them(items, said):
    assert plain.listed(items) == said


def test_numbers_up_to_twelve_are_words():
    assert [plain.counted(n, "thing") for n in (0, 1, 2, 12, 13)] == [
        "no things",
        "one thing",
        "two things",
        "twelve things",
        "13 things",
    ]
    assert plain.counted(2, "entry", "entries") == "two entries"


def test_sentences_end_where_they_end():
    assert plain.sentences("I cook, e.g. soup. Mr. Lee eats! Why? 好。吃") == (
        "I cook, e.g. soup.",
        "Mr. Lee eats!",
        "Why?",
        "好。",
        "吃",
    )


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Plan the week", "plan the week"),
        ("Plans my week", "plan your week"),
        ("Planning meals", "plan meals"),
        ("Replies to guests", "reply to guests"),
        ("Reply to guests", "reply to guests"),
        ("Shopping list", "use the shopping list"),
        ("Order history", "use the order history"),
        ("Booking system", "use the booking system"),
        ("Map of shops", "use the map of shops"),
        ("My calendar", "use your calendar"),
        ("AI suggestions", "use the AI suggestions"),
        ("Search", "use the search"),
        ("Search recipes", "search recipes"),
        ("Respects allergies", "let it respect allergies"),
        ("Remind me of my birthdays", "let it remind you of your birthdays"),
        ("Automatically suggest meals", "let it automatically suggest meals"),
        ("See who is late.", "see who is late"),
        ("<script>", "use “<script>”"),
        ("קניות", "use “קניות”"),
        ("24/7 help", "use “24/7 help”"),
        ("", "use it"),
    ],
)
def test_a_feature_becomes_something_a_person_can_do(title, said):
    assert verbs.can(title) == said


@given(st.text(max_size=80))
def test_every_title_becomes_one_line_after_you_can(title):
    said = verbs.can(plain.clean(title))
    assert said
    assert "\n" not in said


def test_words_that_are_no_verbs_are_not_taken_for_some():
    assert verbs.base("plans") == "plan"
    assert verbs.base("stopping") == "stop"
    assert verbs.base("tries") == "try"
    assert verbs.base("shopping") is None
    assert verbs.infinitive("Shopping list") is None
    assert verbs.infinitive("quickly") is None
