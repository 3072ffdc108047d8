"""Finds what a text for people who cannot code should not hold, whatever wrote it; and mends it where it can. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain import plain, reading, shapes, terms
from orchestrator.domain.jargon import Kind
from orchestrator.domain.mending import is_name, mended

__all__ = ["HARDEST", "LONGEST", "Finding", "Kind", "findings", "mended", "reading_grade"]

LONGEST = 900  # characters of a reply in a chat
HARDEST = 9.0  # a grade of the formula; short texts scatter, so this is two above a twelve-year-old's
_SHOWN = 80  # characters of a finding

_EXCLAMATION = re.compile(r"[!！¡]+(?![=\[])")
_QUESTION = re.compile(r"[?؟](?=[\s\"'”’“»)*_…!]|$)|？(?!？)")
_QUOTED = re.compile(r"“[^”\n]{0,400}”|„[^“”\n]{0,400}[“”]|«[^»\n]{0,400}»|\"[^\"\n]{0,400}\"")
_CAPITALS = re.compile(r"\b[A-Z][A-Z’']+(?:[ \t]{1,3}[A-Z][A-Z’']+)*\b")
_FEWEST_CAPITALS, _FEWEST_OF_ONE = 10, 7  # letters of several words, and of one: shorter ones are names
_SHOUTED = plain.words("not never always must stop please note warning error danger only now important do very all")

reading_grade = reading.grade


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: of which kind, the words themselves, and where they begin."""

    kind: Kind
    text: str
    at: int


def findings(text: str, *, said_by_person: str = "", limit: int = LONGEST, questions: int = 1) -> tuple[Finding, ...]:
    """All that is wrong with the text, in its order. A person may be answered with the words that they used first."""
    covered = _Covered(text, said_by_person)
    foreign = reading.foreign(text)
    found = [
        *covered.code(),
        *covered.written(),
        *covered.terms(foreign=foreign),
        *_shouting(text, said_by_person),
        *_questions(text, questions),
        *_long(text, limit),
        *_hard(text),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.at, finding.kind)))


class _Covered:
    """A text of which ever more is covered by findings, so that nothing is found twice."""

    def __init__(self, text: str, said: str) -> None:
        self.text = self.left = text
        self.said, self.stems, self.addresses = said.casefold(), terms.stems(said), shapes.addresses(said)

    def code(self) -> Iterator[Finding]:
        spans = sorted(shapes.code(self.left))
        last = 0
        for start, end in spans:
            if start >= last:
                last = end
                yield self._finding(Kind.CODE, start, end)
        self.left = _without(self.left, spans)

    def written(self) -> Iterator[Finding]:
        spans = [(match.start(), match.end()) for match in shapes.URL.finditer(self.left)]
        strange = [(Kind.PATH, *span) for span in spans]
        rest = _without(self.left, spans)
        found = [*strange, *shapes.written(rest)]
        self.left = _without(self.left, [(start, end) for _, start, end in found])
        yield from (self._finding(*place) for place in found if not self._allowed(*place))

    def terms(self, *, foreign: bool) -> Iterator[Finding]:
        for use in terms.uses(self.left, self.stems, foreign=foreign):
            yield self._finding(use.kind, use.start, use.end)

    def _allowed(self, kind: Kind, start: int, end: int) -> bool:
        word = self.text[start:end]
        if kind is Kind.PATH and shapes.address(word) in self.addresses:
            return True
        return bool(self.said) and not shapes.URL.fullmatch(word) and word.casefold() in self.said

    def _finding(self, kind: Kind, start: int, end: int) -> Finding:
        return Finding(kind, plain.cut(plain.one_line(self.text[start : min(end, start + 4 * _SHOWN)]), _SHOWN), start)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these places blank, as long as before."""
    parts, last = [], 0
    for start, end in sorted(spans):
        if end > last:
            parts += [text[last:start], " " * (end - max(start, last))]
            last = end
    return "".join([*parts, text[last:]]) if parts else text


def _shouting(text: str, said: str) -> Iterator[Finding]:
    for match in _EXCLAMATION.finditer(text):
        if not is_name(text, match, said):
            yield Finding(Kind.SHOUTING, match[0][:_SHOWN], match.start())
    yield from (Finding(Kind.SHOUTING, match[0][:_SHOWN], match.start()) for match in shapes.EMOJI.finditer(text))
    for match in _CAPITALS.finditer(text):
        if _is_shouted(match[0]) and match[0] not in said:
            yield Finding(Kind.SHOUTING, plain.cut(match[0], _SHOWN), match.start())


def _is_shouted(capitals: str) -> bool:
    words = capitals.split()
    if any(word.casefold() in _SHOUTED for word in words):
        return True
    return len(capitals) >= (_FEWEST_CAPITALS if len(words) > 1 else _FEWEST_OF_ONE)


def _questions(text: str, most: int) -> Iterator[Finding]:
    """Those beyond the allowed number; questions in quotation marks are examples."""
    asked = list(_QUESTION.finditer(_without(text, [match.span() for match in _QUOTED.finditer(text)])))
    for mark in asked[most:]:
        start = max(text.rfind(char, 0, mark.start()) for char in ".?!？。\n") + 1
        yield Finding(Kind.QUESTIONS, plain.cut(text[start : mark.end()][-_SHOWN:].strip(), _SHOWN), mark.start())


def _long(text: str, limit: int) -> Iterator[Finding]:
    if len(text.strip()) > limit:
        yield Finding(Kind.LONG, plain.cut(plain.one_line(text[limit : limit + _SHOWN]), _SHOWN), limit)


def _hard(text: str) -> Iterator[Finding]:
    """One for the whole text, at its hardest sentence."""
    if reading.grade(text) > HARDEST:
        hardest = max(reading.sentences(text), key=reading.weight)
        yield Finding(Kind.HARD, plain.cut(hardest, _SHOWN), max(0, text.find(hardest)))
