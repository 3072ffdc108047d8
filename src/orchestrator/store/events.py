"""The log of what happened: written with the row it tells of, chained by hashes, read by everyone."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import Actor
from orchestrator.store import log
from orchestrator.store.engine import at_one_moment
from orchestrator.store.tables import INSTALLATION, EventRow, InstallationRow, ProjectRow


@dataclass(frozen=True, slots=True)
class Event:
    project_id: str
    number: int
    at: datetime
    actor: str
    actor_name: str
    channel: str
    kind: str
    data: dict[str, Any]


def append(db: AsyncSession, stream: ProjectRow | InstallationRow, actor: Actor, kind: str, /, **data: Any) -> int:
    """Write one event and return its number, given under the lock that the caller holds on the stream's row.

    Followers are woken after the commit.
    """
    stream.last_event += 1
    event = Event(stream.id, stream.last_event, clock.now(), actor.user_id, actor.name, actor.channel, kind, data)
    stream.last_hash = chained(db.info["seal"], stream.last_hash, event)
    log.add(db, EventRow, **{name: getattr(event, name) for name in Event.__slots__}, hash=stream.last_hash)
    db.info.setdefault("changed", set()).add(stream.id)
    db.info.setdefault("kinds", []).append(kind)
    return event.number


def chained(seal: bytes, before: bytes, event: Event) -> bytes:
    """Hash one event with the hash of the one before, so that no row can be changed, removed or moved alone."""
    who = (event.actor, event.actor_name, event.channel)
    what = [event.project_id, event.number, event.at.isoformat(), *who, event.kind, event.data]
    text = json.dumps(what, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.digest(seal, before + text.encode(), hashlib.sha256)


async def installation(db: AsyncSession) -> InstallationRow:
    """Lock the stream of the events that belong to no project, until the commit."""
    return await db.get_one(InstallationRow, INSTALLATION, with_for_update=True)


async def after(db: AsyncSession, project_id: str, number: int, limit: int = 500) -> list[Event]:
    """Read the events of one project that come after `number`, in order."""
    query = select(EventRow).where(EventRow.project_id == project_id, EventRow.number > number)
    return [_event(row) for row in await db.scalars(query.order_by(EventRow.number).limit(limit))]


async def latest(db: AsyncSession, project_id: str, kinds: Sequence[str] | None = None, limit: int = 50) -> list[Event]:
    """Read the newest events of some kinds (all without), newest first."""
    query = select(EventRow).where(EventRow.project_id == project_id)
    if kinds is not None:
        query = query.where(EventRow.kind.in_(kinds))
    return [_event(row) for row in await db.scalars(query.order_by(EventRow.number.desc()).limit(limit))]


async def everywhere(
    db: AsyncSession, *, before: datetime | None = None, kind: str = "", limit: int = 100
) -> list[Event]:
    """Read events of all projects and the installation, newest first: the audit log."""
    query = select(EventRow)
    if before:
        query = query.where(EventRow.at < before)
    if kind:
        query = query.where(EventRow.kind == kind)
    query = query.order_by(EventRow.at.desc(), EventRow.number.desc()).limit(limit)
    return [_event(row) for row in await db.scalars(query)]


@dataclass(frozen=True, slots=True)
class Broken:
    """A place at which the audit chain does not hold."""

    project_id: str
    number: int
    sentence: str


async def verify(db: AsyncSession, seal: bytes) -> AsyncIterator[Broken]:
    """Walk every chain and tell each first place that was changed, removed or reordered, as all was at one moment."""
    await at_one_moment(db)
    heads = {row.id: row for row in await db.scalars(select(ProjectRow))}
    streams: dict[str, ProjectRow | InstallationRow] = {**heads}
    streams |= {row.id: row for row in await db.scalars(select(InstallationRow))}
    known = set(await db.scalars(select(EventRow.project_id).distinct()))
    for project_id in sorted(known - set(streams)):
        yield Broken(project_id, 0, "Its events are there, but the project itself was removed.")
    for stream in streams.values():
        if broken := await _verify(db, seal, stream):
            yield broken
    created = select(EventRow.data).where(EventRow.project_id == INSTALLATION, EventRow.kind == "project.created")
    for data in await db.scalars(created):
        if data["project"] not in heads:
            yield Broken(data["project"], 0, "This project was created once and is gone.")


async def _verify(db: AsyncSession, seal: bytes, stream: ProjectRow | InstallationRow) -> Broken | None:
    before, number = b"", 0
    rows = await db.stream_scalars(
        select(EventRow)
        .where(EventRow.project_id == stream.id)
        .order_by(EventRow.number)
        .execution_options(yield_per=500)
    )
    async for row in rows:
        number += 1
        if row.number != number:
            return Broken(stream.id, number, f"Event {number} is missing.")
        if not hmac.compare_digest(chained(seal, before, _event(row)), row.hash):
            return Broken(stream.id, number, f"Event {number} was changed, or the ones before it were.")
        before = row.hash
    if number != stream.last_event or before != stream.last_hash:
        return Broken(stream.id, number + 1, f"The log ends at event {number}, but {stream.last_event} were written.")
    return None


def _event(row: EventRow) -> Event:
    return Event(**{name: getattr(row, name) for name in Event.__slots__})
