"""What is known about an idea: seven topics that fill up while people talk. Pure; stored as JSON."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


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
