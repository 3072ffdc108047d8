"""The questions that stop a project until a person answers them. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from orchestrator.domain.project import Signal, Step


class Kind(StrEnum):
    VISION_DOC = "VISION_DOC"
    ROADMAP = "ROADMAP"
    PHASE_START = "PHASE_START"
    PHASE_COMPLETE = "PHASE_COMPLETE"
    ERROR_RESOLUTION = "ERROR_RESOLUTION"
    BUDGET = "BUDGET"
    PERMISSION = "PERMISSION"


class Status(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    TAKEN_BACK = "TAKEN_BACK"  # was answered, and is asked anew


class Decision(StrEnum):
    APPROVE = "approve"
    CHANGES = "changes"
    REJECT = "reject"


class Way(StrEnum):
    """What exactly a yes means: the way out of a problem, or for how long something is allowed."""

    DIFFERENTLY = "differently"
    BACK = "back"
    STOP = "stop"
    ONCE = "once"  # in this phase, and exactly this
    ALWAYS = "always"  # in this project, and all of its kind


ANSWERED = frozenset({Status.APPROVED, Status.REJECTED, Status.CHANGES_REQUESTED})
MAY_BE_TAKEN_BACK = timedelta(seconds=60)

KIND = {
    Step.VISION: Kind.VISION_DOC,
    Step.ROADMAP: Kind.ROADMAP,
    Step.PLAN: Kind.PHASE_START,
    Step.RESULT: Kind.PHASE_COMPLETE,
    Step.LIMIT: Kind.BUDGET,
    Step.PERMISSION: Kind.PERMISSION,
    Step.PROBLEM: Kind.ERROR_RESOLUTION,
}
STATUS = {
    Decision.APPROVE: Status.APPROVED,
    Decision.CHANGES: Status.CHANGES_REQUESTED,
    Decision.REJECT: Status.REJECTED,
}
SIGNAL = {
    Decision.APPROVE: Signal.APPROVED,
    Decision.CHANGES: Signal.CHANGES,
    Decision.REJECT: Signal.REJECTED,
}
WAY_SIGNAL = {Way.DIFFERENTLY: Signal.RETRIED, Way.BACK: Signal.GONE_BACK, Way.STOP: Signal.REJECTED}
# What a yes without a way means, where there are several.
MILDEST = {Kind.ERROR_RESOLUTION: Way.DIFFERENTLY, Kind.PERMISSION: Way.ONCE}


def signal(kind: Kind, decision: Decision, way: Way | None) -> Signal:
    """What an answer does to the project."""
    if kind is Kind.ERROR_RESOLUTION and decision is Decision.APPROVE:
        return WAY_SIGNAL[way or MILDEST[kind]]
    return SIGNAL[decision]


def seconds_left(answered_at: datetime, now: datetime) -> int:
    """How long an answer may still be taken back; 0 when that is over."""
    return max(0, int((answered_at + MAY_BE_TAKEN_BACK - now).total_seconds()))
