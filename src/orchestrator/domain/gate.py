"""The questions that stop a project until a person answers them. Pure."""

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


class Decision(StrEnum):
    APPROVE = "approve"
    CHANGES = "changes"
    REJECT = "reject"


class Way(StrEnum):
    """The ways out of a problem."""

    DIFFERENTLY = "differently"
    BACK = "back"
    STOP = "stop"


KIND = {
    Step.VISION: Kind.VISION_DOC,
    Step.ROADMAP: Kind.ROADMAP,
    Step.PLAN: Kind.PHASE_START,
    Step.RESULT: Kind.PHASE_COMPLETE,
    Step.LIMIT: Kind.BUDGET,
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


def signal(kind: Kind, decision: Decision, way: Way | None) -> Signal:
    """What an answer does to the project."""
    if kind is Kind.ERROR_RESOLUTION and decision is Decision.APPROVE:
        return WAY_SIGNAL[way or Way.DIFFERENTLY]
    return SIGNAL[decision]
