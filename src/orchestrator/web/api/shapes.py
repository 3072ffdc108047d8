"""The JSON that goes out: stable, documented in OpenAPI, made from rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from orchestrator.domain.gate import Decision, Kind, Status, Way
from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.domain.project import Stage, Step
from orchestrator.domain.run import Network, PhaseStatus, RunKind, RunStatus, Wish
from orchestrator.runtime import runtime
from orchestrator.store import hubs
from orchestrator.store.pages import Standing
from orchestrator.store.tables import CheckRow, DocumentRow, GateRow, MessageRow, PhaseRow, ProjectRow, RuleRow, RunRow
from orchestrator.telling import standing as sentences


class Progress(BaseModel):
    phase: int
    phases: int
    completed: int


class Money(BaseModel):
    """What was spent, and what may be; the built-in starter and the interview cost nothing."""

    spent: float
    currency: str
    budget: float | None  # none without a limit

    @classmethod
    def of(cls, row: ProjectRow) -> "Money":
        budget = amount(row.budget) if row.budget else None
        return cls(spent=amount(row.spent), currency=runtime().currency.code, budget=budget)


def amount(micros: int) -> float:
    """In the currency that people see, to a millionth."""
    return round(runtime().currency.of(micros), 6)


class ProjectOut(BaseModel):
    id: str
    name: str
    idea: str
    stage: Stage
    step: Step
    status_sentence: str
    waiting_for: str | None
    role: Role
    repository: str | None
    hub: str | None
    preview_url: str | None
    builder: str
    network: Network
    progress: Progress
    cost: Money
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Standing, preview_url: str | None) -> "ProjectOut":
        row = found.project
        finished = sum(phase.status is PhaseStatus.COMPLETED for phase in found.phases)
        return cls(
            id=row.id,
            name=row.name,
            idea=row.idea,
            stage=row.stage,
            step=row.step,
            status_sentence=sentences.status(found),
            waiting_for=found.gate.id if found.gate else None,
            role=found.role,
            repository=row.repository or None,
            hub=hubs.slug(row) or None,
            preview_url=preview_url,
            builder=row.builder,
            network=row.network,
            progress=Progress(phase=row.phase, phases=row.phases, completed=finished),
            cost=Money.of(row),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class ProjectPage(BaseModel):
    items: list[ProjectOut]
    next_cursor: str | None


class MessageOut(BaseModel):
    id: str
    sequence: int
    role: str
    text: str
    author: str
    channel: str
    created_at: datetime
    in_reply_to: str | None
    cost: float | None = None  # of a reply, where it cost anything

    @classmethod
    def of(cls, row: MessageRow, costs: Mapping[str, float] | None = None) -> "MessageOut":
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in {"author", "cost"}}
        replied = row.in_reply_to if row.role == "assistant" else None
        return cls(**plain, author=row.author_name, cost=(costs or {}).get(replied or ""))


class GateOut(BaseModel):
    id: str
    project_id: str
    kind: Kind
    question: str
    why: str
    on_yes: str
    on_no: str
    considerations: list[str]
    facts: list[list[str]]
    ways: list[dict[str, str]]
    document: str | None
    version: int | None
    phase: int | None
    deadline: datetime
    opened_at: datetime
    who_may_answer: list[Role]
    status: Status
    answered_by: str | None
    answered_at: datetime | None
    channel: str | None
    note: str | None
    way: Way | None

    @classmethod
    def of(cls, row: GateRow) -> "GateOut":
        special = {"who_may_answer", "answered_by", "document", "version", "phase"}
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in special}
        return cls(
            **plain,
            who_may_answer=sorted(ANSWERS),
            answered_by=row.answered_name,
            document=row.document or None,
            version=row.version or None,
            phase=row.phase or None,
        )


class Answered(BaseModel):
    """What somebody decides. `way` is one of the decision's `ways`, without it the first that it shows.

    `version` is of the document that was read.
    """

    decision: Decision
    note: str = ""
    version: int | None = None
    way: str | None = None


class PhaseOut(BaseModel):
    number: int
    title: str
    outcome: str
    status: PhaseStatus
    features: list[str]
    criteria: list[dict[str, Any]]
    attempt: int
    commit: str | None
    merged: str | None
    findings: list[dict[str, Any]]
    started_at: datetime | None
    ended_at: datetime | None
    cost: float | None = None  # where it cost anything

    @classmethod
    def of(cls, row: PhaseRow, costs: Mapping[int, float] | None = None) -> "PhaseOut":
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in {"commit", "merged", "cost"}}
        cost = (costs or {}).get(row.number)
        return cls(**plain, commit=row.commit or None, merged=row.merged or None, cost=cost)


class RunOut(BaseModel):
    id: str
    kind: RunKind
    status: RunStatus
    phase: int
    builder: str
    sentence: str
    details: dict[str, Any]
    begun: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cost: float | None = None  # where it cost anything

    @classmethod
    def of(cls, row: RunRow, costs: Mapping[str, float] | None = None) -> "RunOut":
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "cost"}
        return cls(**plain, cost=(costs or {}).get(row.id))


class RuleOut(BaseModel):
    """What somebody said that the builder may or may not do. Without a `subject` it holds for all of that kind.

    It holds in `phase`; without one, in all.
    """

    id: str
    wish: Wish
    subject: str
    allowed: bool
    phase: int | None
    by: str
    at: datetime

    @classmethod
    def of(cls, row: RuleRow) -> "RuleOut":
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "by"}
        return cls(**plain, by=row.by_name)


class CheckOut(BaseModel):
    """Evidence: `fresh` says whether it speaks of the phase as it is now."""

    name: str
    command: str
    commit: str
    fresh: bool
    passed: bool
    exit_code: int | None
    total: int | None
    failed: int | None
    sentence: str
    failures: list[dict[str, Any]]
    excerpt: str
    log_sha256: str
    milliseconds: int
    at: datetime

    @classmethod
    def of(cls, row: CheckRow, phase: PhaseRow) -> "CheckOut":
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "fresh"}
        return cls(**plain, fresh=row.commit == phase.commit and phase.fresh)


class Version(BaseModel):
    version: int
    created_at: datetime
    author: str
    note: str

    @classmethod
    def of(cls, row: DocumentRow) -> "Version":
        return cls(version=row.version, created_at=row.created_at, author=row.author_name, note=row.note)


class VisionOut(Version):
    vision: dict[str, Any]
    markdown: str


class EventOut(BaseModel):
    project_id: str
    number: int
    at: datetime
    actor: str
    actor_name: str
    channel: str
    kind: str
    data: dict[str, Any]
