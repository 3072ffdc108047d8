"""What a comment says to us: whether it mentions us, exactly as GitHub would see it, and what it asks for. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

LOOKED_AT: Final = 20_000  # characters; whoever has more to say to us is asked to say it in parts
ELSEWHERE: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S*|\bwww\.\S*|[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
MENTION: Final = r"(?<![\w/@`])@{name}(?![\w/-])(?!\.\w)"
ASKED: Final = re.compile(r"\s*/([a-z]+)(?:[ \t]+(.*))?", re.IGNORECASE | re.DOTALL)
QUOTED: Final = {"blockquote_open": 1, "blockquote_close": -1}
LISTED: Final = {"list_item_open": 1, "list_item_close": -1}
HIDDEN: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
WORDS: Final = {
    "approve": "approve",
    "changes": "changes",
    "change": "changes",
    "reject": "reject",
    "status": "status",
    "pause": "pause",
    "resume": "resume",
    "later": "later",
    "undo": "undo",
    "link": "link",
    "help": "help",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and what stands behind it."""

    word: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` is what is said, without the mention, quotes and what nobody sees."""

    mentioned: bool
    asked: Asked | None
    text: str

    @property
    def for_us(self) -> bool:
        return self.mentioned or self.asked is not None


def heard(comment: str, name: str) -> Heard:
    """What somebody says in a comment to whoever has this name. Of several commands the first counts."""
    comment = comment.replace("\r\n", "\n").replace("\r", "\n")
    mention = _mention(name)
    try:
        tokens = _markdown().parse(comment[:LOOKED_AT])
    except RecursionError:
        return Heard(mentioned=False, asked=None, text="")
    lines = list(_lines(tokens))
    mentioned = any(mention.search(ELSEWHERE.sub(" ", line.prose)) for line in lines)
    text = _text(comment, tokens, mention) if len(comment) <= LOOKED_AT else comment
    return Heard(mentioned, _asked(lines, mention), text)


@cache
def _mention(name: str) -> re.Pattern[str]:
    return re.compile(MENTION.format(name=re.escape(name.removesuffix("[bot]").lstrip("@"))), re.IGNORECASE)


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


@dataclass(slots=True)
class Line:
    """One line outside of quotes and blocks of code. `prose` lacks links, code and HTML; `plain`: begins with words."""

    text: str = ""
    prose: str = ""
    plain: bool = True  # and stands in no list, so that a command may begin it

    def add(self, text: str, *, prose: bool) -> None:
        if not self.text and not prose:
            self.plain = False
        self.text += text
        self.prose += text if prose else " "


def _lines(tokens: list[Token]) -> Iterator[Line]:
    quoted = listed = 0
    paragraph = False
    for token in tokens:
        quoted += QUOTED.get(token.type, 0)
        listed += LISTED.get(token.type, 0)
        paragraph = token.type == "paragraph_open" or (paragraph and token.type == "inline")
        if token.type == "inline" and not quoted:
            yield from _of_inline(token.children or [], may_ask=paragraph and not listed)


def _of_inline(children: list[Token], *, may_ask: bool) -> Iterator[Line]:
    line, links = Line(plain=may_ask), 0
    for child in children:
        links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type in {"softbreak", "hardbreak"}:
            yield line
            line = Line(plain=may_ask)
        elif child.type == "text":
            line.add(child.content, prose=not links)
        elif child.type == "code_inline":
            line.add(f"{child.markup}{child.content}{child.markup}", prose=False)
        elif child.nesting >= 0 and child.type != "text_special":
            line.add("", prose=False)  # a picture, HTML, or the beginning of a link or of bold words
    yield line


def _asked(lines: list[Line], mention: re.Pattern[str]) -> Asked | None:
    """The first command, which may stand behind the mention, and all that is said after it up to the next."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        said = ASKED.fullmatch(_without(line.text, mention)) if line.plain else None
        if said and (word := WORDS.get(said[1].lower())):
            found.append((word, [said[2] or ""]))
        elif found:
            found[-1][1].append(line.text)
    return Asked(found[0][0], "\n".join(found[0][1]).strip()) if found else None


def _without(line: str, mention: re.Pattern[str]) -> str:
    """A line without a mention that begins it."""
    start = mention.match(line.lstrip())
    return line.lstrip()[start.end() :].lstrip(" \t,:") if start else line


def _text(comment: str, tokens: list[Token], mention: re.Pattern[str]) -> str:
    """As it was written, so that lists and code stay what they are; code by its indentation would look like words."""
    rows = comment.split("\n")
    for token in tokens:
        if not token.map or token.level:
            continue
        first, last = token.map
        if token.type == "blockquote_open":
            rows[first:last] = [""] * (last - first)
        elif token.type == "code_block":
            inside = "\n".join(row[4:] for row in rows[first:last]).rstrip("\n")
            rows[first:last] = ["```\n" + inside.replace("```", "``") + "\n```", *[""] * (last - first - 1)]
    words = HIDDEN.sub("", "\n".join(rows)).strip()
    return re.sub(r"\n{3,}", "\n\n", _without(words, mention)).strip()
