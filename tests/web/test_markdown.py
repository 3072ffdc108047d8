"""Text of people, models and builders as HTML that can only be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from orchestrator.web import markdown


def test_a_document_keeps_its_form():
    made = markdown.html("# Plan\n\nOne **new** page.\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert isinstance(made, Markup)
    assert "<h3>Plan</h3>" in made
    assert "<strong>new</strong>" in made
    assert "<ol>" in made
    assert "<td>1</td>" in made


def test_headings_fit_below_those_of_the_page():
    assert re.findall(r"<h(\d)>", markdown.html("## A\n### B\n")) == ["3", "4"]
    assert re.findall(r"<h(\d)>", markdown.html("# A\n###### B\n", top=2)) == ["2", "6"]
    assert markdown.html("no heading") == "<p>no heading</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](vbscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.gif)",
        "<style>*{display:none}</style>",
        '<form action="/gates/7/answer"><button>Approve</button></form>',
        '<hx-partial hx-target="body">x</hx-partial>',
        '<p id="gate-7" class="receipt" hx-get="/">x</p>',
    ],
)
def test_nothing_in_it_can_act(text: str):
    tags = set(re.findall(r"<([a-z0-9-]+)", markdown.html(text)))
    assert tags <= {"p", "a", "em", "code"}
    for tag in re.findall(r"<[^>]*>", markdown.html(text)):
        assert not re.search(r"script:|data:|\bon\w+=|hx-|\bid=|class=|style=|\bsrc=", tag)


def test_links_lead_out_without_a_trace():
    made = markdown.html("[site](https://example.org)")
    assert made == '<p><a href="https://example.org" rel="nofollow noopener noreferrer">site</a></p>\n'


def test_what_a_person_typed_is_shown_as_typed():
    made = markdown.plain("One *line*\nand <b>another</b>\n\n\nnew paragraph\n")
    assert made == "<p>One *line*<br>and &lt;b&gt;another&lt;/b&gt;</p><p>new paragraph</p>"


@given(st.text())
def test_no_text_breaks_out(text: str):
    assert set(re.findall(r"<(/?[a-z0-9]+)", markdown.plain(text))) <= {"p", "/p", "br"}
    assert "<script" not in markdown.html(text)


@pytest.mark.parametrize(
    "text",
    [
        "[Approve](https://evil.example)",
        "<https://evil.example>",
        "[here][1]\n\n[1]: https://evil.example",
        "[y](//evil.example)",
        "![x](https://evil.example/?q=1)",
        "<mailto:me@evil.example>",
        "[Cancel](/projects/1/cancel)",
    ],
)
def test_where_there_are_to_be_no_links_an_address_is_text(text: str):
    made = str(markdown.html(text, links=False))

    assert "<a" not in made
    assert "<img" not in made
    assert "evil.example" in made or "/cancel" in made
