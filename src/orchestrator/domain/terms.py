"""Finds words of the trade in a text: which ones, where, and whether the person used them first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from orchestrator.domain import jargon
from orchestrator.domain.jargon import Kind

BEFORE, BEHIND = 70, 70  # characters that count as the company of a word
_WORD = re.compile(r"[^\W_]+")
_FEW_WORDS = r"(?:[\w'’,-]{1,30} ){0,4}"
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST, _LONGEST = 3, 40  # letters of a stem, and of what is looked at


@dataclass(frozen=True, slots=True)
class Use:
    """One word or phrase of the trade at its place. `name` is what it is called in `jargon.NOUNS`, if it is there."""

    kind: Kind
    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: Kind
    name: str
    stems: tuple[str, ...]
    gaps: tuple[str, ...]


def stem(word: str) -> str:
    """What the forms of a word have in common: “committed” and “commits” are “commit”. Simple, and the same for all."""
    return _stem(word[:_LONGEST])


@lru_cache(maxsize=5_000)
def _stem(word: str) -> str:
    word = word.casefold()
    if len(word) <= _SHORTEST:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if not word.endswith("ss"):
        ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST), "")
        word = word[: len(word) - len(ending)]
    word = word[:-1] if word[-1] == word[-2] else word
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST else word


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text; “PRs” is “pr”."""
    return frozenset(stem(_singular(word)) for word in _WORD.findall(text))


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and word[:-1].isupper() else word


def uses(text: str, said: frozenset[str] = frozenset(), *, foreign: bool = False) -> Iterator[Use]:
    """All words of the trade in the order of the text, none inside another; those of `said` left aside.

    In a foreign text only words count that mean the same in every language.
    """
    after = 0
    for word in _WORD.finditer(text):
        if word.start() < after or (word[0] not in _CAPITALS and stem(word[0]) not in _STARTS):
            continue
        if (use := _use(text, word, foreign=foreign)) and not _known(use, text, said):
            after = use.end
            yield use


def _known(use: Use, text: str, said: frozenset[str]) -> bool:
    return bool(said) and stems(text[use.start : use.end]) <= said


def _use(text: str, word: re.Match[str], *, foreign: bool) -> Use | None:
    if kind := _CAPITALS.get(word[0]):
        return _phrase(text, word) or Use(kind, *word.span(), _singular(word[0]).casefold())
    if foreign:
        kind = _ANYWHERE.get(stem(word[0]))
        return Use(kind, *word.span(), "") if kind else None
    return _phrase(text, word) or _in_company(text, word)


def _phrase(text: str, first: re.Match[str]) -> Use | None:
    for phrase in _PHRASES.get(stem(first[0]), ()):
        if end := _end(text, first.start(), phrase):
            return Use(phrase.kind, first.start(), end, phrase.name)
    return None


def _end(text: str, at: int, phrase: _Phrase) -> int | None:
    """Where the phrase ends that begins here, if it does; a hyphen or a new line may stand for a space."""
    for wanted, gap in zip(phrase.stems, (*phrase.gaps, ""), strict=True):
        word = _WORD.match(text, at)
        there = text[word.end() : word.end() + len(gap)] if word else ""
        if not word or stem(word[0]) != wanted or not (there == gap or (gap == " " and there in {"-", "\n"})):
            return None
        at = word.end() + len(gap)
    return at


def _in_company(text: str, word: re.Match[str]) -> Use | None:
    if (known := _COMPANY.get(stem(word[0]))) is None:
        return None
    kind, name, pattern = known
    start = max(0, word.start() - BEFORE)
    around = text[start : word.end() + BEHIND]
    seen = any(match.start() <= word.start() - start < match.end() for match in pattern.finditer(around))
    return Use(kind, *word.span(), name) if seen else None


def _parsed(kind: Kind, name: str) -> _Phrase:
    words = list(_WORD.finditer(name))
    gaps = tuple(name[first.end() : second.start()] for first, second in pairwise(words))
    return _Phrase(kind, name, tuple(stem(word[0]) for word in words), gaps)


def _phrases() -> dict[str, list[_Phrase]]:
    """By their first word, the longest first."""
    found: dict[str, list[_Phrase]] = {}
    for kind, names in jargon.PHRASES.items():
        for name in sorted(names, key=lambda name: (-len(name), name)):
            phrase = _parsed(kind, name)
            found.setdefault(phrase.stems[0], []).append(phrase)
    return found


def _company() -> dict[str, tuple[Kind, str, re.Pattern[str]]]:
    return {
        stem(word): (kind, names.split()[0], re.compile(pattern.replace("…", _FEW_WORDS), re.IGNORECASE))
        for kind, patterns in jargon.IN_COMPANY.items()
        for names, pattern in patterns.items()
        for word in names.split()
    }


_PHRASES = _phrases()
_COMPANY = _company()
_CAPITALS = {word + ending: kind for kind, words in jargon.CAPITALS.items() for word in words for ending in ("", "s")}
_ANYWHERE = {
    stem(word): next((phrase.kind for phrase in _PHRASES.get(stem(word), ()) if phrase.name == word), Kind.JARGON)
    for word in jargon.ANYWHERE
}
_STARTS = frozenset({*_PHRASES, *_COMPANY, *_ANYWHERE})
