"""Whom a comment speaks to and what it asks for: exactly as people see it on GitHub, whatever stands around it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.channels.github import speech
from orchestrator.channels.github.speech import WORDS, Asked, heard

MENTIONS = [
    "@bot hello",
    "hi @Bot.",
    "(@bot)",
    "@bot, please",
    "**@bot** hi",
    "\\@bot",
    "hello\n@BOT",
    "> quoted\n\n@bot what about that?",
    "| a |\n|---|\n| @bot |",
    "- @bot in a list",
    "# @bot in a heading",
    "@bot…",
    "@bot's",
    "/@bot @bot",
]
NOT = [
    "@bot-x hi",
    "@botx",
    "@bot_",
    "@bot/team",
    "@bot.com",
    "a@bot",
    "me@bot.com",
    "@@bot",
    "`@bot`",
    "``a `@bot` b``",
    "```\n@bot\n```",
    "~~~\n@bot\n~~~",
    "    @bot",
    "> @bot hi",
    "> > @bot",
    "> lazy\n@bot",
    "- > @bot",
    "<!-- @bot -->",
    "<!--\n@bot\n-->",
    "<!-- never closed\n\n@bot",
    "[x](http://a/@bot)",
    "[@bot](http://a)",
    "![@bot](http://a)",
    "https://x.y/@bot",
    "see www.x.y/@bot now",
    "http://me:@bot@host",
    '<a href="@bot">x</a>',
    "bot hello",
    "",
]


@pytest.mark.parametrize("text", MENTIONS)
def test_a_mention_is_heard(text: str):
    assert heard(text, "bot").mentioned


@pytest.mark.parametrize("text", NOT)
def test_what_is_no_mention_is_not(text: str):
    assert not heard(text, "bot").mentioned


ASKS = {
    "/approve": Asked("approve"),
    "  /approve": Asked("approve"),
    "/APPROVE": Asked("approve"),
    "Thank you!\n/approve": Asked("approve"),
    "Thank you!\n\n/approve\n\n> what I quote": Asked("approve"),
    "/approve back": Asked("approve", "back"),
    "/change make it blue": Asked("changes", "make it blue"),
    "/changes make it\nblue\n\nand bigger": Asked("changes", "make it\nblue\nand bigger"),
    "/changes a\n/reject b": Asked("changes", "a"),
    "/reject\nnot what I want": Asked("reject", "not what I want"),
    "@bot /status": Asked("status"),
    "@bot: /pause": Asked("pause"),
    "/changes use `/approve` as a word": Asked("changes", "use `/approve` as a word"),
}
ASKS_NOTHING = [
    "please /approve",
    "- /approve",
    "1. /approve",
    "> /approve",
    "> a\n/approve",
    "`/approve`",
    "`a\n/approve\n`",
    "```\n/approve\n```",
    "    /approve",
    "# /approve",
    "<!-- /approve -->",
    "<div>\n/approve\n</div>",
    "/approved",
    "//approve",
    "/ approve",
    "approve",
    "[/approve](http://a)",
    "**/approve**",
    "@bot-x /approve",
    "/deploy",
]


@pytest.mark.parametrize("text", ASKS)
def test_a_command_begins_a_line_and_the_first_one_counts(text: str):
    assert heard(text, "bot").asked == ASKS[text]


@pytest.mark.parametrize("text", ASKS_NOTHING)
def test_what_begins_no_line_asks_for_nothing(text: str):
    assert heard(text, "bot").asked is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@bot make it blue", "make it blue"),
        ("> old\n\n@bot: yes", "yes"),
        ("Hello @bot, do it", "Hello @bot, do it"),
        ("@bot see\n\n```\ncode\n```", "see\n\n```\ncode\n```"),
        ("@bot\n\n    /approve", "```\n/approve\n```"),
        ("@bot a <!-- b --> c", "a  c"),
        ("@bot <!-- /approve", ""),
    ],
)
def test_what_is_said_is_all_but_the_mention_and_what_others_said(text: str, said: str):
    assert heard(text, "bot").text == said


def test_an_app_is_mentioned_without_its_brackets():
    assert heard("@our-app hello", "our-app[bot]").mentioned
    assert not heard("@our-apps hello", "our-app[bot]").mentioned


PIECES = st.sampled_from(
    [
        *"@/`~>-#*_|<>!\\ \n\t",
        "@bot",
        "/approve",
        "/reject",
        "```",
        "    ",
        "> ",
        "- ",
        "<!--",
        "-->",
        "bot",
        "http://",
        "é",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
def test_any_text_is_read_and_asks_only_for_what_stands_in_it(text: str):
    found = heard(text, "bot")
    if found.mentioned:
        assert "@bot" in text.lower().replace("\\", "")
    if found.asked:
        assert found.asked.word in WORDS.values()
        assert re.search(r"/[a-z]+", text, re.IGNORECASE)


@given(TEXTS)
def test_nothing_in_quotes_or_in_code_is_ever_heard(text: str):
    quoted = "\n".join(f"> {line}" for line in re.split(r"[\n\r]", text))
    fence = "`" * (3 + max((len(run) for run in re.findall("`+", text)), default=0))
    for hidden in (quoted, f"{fence}\n{text}\n{fence}"):
        found = heard(hidden, "bot")
        assert not found.for_us


@given(st.sampled_from(sorted(WORDS)), st.text("abc xyz.,", max_size=30), st.sampled_from(["", "Well.\n\n", "> a\n\n"]))
def test_a_command_is_found_wherever_its_line_stands(word: str, rest: str, before: str):
    found = heard(f"{before}/{word} {rest}", "bot")
    assert found.asked
    assert found.asked.word == WORDS[word]
    assert found.asked.rest.split() == rest.split()


@pytest.mark.parametrize(
    "text", ["[" * 60_000, ">" * 60_000, "- " * 30_000, "`" * 65_000, "*a " * 20_000, "<" * 60_000]
)
def test_what_is_made_to_be_slow_is_read_in_time(text: str):
    assert not speech.heard(text, "bot").for_us
