"""What is known about an idea: seven topics that fill up while people talk. Pure; stored as JSON."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from orchestrator.domain import plain


class Topic(StrEnum):
    """In the order in which they are asked and shown."""

    WHAT = "what"
    WHO = "who"
    PROBLEM = "problem"
    FEATURES = "features"
    DAY = "day"
    SUCCESS = "success"
    OUT = "out"


TITLES = {
    Topic.WHAT: "What it is",
    Topic.WHO: "Who it is for",
    Topic.PROBLEM: "The problem",
    Topic.FEATURES: "Features",
    Topic.DAY: "A day in the life",
    Topic.SUCCESS: "What success looks like",
    Topic.OUT: "What is left out",
}


class Priority(StrEnum):
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class Clarity(StrEnum):
    """How far a topic is known. A skipped topic is open, but not asked again."""

    CLEAR = "clear"
    HALF = "half"
    OPEN = "open"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Feature(Frozen):
    """`id` stays the same through all versions of the vision."""

    id: str
    title: str
    description: str = ""
    priority: Priority = Priority.MEDIUM
    item: str = ""  # the question of readiness that it is about, and nothing else


class Brief(Frozen):
    name: str = ""  # of the project; empty until one was given or could be taken from the idea
    what: str = ""
    who: str = ""
    problem: str = ""
    features: tuple[Feature, ...] = ()
    day: tuple[str, ...] = ()
    success: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    skipped: tuple[Topic, ...] = ()
    numbered: int = 0  # how many features there ever were: the id of a removed one is not given again


TEXTS = frozenset({Topic.WHAT, Topic.WHO, Topic.PROBLEM})  # the others are lists
NEEDED = (Topic.WHAT, Topic.WHO, Topic.PROBLEM, Topic.FEATURES)  # without them a vision says little
LINE = 90  # what fits below a topic

# Answers that leave us as wise as before.
_ANYTHING = plain.words(
    """
    a an app application apps something anything thing program programme site some software system the tool web
    website webapp platform game mobile phone new nice good small simple cool project idea my our one for with it of
    to and online digital page great
    """
)
_ANYBODY = plain.words(
    """
    all any anybody anyone a everybody everyone for general human humans in it lot lots many most of one only other
    others out people person persons public some somebody someone the them there they to us user users who whoever
    world you use uses using wants want it that and like it's its is
    """
)
_NOTHING = {Topic.WHAT: _ANYTHING, Topic.WHO: _ANYBODY}


def text(brief: Brief, topic: Topic) -> str:
    """All that is told about a topic, in one line."""
    told = getattr(brief, topic)
    if isinstance(told, str):
        return told
    return "; ".join(item.title if isinstance(item, Feature) else item for item in told)


def clarity(brief: Brief, topic: Topic) -> Clarity:
    if not plain.bare(text(brief, topic)):
        return Clarity.OPEN
    return Clarity.HALF if _vague(brief, topic) else Clarity.CLEAR


def _vague(brief: Brief, topic: Topic) -> bool:
    if topic is Topic.FEATURES:
        return len(brief.features) == 1
    if topic is Topic.WHAT and len(brief.features) > 1:
        return False
    nothing = _NOTHING.get(topic)
    return nothing is not None and set(plain.key(text(brief, topic)).split()) <= nothing


def says_little(what: str) -> bool:
    """Whether these words could be about any idea: “a small app for my phone”."""
    return set(plain.key(what).split()) <= _ANYTHING


def open_topics(brief: Brief) -> tuple[Topic, ...]:
    """What there is to ask, in order."""
    return tuple(topic for topic in Topic if clarity(brief, topic) is not Clarity.CLEAR and topic not in brief.skipped)


def is_enough(brief: Brief) -> bool:
    """Whether a vision would say what matters, and nothing is left to ask."""
    return not open_topics(brief) and all(clarity(brief, topic) is Clarity.CLEAR for topic in NEEDED)


def summary(brief: Brief, topic: Topic) -> str:
    """The line below a topic."""
    told = plain.one_line(text(brief, topic))
    if told:
        return plain.cut(told, LINE)
    return "Open: it becomes a question in the vision" if topic in brief.skipped else "Still open: we will ask"
