"""Text that people, models and builders wrote, as HTML that cannot do anything but be read."""

import re
from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
LOWEST = 6


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What our parser, which knows no raw HTML, made of a text. Pages get what a second one leaves: only these tags."""

    made: str

    def __html__(self) -> str:
        return nh3.clean(
            self.made,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener noreferrer",
        )


def html(text: str, top: int = 3, *, links: bool = True) -> Markup:
    """Markdown as HTML. Its highest heading gets the level `top`, so that it fits into the page around it.

    Without links an address is text like any other: nobody is led to one that a model made up.
    """
    parser = _parser(links=links)
    tokens = parser.parse(text)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    _shift(tokens, top - min(levels, default=top))
    return escape(Cleaned(parser.renderer.render(tokens, parser.options, {})))


def plain(text: str) -> Markup:
    """What a person typed, with its paragraphs and lines, and nothing else read into it."""
    paragraphs = (part.strip("\n") for part in re.split(r"\n\s*\n", text.strip()))
    lines = (Markup("<br>").join(escape(line) for line in part.split("\n")) for part in paragraphs)
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in lines)


@cache
def _parser(*, links: bool) -> MarkdownIt:
    known = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return known.disable(["image"] if links else ["image", "link", "autolink", "reference"])


def _shift(tokens: list[Token], by: int) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(2, min(LOWEST, int(token.tag[1]) + by))}"
