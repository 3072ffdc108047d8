"""Our messages on other services. Each shows its subject; what changes is shown by editing it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.domain.gate import Status
from orchestrator.errors import NotFound
from orchestrator.store import rooms
from orchestrator.store.elsewhere import PostRow, RoomRow
from orchestrator.store.tables import GateRow

WAKES = "posts"  # who follows this stream is told that something is to be shown


async def add(
    db: AsyncSession,
    room_id: str,
    subject: str,
    *,
    project_id: str | None = None,
    rings: bool = False,
    said: dict[str, Any] | None = None,
) -> PostRow:
    """Have something shown in a room, once for each subject; known, it is only shown anew."""
    room = await rooms.locked(db, room_id)
    if row := await at(db, room_id, subject):
        _due(row, clock.now())
    else:
        room.posts += 1
        now = clock.now()
        row = PostRow(
            id=clock.new_id(),
            room_id=room_id,
            number=room.posts,
            project_id=project_id,
            subject=subject,
            status=PostStatus.DUE,
            rings=rings,
            said=said,
            outside="",
            shown="",
            details={},
            tries=0,
            problem="",
            made_at=now,
            due_at=now,
            begun_at=None,
            shown_at=None,
            rang_at=None,
        )
        db.add(row)
        await db.flush()
    wake(db)
    return row


def wake(db: AsyncSession) -> None:
    db.info.setdefault("changed", set()).add(WAKES)


async def at(db: AsyncSession, room_id: str, subject: str) -> PostRow | None:
    return await db.scalar(select(PostRow).where(PostRow.room_id == room_id, PostRow.subject == subject))


async def by_outside(db: AsyncSession, room_id: str, outside: str) -> PostRow | None:
    """Which of ours a message elsewhere is."""
    return await db.scalar(select(PostRow).where(PostRow.room_id == room_id, PostRow.outside == outside))


async def get(db: AsyncSession, id: str) -> PostRow:
    if row := await db.get(PostRow, id, populate_existing=True):
        return row
    raise NotFound("There is no such message.")


async def touch(db: AsyncSession, project_id: str, subject: str) -> None:
    """What it shows has changed: have it shown anew at once, wherever it is."""
    query = select(PostRow).where(PostRow.project_id == project_id, PostRow.subject == subject)
    for row in await db.scalars(query):
        fresh(db, row)


def fresh(db: AsyncSession, row: PostRow, every_s: float = 0) -> None:
    """Have it shown anew, but not within so many seconds of the last time. What is dead or held stays so.

    One that is just being shown is shown once more: its rows may have been read before this change.
    """
    if row.status in {PostStatus.DEAD, PostStatus.HELD}:
        return
    soonest = row.shown_at + timedelta(seconds=every_s) if row.shown_at else clock.now()
    waits = row.status is PostStatus.DUE and not _is_being_shown(row)
    if waits and (row.tries or row.due_at <= soonest):
        return
    row.status, row.due_at = PostStatus.DUE, max(clock.now(), soonest)
    wake(db)


def _is_being_shown(row: PostRow) -> bool:
    return row.begun_at is not None and (row.shown_at is None or row.begun_at > row.shown_at)


async def due(db: AsyncSession, now: datetime, limit: int = 500) -> list[PostRow]:
    """What is to be shown now, room by room in order; nothing of rooms where nothing can be said at the moment."""
    query = select(PostRow).join(RoomRow, RoomRow.id == PostRow.room_id)
    query = query.where(PostRow.status == PostStatus.DUE, PostRow.due_at <= now, RoomRow.problem == "")
    query = query.where(or_(RoomRow.not_before.is_(None), RoomRow.not_before <= now))
    return list(await db.scalars(query.order_by(PostRow.room_id, PostRow.number).limit(limit)))


async def next_due(db: AsyncSession, now: datetime) -> datetime | None:
    """When the next one is to be shown that is not yet, or may be shown that may not."""
    waits = PostRow.status.in_((PostStatus.DUE, PostStatus.HELD))
    later = await db.scalar(select(func.min(PostRow.due_at)).where(waits, PostRow.due_at > now))
    hushed = select(func.min(RoomRow.not_before)).join(PostRow, PostRow.room_id == RoomRow.id)
    hushed = hushed.where(PostRow.status == PostStatus.DUE, RoomRow.not_before > now, RoomRow.problem == "")
    return min((one for one in (later, await db.scalar(hushed)) if one), default=None)


async def latest(db: AsyncSession, room_id: str, project_id: str, prefix: str, limit: int = 1) -> list[PostRow]:
    """The last posts of a project in a room whose subjects begin so, newest first."""
    query = select(PostRow).where(PostRow.room_id == room_id, PostRow.project_id == project_id)
    query = query.where(PostRow.subject.startswith(prefix, autoescape=True))
    return list(await db.scalars(query.order_by(PostRow.number.desc()).limit(limit)))


async def open_decisions(db: AsyncSession, channel: str) -> list[tuple[PostRow, RoomRow]]:
    """The messages that ask something which nobody answered yet, where they can be seen."""
    query = select(PostRow, RoomRow).join(RoomRow, RoomRow.id == PostRow.room_id)
    query = query.join(GateRow, literal("gate:").concat(GateRow.id) == PostRow.subject)
    query = query.where(RoomRow.channel == channel, RoomRow.problem == "", PostRow.outside != "")
    query = query.where(GateRow.status == Status.PENDING)
    return [(post, room) for post, room in await db.execute(query.order_by(PostRow.made_at))]


async def rang_since(db: AsyncSession, room_ids: list[str], since: datetime) -> int:
    """How often something rang in these rooms."""
    query = select(func.count()).where(PostRow.room_id.in_(room_ids), PostRow.rang_at >= since)
    return await db.scalar(query) or 0


async def of_room(db: AsyncSession, room_id: str) -> list[PostRow]:
    return list(await db.scalars(select(PostRow).where(PostRow.room_id == room_id).order_by(PostRow.number)))


async def dead(db: AsyncSession, limit: int = 100) -> list[tuple[PostRow, RoomRow]]:
    """What could not be shown, newest first: for whoever runs the installation."""
    query = select(PostRow, RoomRow).join(RoomRow, RoomRow.id == PostRow.room_id)
    query = query.where(PostRow.status == PostStatus.DEAD).order_by(PostRow.due_at.desc(), PostRow.id).limit(limit)
    return [(post, room) for post, room in await db.execute(query)]


async def count_dead(db: AsyncSession) -> int:
    """How many could not be shown."""
    query = select(func.count()).select_from(PostRow).where(PostRow.status == PostStatus.DEAD)
    return await db.scalar(query) or 0


async def again(db: AsyncSession, id: str) -> None:
    """Try to show it once more, if it is one that could not be; its room is open again for that."""
    row = await get(db, id)
    if row.status is not PostStatus.DEAD:
        raise NotFound("There is nothing here that could be tried again. Somebody may have done so already.")
    (await rooms.locked(db, row.room_id)).problem = ""
    row.tries, row.problem = 0, ""
    _due(row, clock.now())
    wake(db)


def later(row: PostRow, problem: str, seconds: float) -> None:
    row.tries, row.problem, row.due_at = row.tries + 1, problem, clock.now() + timedelta(seconds=seconds)


def _due(row: PostRow, at: datetime) -> None:
    if row.status is not PostStatus.HELD:
        row.status, row.due_at = PostStatus.DUE, at
