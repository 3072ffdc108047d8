"""Puts plain words in place of words of the trade, where the sentence around them stays right. In doubt they stay."""

import re
from dataclasses import dataclass

from orchestrator.domain import jargon, plain, terms

_BEFORE = re.compile(r"(?:([A-Za-z0-9]+) )?([A-Za-z0-9]+) $")
_AFTER = re.compile(r" ([A-Za-z]+(?:['’]t)?)")
_NUMBERED = re.compile(r" ?#?\d")
_SENTENCE_START = re.compile(r"(?:^|[.!?\n]|[-*+•>]) ?$")
_NUMBERS = plain.words("one two three four five six seven eight nine ten")
_DETERMINERS = _NUMBERS | plain.words(
    """
    a an the this that these those each every your my our his her its their last first latest next new previous another
    no any some all both many few several which single final of
    """
)
_COMPOUND = plain.words("message messages hash hashes history id ids log sha name names manager office number")
_ALSO_VERBS = plain.words("commit branch sprint")
_ONE_ONLY = _NUMBERS | plain.words("each every another single which")
_MANY = {"this": "these", "that": "those", "a": "", "an": ""}
_AGREEING = {
    "is": "are", "was": "were", "has": "have", "does": "do", "needs": "need", "passes": "pass", "fails": "fail",
    "isn't": "aren't", "isn’t": "aren’t", "wasn't": "weren't", "wasn’t": "weren’t", "hasn't": "haven't",
    "hasn’t": "haven’t", "doesn't": "don't", "doesn’t": "don’t",
}  # fmt: skip
_NO_VERBS = plain.words("its this his as us yes always perhaps besides towards across unless plus")


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of the trade between its neighbours. `earlier` is the word before `before`."""

    raw: str
    start: int
    end: int
    earlier: str
    before: str
    after: str
    opens: bool  # the sentence

    @property
    def article(self) -> str:
        """The word that says which one, an adjective left aside."""
        return self.before if self.before.casefold() in _DETERMINERS - {"new"} else self.earlier


_Change = tuple[int, int, str]


def plain_words(text: str, said: frozenset[str]) -> str:
    """The text with plain words; what the person said first is left."""
    parts, last = [], 0
    for use in terms.uses(text, said):
        for start, end, words in _changes(text, use, last):
            parts += [text[last:start], words]
            last = end
    return "".join([*parts, text[last:]]) if parts else text


def _changes(text: str, use: terms.Use, last: int) -> list[_Change]:
    """What is put where, from left to right; nothing where it would not be sure to be right."""
    if use.name not in jargon.NOUNS or _NUMBERED.match(text, use.end):
        return []
    place = _place(text, use, last)
    if place.after.casefold() in _COMPOUND or (plural := _is_many(place.raw, use.name)) is None:
        return []
    if use.name in _ALSO_VERBS and place.before.casefold() not in _DETERMINERS and not place.before.isdigit():
        return []
    one, many = jargon.NOUNS[use.name]
    if one:
        return _named(place, many if plural else one)
    return _without_singular(place, many, plural=plural)


def _place(text: str, use: terms.Use, last: int) -> _Place:
    left = text[max(last, use.start - 40) : use.start]
    found = _BEFORE.search(left)
    after = _AFTER.match(text, use.end)
    return _Place(
        raw=text[use.start : use.end],
        start=use.start,
        end=use.end,
        earlier=(found[1] or "") if found else "",
        before=found[2] if found else "",
        after=after[1] if after else "",
        opens=bool(_SENTENCE_START.search(left)) and (last == 0 or bool(left)),
    )


def _is_many(raw: str, name: str) -> bool | None:
    """Whether the word stands there in the plural; None for a form that is no noun."""
    raw = re.sub(r"[\s-]", " ", raw.casefold())
    name = name.replace("-", " ")
    return None if raw not in {name, name + "s", name + "es"} else raw != name


def _named(place: _Place, words: str) -> list[_Change]:
    changes = [(place.start, place.end, _cased(place, words))]
    if place.before.casefold() in {"a", "an"}:
        article = place.before[0] + ("n" if words[0] in "aeiouA" else "")
        changes.insert(0, (place.start - len(place.before) - 1, place.start - 1, article))
    return changes


def _without_singular(place: _Place, many: str, *, plural: bool) -> list[_Change]:
    """“A pull request is open” becomes “draft changes are open”."""
    which, after = place.article, place.after.casefold()
    if which.casefold() in _ONE_ONLY or which.isdigit():
        return []
    if plural:
        return [(place.start, place.end, _cased(place, many))]
    if after.endswith("s") and after not in _AGREEING and after not in _NO_VERBS:
        return []
    changes = _article(place, which)
    dropped = bool(changes) and not changes[0][2] and which is place.before
    raised = dropped and which[:1].isupper()
    changes.append((place.start, place.end, plain.capital(many) if raised else _cased(place, many)))
    if after in _AGREEING:
        changes.append((place.end + 1, place.end + 1 + len(after), _AGREEING[after]))
    return changes


def _article(place: _Place, which: str) -> list[_Change]:
    if which.casefold() not in _MANY:
        return []
    words = _MANY[which.casefold()]
    if which is place.before:
        start = place.start - len(which) - 1
        return [(start, start + len(which) + (not words), _like(words, which))]
    start = place.start - len(place.before) - len(which) - 2
    return [(start, place.start - 1, _like(f"{words} {place.before}".strip(), which))]


def _like(words: str, before: str) -> str:
    return plain.capital(words) if before[:1].isupper() else words


def _cased(place: _Place, words: str) -> str:
    starts = place.raw[0].isupper() and (place.opens or place.raw[1:2].islower())
    return plain.capital(words) if starts else words
