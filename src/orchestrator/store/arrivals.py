"""What other services sent us: kept once, taken up in order, and kept until it is taken up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.errors import NotFound
from orchestrator.store.elsewhere import ArrivalRow

TABLE = ArrivalRow.__table__
assert isinstance(TABLE, Table)
KEEP: dict[str, Any] = {
    name: insert(TABLE)
    .on_conflict_do_nothing(index_elements=["channel", "key"])
    .returning(TABLE.c.channel, TABLE.c.key)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
KEPT = timedelta(days=30)  # what was taken up, so that what comes again is known


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came. Two with the same key are the same; those of one lane are taken up in order."""

    channel: str
    key: str
    kind: str
    lane: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits to be taken up; what it says is read when that is done."""

    id: int
    lane: str
    due_at: datetime
    tries: int


async def keep(db: AsyncSession, arrivals: Sequence[Arrival]) -> set[tuple[str, str]]:
    """Store those that are new, with one statement; returns the channel and key of each of them."""
    now = clock.now()
    wanted = {(one.channel, one.key): one for one in arrivals}
    rows = [
        {
            "channel": one.channel,
            "key": one.key,
            "kind": one.kind,
            "lane": one.lane,
            "body": one.body,
            "at": now,
            "due_at": now,
            "tries": 0,
            "problem": "",
        }
        for one in wanted.values()
    ]
    statement = KEEP[db.get_bind().dialect.name]
    found = {(channel, key) for channel, key in await db.execute(statement, rows)} if rows else set()
    if found:
        db.info.setdefault("changed", set()).add(WAKES)
    return found


WAKES = "arrivals"  # who follows this stream is told that something came


async def open(db: AsyncSession, channel: str, limit: int = 200) -> list[Waiting]:
    """What waits to be taken up, in the order in which it came."""
    columns = (ArrivalRow.id, ArrivalRow.lane, ArrivalRow.due_at, ArrivalRow.tries)
    query = select(*columns).where(ArrivalRow.channel == channel, ArrivalRow.done_at.is_(None))
    return [Waiting(*found) for found in await db.execute(query.order_by(ArrivalRow.id).limit(limit))]


async def get(db: AsyncSession, id: int) -> Arrival:
    row = await db.get_one(ArrivalRow, id)
    return Arrival(row.channel, row.key, row.kind, row.lane, row.body)


async def done(db: AsyncSession, id: int, problem: str = "") -> None:
    """It was taken up, or will never be: then the problem says why."""
    row = await db.get_one(ArrivalRow, id)
    row.done_at, row.problem = clock.now(), problem


async def put_off(db: AsyncSession, id: int, problem: str, seconds: float) -> None:
    """Try again later."""
    row = await db.get_one(ArrivalRow, id)
    row.tries, row.problem, row.due_at = row.tries + 1, problem, clock.now() + timedelta(seconds=seconds)


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Forget what was taken up long ago."""
    await db.execute(delete(ArrivalRow).where(ArrivalRow.done_at < now - KEPT, ArrivalRow.problem == ""))


async def failed(db: AsyncSession, limit: int = 100) -> list[ArrivalRow]:
    """What could not be taken up, newest first: for whoever runs the installation."""
    query = select(ArrivalRow).where(ArrivalRow.done_at.is_not(None), ArrivalRow.problem != "")
    return list(await db.scalars(query.order_by(ArrivalRow.id.desc()).limit(limit)))


async def count_open(db: AsyncSession) -> int:
    """How many wait to be taken up."""
    return await db.scalar(select(func.count()).select_from(ArrivalRow).where(ArrivalRow.done_at.is_(None))) or 0


async def again(db: AsyncSession, id: int) -> None:
    """Take it up once more; what it did already is known by its key, and not done twice."""
    row = await db.get(ArrivalRow, id)
    if row is None or row.done_at is None:
        raise NotFound("There is nothing here that could be tried again. Somebody may have done so already.")
    row.done_at, row.problem, row.tries, row.due_at = None, "", 0, clock.now()
    db.info.setdefault("changed", set()).add(WAKES)
