"""Decisions: opened with the move that needs them, answered once."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR, Actor, Answer
from orchestrator.domain.gate import STATUS, Status
from orchestrator.domain.policy import ANSWERS
from orchestrator.domain.question import Question
from orchestrator.errors import Conflict, NotFound
from orchestrator.store import events
from orchestrator.store.tables import GateRow, MemberRow, ProjectRow

GONE = "There is no such decision. It may be someone else’s."
ANSWERED = {
    Status.APPROVED: "approved this",
    Status.REJECTED: "rejected this",
    Status.CHANGES_REQUESTED: "asked for changes here",
    Status.EXPIRED: "",
    Status.WITHDRAWN: "",
    Status.TAKEN_BACK: "",
}


async def open(db: AsyncSession, project: ProjectRow, question: Question) -> GateRow:
    """Store a question with the event that says so."""
    now = clock.now()
    days = db.info.get("decision_days", 7)
    row = GateRow(
        id=clock.new_id(),
        project_id=project.id,
        status=Status.PENDING,
        phase=project.phase,
        opened_at=now,
        deadline=now + timedelta(days=days),
        event=project.last_event + 1,
        **(asdict(question) | {"ways": [asdict(way) for way in question.ways]}),
    )
    row.considerations, row.facts = list(question.considerations), [list(fact) for fact in question.facts]
    db.add(row)
    from_ = {"document": row.document, "version": row.version, "phase": row.phase}
    events.append(db, project, ORCHESTRATOR, "gate.opened", gate=row.id, kind=row.kind, question=row.question, **from_)
    return row


async def get(db: AsyncSession, id: str) -> GateRow:
    if row := await db.get(GateRow, id, populate_existing=True):
        return row
    raise NotFound(GONE)


def answer(db: AsyncSession, project: ProjectRow, gate: GateRow, given: Answer, actor: Actor) -> None:
    """Close it, under the project's row lock, so that of two people exactly one comes first. Raises Conflict."""
    if gate.status is not Status.PENDING:
        raise _too_late(gate)
    if given.version is not None and gate.version and given.version != gate.version:
        name = gate.document.partition("-")[0]
        raise Conflict(
            f"The {name} moved on while you were reading. You looked at version {given.version}; "
            f"version {gate.version} is here. Nothing was decided.",
            version=gate.version,
        )
    gate.status, gate.answered_at = STATUS[given.decision], clock.now()
    gate.answered_by, gate.answered_name, gate.channel = actor.user_id, actor.name, actor.channel
    gate.note, gate.way = given.note, given.way
    said = {"decision": given.decision, "note": given.note, "way": given.way, "version": gate.version}
    shown = {"kind": gate.kind, "question": gate.question, "phase": gate.phase}
    gate.closed = events.append(db, project, actor, "gate.answered", gate=gate.id, status=gate.status, **said, **shown)


def _too_late(gate: GateRow) -> Conflict:
    when = f"{gate.answered_at:%H:%M} UTC on {gate.answered_at:%d %B}" if gate.answered_at else "before"
    more = {"status": gate.status, "answered_by": gate.answered_name, "answered_at": str(gate.answered_at)}
    if done := ANSWERED[gate.status]:
        sentence = f"{gate.answered_name} was faster: {gate.answered_name} {done} at {when}, on {gate.channel}."
        return Conflict(sentence, channel=gate.channel, **more)
    return Conflict(f"This decision is no longer needed, since {when}. Nothing was decided.", **more)


def take_back(db: AsyncSession, project: ProjectRow, gate: GateRow, actor: Actor) -> None:
    """An answer does not count any more. Who gave it, and what it was, stays in the log."""
    gave = {"gave": gate.answered_name, "was": gate.status}
    gate.status, gate.answered_at = Status.TAKEN_BACK, clock.now()
    gate.answered_by, gate.answered_name, gate.channel = actor.user_id, actor.name, actor.channel
    gate.note, gate.way = "", None
    shown = {"kind": gate.kind, "question": gate.question, "phase": gate.phase}
    events.append(db, project, actor, "gate.taken_back", gate=gate.id, **gave, **shown)


async def withdraw(db: AsyncSession, project: ProjectRow, actor: Actor, status: Status = Status.WITHDRAWN) -> None:
    """A project that leaves a decision by another door (Stop) leaves no open question behind."""
    if gate := await pending(db, project.id):
        gate.status, gate.answered_at = status, clock.now()
        gate.answered_by, gate.answered_name, gate.channel = actor.user_id, actor.name, actor.channel
        kind = "gate.expired" if status is Status.EXPIRED else "gate.withdrawn"
        gate.closed = events.append(db, project, actor, kind, gate=gate.id, question=gate.question, phase=gate.phase)


async def pending(db: AsyncSession, project_id: str) -> GateRow | None:
    query = select(GateRow).where(GateRow.project_id == project_id, GateRow.status == Status.PENDING)
    return await db.scalar(query)


async def waiting_for(db: AsyncSession, user_id: str) -> list[GateRow]:
    """The open decisions that this person may answer, oldest first."""
    query = select(GateRow).join(MemberRow, MemberRow.project_id == GateRow.project_id)
    query = query.where(MemberRow.user_id == user_id, MemberRow.role.in_(ANSWERS), GateRow.status == Status.PENDING)
    return list(await db.scalars(query.order_by(GateRow.opened_at)))


async def of(db: AsyncSession, project_ids: Sequence[str], *, only_pending: bool = False) -> list[GateRow]:
    """Read the decisions of some projects, oldest first."""
    query = select(GateRow).where(GateRow.project_id.in_(project_ids))
    if only_pending:
        query = query.where(GateRow.status == Status.PENDING)
    return list(await db.scalars(query.order_by(GateRow.opened_at)))
