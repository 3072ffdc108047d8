"""One job of one builder, and what came of it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
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


class Network(StrEnum):
    """Where a builder may reach. Its own model it always may, this machine and its neighbours never, but for a registry
    that stands in nearby.
    """

    CLOSED = "closed"
    LISTED = "listed"  # where building blocks are fetched from
    OPEN = "open"


class Wish(StrEnum):
    """What a builder does only with the leave of a person."""

    OUTSIDE = "outside"  # to read or write beside its trial copy
    INSTALL = "install"  # to fetch building blocks from the network
    PUSH = "push"  # to send something out
    DELETE = "delete"  # to remove many files


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that a builder wants and may not do by itself. `subject` is the command or the path, as it stands."""

    wish: Wish
    subject: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a person said about a wish. Without a subject it holds for all wishes of that kind."""

    wish: Wish
    subject: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Bind:
    """A place of this machine that a builder within walls sees as `target`, and nothing that lies around it."""

    source: Path
    target: Path
    writable: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What a builder is asked to do. The same `key` is the same work: run again, it goes on where it was."""

    key: str
    kind: RunKind
    worktree: Path  # the only place it may write
    prompt: str
    read_only: bool = False
    network: Network = Network.LISTED
    rules: tuple[Rule, ...] = ()
    binds: tuple[Bind, ...] = ()  # what it needs to see beside its copy where it works within walls
    project: str = ""
    phase: int = 0  # 0: none of them, such as when it only looks around


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
    ask: Ask | None = None  # it waits for the leave of a person, and goes on when it is run again
    goes_on: datetime | None = None  # it cannot work before then
