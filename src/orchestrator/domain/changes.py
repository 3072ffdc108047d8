"""What changed between two versions of a vision, for people: kinds, sections, words that came and went."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Literal

from orchestrator.domain import plain
from orchestrator.domain.brief import Feature
from orchestrator.domain.vision import TAGS, Vision

Piece = tuple[Literal["same", "ins", "del"], str]

_TEXTS = {
    "name": "Name",
    "what": "What it is",
    "who": "Who it is for",
    "problem": "The problem",
    "solution": "The idea",
}
_LISTS = {
    "journey": "A day in the life",
    "success": "What success looks like",
    "out": "What is left out",
    "questions": "Open questions",
}
_FEATURES = "What it does"
_ALIKE = 0.6  # from here on two sentences are one that was reworded
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")
_LONG = 4_000  # characters beyond which words are not compared one by one


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    REPRIORITISED = "reprioritised"


@dataclass(frozen=True, slots=True)
class Change:
    """`pieces` are `after` and what went from `before`, in reading order."""

    kind: ChangeKind
    section: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


def changes(before: Vision, after: Vision) -> tuple[Change, ...]:
    """In the order of the document."""
    found: list[Change] = []
    for field, section in _TEXTS.items():
        found += _text(section, getattr(before, field), getattr(after, field))
    found += _features(before.features, after.features)
    for field, section in _LISTS.items():
        found += _list(section, getattr(before, field), getattr(after, field))
    return tuple(found)


def _change(section: str, before: str, after: str) -> Change:
    kind = ChangeKind.ADDED if not before else ChangeKind.REMOVED if not after else ChangeKind.REWORDED
    return Change(kind, section, before, after, pieces(before, after))


def _text(section: str, before: str, after: str) -> list[Change]:
    return [_change(section, before, after)] if before != after else []


def _features(before: Iterable[Feature], after: Iterable[Feature]) -> Iterator[Change]:
    old = {feature.id: feature for feature in before}
    now = {feature.id: feature for feature in after}
    for id, feature in now.items():
        yield from _feature(old[id], feature) if id in old else [_change(_FEATURES, "", _tagged(feature))]
    yield from (_change(_FEATURES, _tagged(feature), "") for id, feature in old.items() if id not in now)


def _feature(before: Feature, after: Feature) -> Iterator[Change]:
    if _words(before) != _words(after):
        yield _change(_FEATURES, _words(before), _words(after))
    if before.priority is not after.priority:
        old, new = f"{_words(before)} {TAGS[before.priority]}.", f"{_words(after)} {TAGS[after.priority]}."
        yield Change(ChangeKind.REPRIORITISED, _FEATURES, old, new, pieces(old, new))


def _words(feature: Feature) -> str:
    return f"{plain.ended(feature.title)} {plain.ended(feature.description)}".strip()


def _tagged(feature: Feature) -> str:
    return f"{_words(feature)} {TAGS[feature.priority]}."


def _list(section: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """What is in both is the same; what is alike was reworded; the rest came or went."""
    gone = list((Counter(before) - Counter(after)).elements())
    for item in (Counter(after) - Counter(before)).elements():
        if old := next((old for old in gone if _alike(old, item)), None):
            gone.remove(old)
        yield _change(section, old or "", item)
    yield from (_change(section, old, "") for old in gone)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one[:_LONG], other[:_LONG], autojunk=False).ratio() >= _ALIKE


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Word by word what stayed, came and went."""
    if len(before) + len(after) > _LONG:
        return _some(("del", before), ("ins", after))
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _some(("same", "".join(old[a:b])))
        else:
            found += _some(("del", "".join(old[a:b])), ("ins", "".join(new[c:d])))
    return tuple(found)


def _some(*parts: Piece) -> tuple[Piece, ...]:
    return tuple(part for part in parts if part[1])


_SAID = {
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
    ChangeKind.REWORDED: "reworded",
    ChangeKind.REPRIORITISED: "given another priority",
}


def says(found: Iterable[Change]) -> str:
    """“One thing was added and one was reworded.”"""
    about = [change for change in found if change.section != _LISTS["questions"]]
    open_questions = Counter(change.kind for change in found if change.section == _LISTS["questions"])
    counts = Counter(change.kind for change in about)
    parts = [
        f"{plain.number(counts[kind])} {'was' if counts[kind] == 1 else 'were'} {_SAID[kind]}"
        for kind in ChangeKind
        if counts[kind]
    ]
    if parts:
        count = next(counts[kind] for kind in ChangeKind if counts[kind])
        parts[0] = parts[0].replace(plain.number(count), plain.counted(count, "thing"), 1)
    sentences = [plain.capital(plain.listed(parts)) + "."] if parts else []
    if settled := open_questions[ChangeKind.REMOVED]:
        sentences.append(f"{plain.capital(plain.counted(settled, 'open question'))} {_is(settled)} answered.")
    if new := open_questions[ChangeKind.ADDED]:
        sentences.append(f"{plain.capital(plain.counted(new, 'new question'))} {_is(new)} open.")
    return " ".join(sentences) or ("An open question was reworded." if open_questions else "Nothing changed.")


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
