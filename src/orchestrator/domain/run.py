"""One job of one builder, and what came of it. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class RunKind(StrEnum):
    PRIME = "prime"
    PLAN = "plan"
    EXECUTE = "execute"
    VALIDATE = "validate"
    REPAIR = "repair"
    REPORT = "report"


class RunStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class PhaseStatus(StrEnum):
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    BLOCKED = "BLOCKED"  # waits at a gate
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Job:
    """What a builder is asked to do. The same `key` is the same work: run again, it goes on where it was."""

    key: str
    kind: RunKind
    worktree: Path  # the only place it may write
    prompt: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """A sign of life: a plain sentence, with technical details folded behind it. `said` is the builder's own prose."""

    sentence: str
    kind: str = "note"  # note, plan, tool, text, usage, permission
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended. `ok` says that the builder came to its end, not that its work is good: evidence decides that."""

    ok: bool
    sentence: str  # plain words for a person
    details: dict[str, Any] = field(default_factory=dict)
