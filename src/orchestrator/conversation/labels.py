"""Knows the headings under which people write things down: “Users:”, “Must have:”, “Out of scope:”."""

import re
from dataclasses import dataclass

from orchestrator.domain.brief import Priority, Topic

_NAMES: dict[Topic, str] = {
    Topic.WHAT: "what it is|what is it|what|the idea|idea|description|about|summary",
    Topic.WHO: "who it is for|who it's for|who is it for|who's it for|for whom|who will use it|who uses "
    "it|who|users|user|"
    "audience|target group|target audience|target users|customers|personas?",
    Topic.PROBLEM: "the problem|problem|problems|why|pain|pain points?|need|background|motivation",
    Topic.FEATURES: "key features|main features|features|feature|functions|what it does|what it should "
    "do|requirements|it should",
    Topic.DAY: "a day in the life|day in the life|the day|day|user journey|journey|how it is used|how it's used|usage",
    Topic.SUCCESS: "what success looks like|success looks like|success metrics|success metric|success criteria|success|"
    "goals|goal|metrics|kpis?",
    Topic.OUT: "what is left out|left out|leave out|out of scope|not in scope|not included|out|excluded|exclude|"
    "what it is not|not needed|no need for|won't have|wont have",
}
_RANKS = {
    Priority.HIGH: "must[- ]haves?|musts?|essential|most important|high priority",
    Priority.MEDIUM: "should[- ]haves?|medium priority",
    Priority.LOW: "nice[- ]to[- ]haves?|could[- ]haves?|optional|later|low priority|wishlist|maybe",
}
_KNOWN = [(re.compile(names, re.IGNORECASE), topic, None) for topic, names in _NAMES.items()]
_RANKED = [(re.compile(names, re.IGNORECASE), Topic.FEATURES, rank) for rank, names in _RANKS.items()]
_LINE = re.compile(
    r"^\s*(?:#+\s*|[-*•]\s+)?[*_]*(?P<name>[A-Za-z][A-Za-z' -]{1,30}?)[*_]*\s*[:=?]+[*_]*\s*(?P<rest>.*)$"
)
_HEADING = re.compile(r"^\s*(?:#+\s*|\*\*)(?P<name>[A-Za-z][A-Za-z' -]{1,30}?)(?:\*\*)?\s*(?P<rest>)$")


@dataclass(frozen=True, slots=True)
class Label:
    topic: Topic
    priority: Priority | None
    rest: str


def label(line: str) -> Label | None:
    """The topic that a line names in front of a colon or as a heading, and what follows on the same line."""
    line = line.replace("’", "'")
    if not (found := _LINE.match(line) or _HEADING.match(line)):
        return None
    name = found["name"].strip()
    for names, topic, rank in (*_RANKED, *_KNOWN):
        if names.fullmatch(name):
            return Label(topic, rank, found["rest"].strip())
    return None


def topic_named(words: str) -> Topic | None:
    """The topic that these words are the name of."""
    said = words.strip().replace("’", "'")
    return next((topic for names, topic, _ in _KNOWN if names.fullmatch(said)), None)
