"""What a person's words do to the brief: edits as values, whoever understood them, and what becomes of it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain import plain
from orchestrator.domain.brief import TEXTS, Brief, Feature, Priority, Topic

ITEM = 600  # characters of one answer or item
TITLE = 80  # characters of a feature's title; the rest becomes its description
ITEMS = 40  # of one list
MUST_HAVES = 3  # the first features told count as the most important
NAME = 60


class Act(StrEnum):
    TELL = "tell"  # adds to what is there
    SET = "set"  # takes the place of what is there
    REMOVE = "remove"  # what `text` names
    RANK = "rank"  # gives the feature that `text` names a priority
    SWAP = "swap"  # puts `text` where `old` was, in every topic
    NAME = "name"  # of the project
    SKIP = "skip"  # not asked again


@dataclass(frozen=True, slots=True)
class Edit:
    act: Act
    text: str = ""
    topic: Topic | None = None
    old: str = ""
    more: str = ""  # the description of a feature
    priority: Priority | None = None


def apply_all(brief: Brief, edits: Iterable[Edit]) -> Brief:
    for edit in edits:
        brief = apply(brief, edit)
    return brief


def apply(brief: Brief, edit: Edit) -> Brief:
    """The brief after an edit; the same brief where it finds nothing to change. Limits cut, they never raise."""
    if edit.act is Act.NAME:
        return brief.model_copy(update={"name": plain.cut(plain.one_line(edit.text), NAME)})
    if edit.act is Act.SWAP:
        return _swapped(brief, edit)
    if edit.act is Act.RANK:
        return _ranked(brief, edit)
    if edit.act is Act.REMOVE:
        return _removed(brief, edit)
    return _told(brief, edit)


def _told(brief: Brief, edit: Edit) -> Brief:
    if (topic := edit.topic) is None:
        return brief
    if edit.act is Act.SKIP:
        return brief.model_copy(update={"skipped": tuple(t for t in Topic if t in brief.skipped or t is topic)})
    if edit.act is Act.SET and topic not in TEXTS:
        brief = brief.model_copy(update={str(topic): ()})
    if topic is Topic.FEATURES:
        return _with_feature(brief, edit)
    words = plain.one_line(edit.text)
    if topic in TEXTS:
        before = "" if edit.act is Act.SET else getattr(brief, topic)
        return brief.model_copy(update={str(topic): _joined(before, words)})
    return brief.model_copy(update={str(topic): _with_item(getattr(brief, topic), plain.cut(words, ITEM))})


def _joined(before: str, words: str) -> str:
    if not before or plain.key(words) in plain.key(before):
        return before or plain.cut(words, ITEM)
    between = " " if before[-1] in ".!?…" else "; "
    room = ITEM - len(before) - len(between)
    return before + between + plain.cut(words, room) if room > 1 else before


def _with_item(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    known = {plain.key(each) for each in items}
    return items if not item or plain.key(item) in known or len(items) >= ITEMS else (*items, item)


def _with_feature(brief: Brief, edit: Edit) -> Brief:
    title, more = _fitting(plain.one_line(edit.text), plain.one_line(edit.more))
    if not title:
        return brief
    if known := find(brief, title, exactly=True):
        more = _joined(known.description, more) if more else known.description
        return _replaced(brief, known, description=more, priority=edit.priority or known.priority)
    if len(brief.features) >= ITEMS:
        return brief
    number = max([brief.numbered, *(_numbered(feature.id) for feature in brief.features)]) + 1
    priority = edit.priority or (Priority.HIGH if len(brief.features) < MUST_HAVES else Priority.MEDIUM)
    feature = Feature(id=f"F{number}", title=title, description=more, priority=priority)
    return brief.model_copy(update={"features": (*brief.features, feature), "numbered": number})


def _numbered(id: str) -> int:
    digits = re.fullmatch(r"F(\d{1,9})", id)
    return int(digits[1]) if digits else 0


def _fitting(title: str, more: str) -> tuple[str, str]:
    if len(title) <= TITLE:
        return plain.capital(title), plain.cut(more, ITEM)
    return plain.capital(plain.cut(title, TITLE)), plain.cut(
        f"{plain.ended(plain.capital(title))} {more}".strip(), ITEM
    )


def find(brief: Brief, named: str, *, exactly: bool = False) -> Feature | None:
    """The feature that somebody means by these words: of that title, or the only one that has all of them."""
    wanted = plain.key(named)
    for feature in brief.features:
        if plain.key(feature.title) == wanted or feature.id.casefold() == wanted:
            return feature
    if exactly or not (parts := _stems(wanted)):
        return None
    having = [feature for feature in brief.features if parts <= _stems(plain.key(feature.title))]
    return having[0] if len(having) == 1 else None


def _stems(words: str) -> set[str]:
    return {
        re.sub(r"(ies|es|s|ing)$", "", word) for word in words.split() if word not in {"the", "a", "an", "of", "my"}
    }


def _replaced(brief: Brief, feature: Feature, **new: object) -> Brief:
    changed = feature.model_copy(update=new)
    return brief.model_copy(update={"features": tuple(changed if f is feature else f for f in brief.features)})


def _ranked(brief: Brief, edit: Edit) -> Brief:
    feature = find(brief, edit.text)
    return _replaced(brief, feature, priority=edit.priority) if feature and edit.priority else brief


def _removed(brief: Brief, edit: Edit) -> Brief:
    if feature := find(brief, edit.text):
        return brief.model_copy(update={"features": tuple(f for f in brief.features if f is not feature)})
    gone = plain.key(edit.text)
    for topic in (Topic.DAY, Topic.SUCCESS, Topic.OUT):
        items = getattr(brief, topic)
        left = tuple(item for item in items if plain.key(item) != gone)
        if left != items:
            return brief.model_copy(update={str(topic): left})
    return brief


def _swapped(brief: Brief, edit: Edit) -> Brief:
    """The old words are looked for as whole words; a number only in front of the same thing."""
    if not plain.bare(edit.old):
        return brief
    pattern = _finder(edit.old, edit.text)
    fields: dict[str, object] = {}
    for topic in (Topic.WHAT, Topic.WHO, Topic.PROBLEM):
        fields[topic] = plain.cut(_put(pattern, edit.text, getattr(brief, topic)), ITEM)
    for topic in (Topic.DAY, Topic.SUCCESS, Topic.OUT):
        fields[topic] = tuple(plain.cut(_put(pattern, edit.text, item), ITEM) for item in getattr(brief, topic))
    fields[Topic.FEATURES] = tuple(_feature_with(feature, pattern, edit.text) for feature in brief.features)
    return brief.model_copy(update=fields)


def _feature_with(feature: Feature, pattern: re.Pattern[str], new: str) -> Feature:
    title = plain.cut(_put(pattern, new, feature.title), TITLE)
    return feature.model_copy(
        update={"title": title, "description": plain.cut(_put(pattern, new, feature.description), ITEM)}
    )


def _finder(old: str, new: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in old.split())
    if is_number(old) and len(thing := new.split()[1:2]) == 1:
        words += rf"\s+{re.escape(thing[0][:4])}\w*"
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def is_number(word: str) -> bool:
    return word.casefold() in plain.NUMBERS or word.isdigit()


def _put(pattern: re.Pattern[str], new: str, text: str) -> str:
    def cased(found: re.Match[str]) -> str:
        return plain.capital(new) if found[0][:1].isupper() else new

    return pattern.sub(cased, text)
