"""Sessions of people at the page. They slide while they are used, end by themselves, and can be ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import keys
from orchestrator.domain.command import Actor
from orchestrator.store import events, people
from orchestrator.store.people import User
from orchestrator.store.tables import SessionRow, UserRow

LONGEST: Final = timedelta(days=7)  # however busy: then a password is asked for again
NOTED: Final = timedelta(minutes=1)  # how exactly it is known when a session or a key was last used
BY_HASH: Final = (
    select(SessionRow.hash, SessionRow.csrf, SessionRow.expires_at, SessionRow.used_at, people.PARTS)
    .join_from(SessionRow, UserRow, UserRow.id == SessionRow.user_id)
    .where(
        SessionRow.hash == bindparam("hash"), SessionRow.expires_at > bindparam("now"), UserRow.disabled_at.is_(None)
    )
)
STRANGER: Final = Actor("", "Somebody", "web")


@dataclass(frozen=True, slots=True)
class Session:
    hash: str
    user: User
    csrf: str
    expires_at: datetime
    used_at: datetime

    def stale(self, now: datetime) -> bool:
        """Whether its use should be noted again."""
        return now - self.used_at >= NOTED


@dataclass(frozen=True, slots=True)
class Opened:
    """`cookie` is the only copy of what the browser keeps."""

    cookie: str
    csrf: str


async def open(db: AsyncSession, user: User, hours: int, now: datetime, how: str, address: str) -> Opened:
    """Begin a session, with a key of its own however the person came here."""
    stream = await events.installation(db)
    opened = Opened(keys.new(), keys.new())
    db.add(
        SessionRow(
            hash=keys.hashed(opened.cookie),
            user_id=user.id,
            csrf=opened.csrf,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            used_at=now,
        )
    )
    events.append(db, stream, user.acts(), "session.opened", user=user.id, how=how, address=address)
    return opened


async def refused(db: AsyncSession, user_id: str, address: str) -> None:
    """Note that somebody could not sign in. What they typed is not kept: it may have been a password."""
    stream = await events.installation(db)
    events.append(db, stream, STRANGER, "session.refused", user=user_id, address=address)


async def by_cookie(db: AsyncSession, raw: str, now: datetime) -> Session | None:
    """Find the session that goes on, of a person who may be here."""
    if (found := (await db.execute(BY_HASH, {"hash": keys.hashed(raw), "now": now})).first()) is None:
        return None
    hash, csrf, expires_at, used_at, user = found
    return Session(hash, people.of(user), csrf, expires_at, used_at)


async def touch(db: AsyncSession, hash: str, hours: int, now: datetime) -> None:
    """Note that it is used, and let it go on from here; never longer than LONGEST from its beginning."""
    row = await db.get(SessionRow, hash, with_for_update=True)
    if row and now - row.used_at >= NOTED:
        row.used_at = now
        row.expires_at = min(now + timedelta(hours=hours), row.created_at + LONGEST)


async def close(db: AsyncSession, raw: str) -> None:
    """End the session of this cookie, if there is one."""
    stream = await events.installation(db)
    ended = delete(SessionRow).where(SessionRow.hash == keys.hashed(raw)).returning(SessionRow.user_id)
    if user_id := await db.scalar(ended):
        user = await people.get(db, user_id)
        events.append(db, stream, user.acts(), "session.closed", user=user_id, sessions=1)


async def close_all(db: AsyncSession, by: Actor, user_id: str) -> int:
    """End all sessions of somebody; returns how many there were."""
    stream = await events.installation(db)
    ended = await db.scalars(delete(SessionRow).where(SessionRow.user_id == user_id).returning(SessionRow.hash))
    if count := len(list(ended)):
        events.append(db, stream, by, "session.closed", user=user_id, sessions=count)
    return count
