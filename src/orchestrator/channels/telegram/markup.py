"""Words as the little HTML that Telegram shows: whatever they contain, it is text, and no part of it is too long."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from orchestrator.domain import plain

LONGEST = 4000  # UTF-16 units of a message, its tags included; Telegram takes 4096 without them
LINE = "———"
PLACE = re.compile(r"https://[^\s/?#<>\"']+(?:[/?#][^\s<>\"]*)?")
PIECE = re.compile(r"\s+|\S{1,200}")  # what a long paragraph can be cut into
INLINE = {"strong": "b", "em": "i", "s": "s"}


def units(text: str) -> int:
    """How long it is for Telegram, which counts as UTF-16 does."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)  # noqa: PLR2004 - the last that is one unit


def escaped(text: str) -> str:
    """A text without any meaning of its own, on the lines that it has."""
    return html.escape(plain.sendable(text), quote=False)


def bold(text: str) -> str:
    return f"<b>{escaped(plain.one_line(text))}</b>" if text.strip() else ""


def link(text: str, address: str) -> str:
    """A link where the address is one of the web, else the text alone."""
    if not PLACE.fullmatch(address):
        return escaped(text)
    return f'<a href="{html.escape(address, quote=True)}">{escaped(text)}</a>'


@dataclass(slots=True)
class _Parts:
    """Writes parts of which each is whole in itself: tags that are open where one ends are opened again in the next."""

    limit: int
    done: list[str] = field(default_factory=list)
    here: str = ""
    open: list[tuple[str, str]] = field(default_factory=list)  # how each begins and ends
    empty: bool = True  # nothing but tags yet

    def begin(self, tag: str, opened: str = "") -> None:
        start = opened or f"<{tag}>"
        if not self._fits(start, tag):
            self._next()
        self.open.append((start, f"</{tag}>"))
        self.here += start

    def end(self) -> None:
        self.here += self.open.pop()[1]

    def write(self, text: str) -> None:
        """Some words, cut between them where they do not fit."""
        if self._fits(html.escape(text, quote=False)):
            self._put(text)
            return
        for piece in PIECE.findall(text):
            if not self._fits(html.escape(piece, quote=False)):
                self._next()
            self._put(piece)

    def apart(self, gap: str = "\n\n") -> None:
        if not self.empty:
            self.here += gap

    def room(self) -> int:
        return self.limit - units(self.here)

    def cut(self) -> None:
        """Go on in another part, if there is anything in this one."""
        if not self.empty:
            self._next()

    def _put(self, text: str) -> None:
        if self.empty:
            text = text.lstrip() if not any(end in {"</pre>", "</code>"} for _, end in self.open) else text
        self.here += html.escape(text, quote=False)
        self.empty = self.empty and not text.strip()

    def _fits(self, text: str, tag: str = "") -> bool:
        closing = sum(len(end) for _, end in self.open) + (len(tag) + 3 if tag else 0)
        return units(self.here) + units(text) + closing <= self.limit

    def _next(self) -> None:
        ends = "".join(end for _, end in reversed(self.open))
        if not self.empty:
            self.done.append(self.here.strip() + ends)
        self.here, self.empty = "".join(start for start, _ in self.open), True

    def all(self) -> list[str]:
        return [*self.done, *([] if self.empty else [self.here.strip()])]


def parts(markdown: str, limit: int = LONGEST, *, links: bool = True) -> list[str]:
    """Markdown as messages of which each can be shown; at least one, if only with a dash."""
    tokens = _parser(links=links).parse(plain.sendable(markdown))
    written = _Parts(limit)
    for block in _blocks(tokens):
        _as_one(written, block)
    return written.all() or ["–"]


def joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _as_one(written: _Parts, block: Sequence[Token]) -> None:
    """A paragraph goes whole into what is left, or into a new message; only what is longer than that is cut."""
    alone = _Parts(1_000_000)
    _Writer(alone).write(block)
    size = sum(units(part) for part in alone.all())
    if size + 2 > written.room() and size <= written.limit:
        written.cut()
    written.apart()
    _Writer(written).write(block)


def _blocks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The paragraphs, lists and so on of the text, one by one."""
    start = 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            yield tokens[start : place + 1]
            start = place + 1


class _Writer:
    """Writes the tokens of one block."""

    def __init__(self, out: _Parts) -> None:
        self.out = out
        self.lists: list[int | None] = []  # the next number of each list that is open; none for points
        self.fresh = True  # nothing of this block is written yet, or the sign of a point is
        self.quotes = 0
        self.linked: list[bool] = []

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "inline":
                self._lines(token.children or [])
            elif token.type in {"fence", "code_block"}:
                self._code(token.content)
            elif token.type == "hr":
                self.out.write(LINE)
            elif act := getattr(self, f"_{token.type}", None):
                act(token)

    def _apart(self) -> None:
        if not self.fresh:
            self.out.apart("\n" if self.lists else "\n\n")
        self.fresh = False

    def _paragraph_open(self, _token: Token) -> None:
        self._apart()

    def _heading_open(self, _token: Token) -> None:
        self._apart()
        self.out.begin("b")

    def _heading_close(self, _token: Token) -> None:
        self.out.end()

    def _bullet_list_open(self, _token: Token) -> None:
        self.lists.append(None)

    def _ordered_list_open(self, token: Token) -> None:
        self.lists.append(int(token.attrGet("start") or 1))

    def _bullet_list_close(self, _token: Token) -> None:
        self.lists.pop()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, _token: Token) -> None:
        self._apart()
        number = self.lists[-1]
        if number is not None:
            self.lists[-1] = number + 1
        self.out.write("\u2003" * (len(self.lists) - 1) + ("• " if number is None else f"{number}. "))
        self.fresh = True

    def _list_item_close(self, _token: Token) -> None:
        self.fresh = False

    def _blockquote_open(self, _token: Token) -> None:
        self._apart()
        self.fresh = True
        self.quotes += 1
        if self.quotes == 1:
            self.out.begin("blockquote")

    def _blockquote_close(self, _token: Token) -> None:
        self.quotes -= 1
        if self.quotes == 0:
            self.out.end()
        self.fresh = False

    def _code(self, text: str) -> None:
        self._apart()
        if self.quotes or not text.strip():
            self.out.write(text.strip("\n"))
            return
        self.out.begin("pre")
        self.out.write(text.strip("\n"))
        self.out.end()

    def _lines(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            kind, _, what = token.type.partition("_")
            if token.type in {"text", "html_inline"}:
                self.out.write(token.content)
            elif token.type in {"softbreak", "hardbreak"}:
                self.out.write("\n")
            elif token.type == "code_inline":
                self._inline_code(token.content)
            elif kind in INLINE and what == "open":
                self.out.begin(INLINE[kind])
            elif kind in INLINE:
                self.out.end()
            elif kind == "link":
                self._link(token, opens=what == "open")

    def _inline_code(self, text: str) -> None:
        if not text.strip():
            self.out.write(text)
            return
        self.out.begin("code")
        self.out.write(text)
        self.out.end()

    def _link(self, token: Token, *, opens: bool) -> None:
        if not opens:
            if self.linked.pop():
                self.out.end()
            return
        address = str(token.attrGet("href") or "")
        self.linked.append(bool(PLACE.fullmatch(address)) and units(address) < 1000)  # noqa: PLR2004 - no longer
        if self.linked[-1]:
            self.out.begin("a", f'<a href="{html.escape(address, quote=True)}">')


@cache
def _parser(*, links: bool) -> MarkdownIt:
    known = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
    return known.disable(["image"] if links else ["image", "link", "autolink", "reference"])
