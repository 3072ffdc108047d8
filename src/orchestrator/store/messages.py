"""What people said, and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.policy import Role
from orchestrator.store import events, log
from orchestrator.store.tables import MemberRow, MessageRow, ProjectRow

MESSAGES, OTHERS, MEMBERS = MessageRow.__table__, aliased(MessageRow), aliased(MemberRow)
assert isinstance(MESSAGES, Table)
Told = tuple[str, str, str, datetime, int]
TOLD = ("role", "author_name", "text", "created_at", "sequence")  # the columns of that, in order

WAITING = (
    select(
        *(MESSAGES.c[name] for name in TOLD),
        ProjectRow,
        MemberRow.role,
        select(func.count()).select_from(MEMBERS).where(MEMBERS.project_id == ProjectRow.id).scalar_subquery(),
        select(func.count())
        .select_from(OTHERS)
        .where(OTHERS.project_id == ProjectRow.id, OTHERS.sequence > ProjectRow.summed)
        .scalar_subquery(),
    )
    .join(ProjectRow, ProjectRow.id == MESSAGES.c.project_id)
    .outerjoin(MemberRow, and_(MemberRow.project_id == MESSAGES.c.project_id, MemberRow.user_id == MESSAGES.c.author))
    .where(MESSAGES.c.project_id == bindparam("project"), MESSAGES.c.sequence == bindparam("sequence"))
    .where(MESSAGES.c.unanswered)
)
ANSWERED = (
    update(MESSAGES)
    .where(MESSAGES.c.project_id == bindparam("project"), MESSAGES.c.sequence == bindparam("place"))
    .where(MESSAGES.c.unanswered)
    .values(unanswered=False)
    .returning(MESSAGES.c.id)
)
LATELY = (
    select(*(MESSAGES.c[name] for name in TOLD))
    .where(MESSAGES.c.project_id == bindparam("project"))
    .where(or_(MESSAGES.c.sequence < bindparam("before"), MESSAGES.c.role != "user"))
    .order_by(MESSAGES.c.sequence.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Added:
    """A message that goes along with the transaction; `sequence` is its place in the conversation."""

    id: str
    sequence: int


def said(db: AsyncSession, project: ProjectRow, text: str, actor: Actor, *, unanswered: bool = True) -> Added:
    """Store what a person wrote; `unanswered` asks for a reply."""
    return _add(db, project, "user", text, actor, None, unanswered=unanswered)


def reply(db: AsyncSession, project: ProjectRow, text: str, to: str | None = None) -> Added:
    """Store what we answer, or say of ourselves."""
    return _add(db, project, "assistant", text, ORCHESTRATOR, to)


def note(db: AsyncSession, project: ProjectRow, text: str) -> Added:
    """Store a small remark between the messages."""
    return _add(db, project, "system", text, ORCHESTRATOR, None)


def _add(
    db: AsyncSession,
    project: ProjectRow,
    role: str,
    text: str,
    actor: Actor,
    to: str | None,
    *,
    unanswered: bool = False,
) -> Added:
    id = clock.new_id()
    number = events.append(db, project, actor, "message.created", message=id, role=role, text=text, in_reply_to=to)
    log.add(
        db,
        MessageRow,
        id=id,
        project_id=project.id,
        sequence=number,
        role=role,
        text=text,
        author=actor.user_id,
        author_name=actor.name,
        channel=actor.channel,
        room=actor.room or db.info.get("room", ""),
        created_at=clock.now(),
        in_reply_to=to,
        unanswered=unanswered,
    )
    return Added(id, number)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for a reply, with its project and what its author is in it; None once they were let go."""

    message: Told
    project: ProjectRow
    role: Role | None
    people: int
    fresh: int  # messages that the memory of the conversation does not have


async def waiting(db: AsyncSession, project_id: str, sequence: int) -> Waiting | None:
    """The message of this number if it still waits for a reply, and what a reply begins with, in one statement."""
    row = (await db.execute(WAITING, {"project": project_id, "sequence": sequence})).first()
    return Waiting(row[: len(TOLD)], *row[len(TOLD) :]) if row else None


async def answered(db: AsyncSession, project_id: str, sequence: int) -> str | None:
    """Take a message as answered, and give its id; None where it was answered already."""
    found: str | None = await db.scalar(ANSWERED, {"project": project_id, "place": sequence})
    return found


async def lately(db: AsyncSession, project_id: str, limit: int, before: int) -> list[Told]:
    """What was said before a message, and answered until now, in order: role, who, text, when, place.

    An answer to what was said before it may have come after it; what people said after it waits for its own.
    """
    rows = await db.execute(LATELY, {"project": project_id, "before": before, "limit": limit})
    return rows.all()[::-1]  # type: ignore[return-value]


async def after(db: AsyncSession, project_id: str, sequence: int, limit: int = 100) -> list[MessageRow]:
    """Read the messages behind a place in the conversation, in order."""
    query = select(MessageRow).where(MessageRow.project_id == project_id, MessageRow.sequence > sequence)
    return list(await db.scalars(query.order_by(MessageRow.sequence).limit(limit)))


async def newest(db: AsyncSession, project_id: str, limit: int = 100, before: int | None = None) -> list[MessageRow]:
    """Read the end of the conversation, or what came before a place in it, in order."""
    query = select(MessageRow).where(MessageRow.project_id == project_id)
    if before is not None:
        query = query.where(MessageRow.sequence < before)
    rows = list(await db.scalars(query.order_by(MessageRow.sequence.desc()).limit(limit)))
    return rows[::-1]


async def count(db: AsyncSession, project_id: str, after: int) -> int:
    """How many there are behind a place in the conversation."""
    query = select(func.count()).select_from(MessageRow).where(MessageRow.project_id == project_id)
    return await db.scalar(query.where(MessageRow.sequence > after)) or 0


async def place(db: AsyncSession, project_id: str, limit: int) -> int:
    """Where the newest so many messages begin; 0 where there are no more than those."""
    query = select(MessageRow.sequence).where(MessageRow.project_id == project_id)
    return await db.scalar(query.order_by(MessageRow.sequence.desc()).offset(limit - 1).limit(1)) or 0


async def get(db: AsyncSession, id: str) -> MessageRow:
    return await db.get_one(MessageRow, id)


async def find(db: AsyncSession, id: str) -> MessageRow | None:
    return await db.get(MessageRow, id)


async def reply_to(db: AsyncSession, id: str) -> MessageRow | None:
    query = select(MessageRow).where(MessageRow.in_reply_to == id, MessageRow.role == "assistant")
    return await db.scalar(query.order_by(MessageRow.sequence).limit(1))
