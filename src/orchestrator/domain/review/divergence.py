"""One difference between plan and result, and the rule by which it was found. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.review.facts import Facts


class Class(StrEnum):
    GOOD = "good"
    MINOR = "minor"
    BAD = "bad"


class Cause(StrEnum):
    """Where it comes from, as far as facts show it."""

    PERSON = "a person wanted it otherwise"
    PLAN = "the plan was not precise"
    CHECK = "a check was not made before handing over"
    CONTEXT = "the builder did not know a rule of the project"
    MISTAKE = "a mistake while building"
    ESTIMATE = "too little was known to say what it takes"


@dataclass(frozen=True, slots=True)
class Divergence:
    """`justified` says that a person decided it so, or that it made the result better."""

    rule: str
    phase: int  # 0: the project as a whole
    planned: str
    actual: str
    reason: str
    kind: Class
    justified: bool
    cause: Cause
    impact: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What is compared with what, and what follows from a difference."""

    id: str
    compares: str
    follows: str
    find: Callable[[Facts], Iterator[Divergence]]
