"""Understands corrections: “it’s two children, not one”, “no, I meant teachers”, “change X to Y”."""

import re
from collections.abc import Sequence

from orchestrator.conversation import people
from orchestrator.domain import editing, plain
from orchestrator.domain.brief import TEXTS, Brief, Clarity, Feature, Topic, clarity, text
from orchestrator.domain.editing import Act, Edit

_MARK = re.compile(r"^(?:(?:oh|no|and|sorry|wait|actually|hmm|well|correction|but)\b[,:.]*\s+)+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:it|that|this|there|they|we)(?:['’]s| is| are|['’]re| should be| should say)|i (?:meant|mean)(?: to say)?"
    r"|make (?:it|that))\s+",
    re.IGNORECASE,
)
_NOT = re.compile(r"^(?P<new>.+?),?\s+(?:and\s+)?not\s+(?P<old>[^:;.]+?)(?P<more>[:;.]\s*.+)?[.]?$", re.IGNORECASE)
_BUT = re.compile(r"^not\s+(?P<old>.+?),?\s+but\s+(?:rather\s+)?(?P<new>.+?)[.]?$", re.IGNORECASE)
_INSTEAD = re.compile(r"^(?P<new>.+?)\s+(?:instead of|rather than)\s+(?P<old>.+?)[.]?$", re.IGNORECASE)
_CHANGE = re.compile(
    r"^(?:please\s+)?(?:change|replace|rename|correct|turn|swap|exchange)\s+(?P<old>.+?)\s+"
    r"(?:to|into|with|by|for)\s+(?P<new>.+?)[.]?$",
    re.IGNORECASE,
)
_TOO_SMALL = plain.words(
    """
    i a an the it is to of and we you in on at for be that this
    """
)
_MEANT = re.compile(r"^(?:i (?:meant|mean)(?: to say)?|correction)[:,]?\s+(?P<new>.+)$", re.IGNORECASE)
_ACTUALLY = re.compile(r"^actually,?\s+(?:it['’]s |it is )?for\s+(?P<new>.+)$", re.IGNORECASE)


def pair(sentence: str, brief: Brief) -> list[Edit] | None:
    """The edits of a correction that names the old and the new; None where the sentence is none."""
    words, marked = _unmarked(sentence)
    lead = _LEAD.match(words)
    words = words[lead.end() :] if lead else words
    for form in (_CHANGE, _BUT, _NOT, _INSTEAD):
        if found := form.match(words):
            old, new = plain.bare(found["old"]), re.sub(r"^for\s+", "", found["new"].strip(" ,"))
            if form is _NOT and found["more"]:
                new += re.sub(r"^[:;.]\s*", ", ", plain.bare(found["more"]) and found["more"].rstrip(" ."))
            if edits := _swap(brief, old, new):
                return edits
            if form is not _CHANGE and (marked or editing.is_number(old.split()[0] if old else "")):
                return _placed(new, brief)
    return None


def _swap(brief: Brief, old: str, new: str) -> list[Edit]:
    edit = Edit(Act.SWAP, new, old=old)
    return [edit] if old and old.casefold() not in _TOO_SMALL and editing.apply(brief, edit) != brief else []


def _unmarked(sentence: str) -> tuple[str, bool]:
    found = _MARK.match(sentence)
    return (sentence[found.end() :], True) if found else (sentence, False)


def _placed(new: str, brief: Brief) -> list[Edit]:
    """A correction of something that was never written down is written down where people are, or with the problem."""
    topic = Topic.WHO if people.is_people(re.split(r"[:,]", new)[0]) or not brief.problem else Topic.PROBLEM
    return [Edit(Act.TELL, plain.capital(plain.bare(new)), topic)]


def meant(sentence: str, brief: Brief, asked: Topic | None, history: Sequence[str]) -> tuple[Topic, str] | None:
    """The topic and the new words of “no, I meant X”, which takes the place of what was said last."""
    words = re.sub(r"^(?:(?:oh|no|sorry|wait|hmm)\b[,:.]*\s+)+", "", sentence, flags=re.IGNORECASE)
    if (whom := _ACTUALLY.match(words)) and brief.who and people.is_people(plain.bare(whom["new"])):
        return Topic.WHO, plain.bare(whom["new"])
    if not (found := _MEANT.match(words)) or not (topic := last_topic(brief, asked, history)):
        return None
    new = _LEAD.sub("", found["new"])
    if people.is_people(re.sub(r"^for\s+", "", plain.bare(new))) and brief.who:
        topic = Topic.WHO
    return topic, plain.bare(new)


def last_topic(brief: Brief, asked: Topic | None, history: Sequence[str]) -> Topic | None:
    """What the last message was about: the topic that holds its words, or else the one before the open question."""
    said = plain.key(history[-1]) if history else ""
    for topic in reversed(Topic):
        told = plain.key(text(brief, topic))
        if said and told and (told in said or said in told):
            return topic
    if asked is None:
        return None
    before = [topic for topic in Topic if topic is not asked and clarity(brief, topic) is not Clarity.OPEN]
    upto = [topic for topic in before if list(Topic).index(topic) < list(Topic).index(asked)]
    return next(reversed(upto or before), None)


def replacing(topic: Topic, new: str, brief: Brief) -> list[Edit]:
    """The new words in place of a text, or of the last item of a list."""
    if topic in TEXTS:
        return [Edit(Act.SET, plain.capital(new), topic)]
    told = [item.title if isinstance(item, Feature) else item for item in getattr(brief, topic)]
    old = told[-1] if told else ""
    return [Edit(Act.SWAP, plain.capital(new), old=old)] if old else [Edit(Act.TELL, plain.capital(new), topic)]
