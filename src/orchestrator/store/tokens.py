"""API tokens: handed out once, kept as hashes, ending by themselves, changed without a moment without one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Bundle

from orchestrator import clock, keys
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.errors import Conflict, NotFound
from orchestrator.store import events, people
from orchestrator.store.people import IS_OWNER, User
from orchestrator.store.sessions import NOTED
from orchestrator.store.tables import TokenRow, UserRow

PREFIX: Final = "po_"  # so that scanners of leaked secrets know ours
LIFETIME: Final = timedelta(days=90)
GRACE: Final = timedelta(hours=24)
BOOTSTRAP: Final = "ORCHESTRATOR_BOOTSTRAP_TOKEN"  # its name on lists says where it comes from


@dataclass(frozen=True, slots=True)
class Token:
    id: str
    user_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def works(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def stale(self, now: datetime) -> bool:
        """Whether its use should be noted again."""
        return self.used_at is None or now - self.used_at >= NOTED


@dataclass(frozen=True, slots=True)
class Fresh:
    """`raw` is the only copy of what the program sends."""

    raw: str
    token: Token


BY_HASH: Final = (
    select(Bundle("token", *(getattr(TokenRow, name) for name in Token.__slots__)), people.PARTS)
    .join_from(TokenRow, UserRow, UserRow.id == TokenRow.user_id)
    .where(TokenRow.hash == bindparam("hash"), UserRow.disabled_at.is_(None))
)


async def create(
    db: AsyncSession, by: Actor, user_id: str, name: str, now: datetime, lifetime: timedelta | None = LIFETIME
) -> Fresh:
    """Make a token that acts for this person; without a lifetime it never ends by itself."""
    stream = await events.installation(db)
    raw = keys.new(PREFIX)
    row = _new(db, raw, user_id, people.called(name), now, now + lifetime if lifetime else None)
    events.append(db, stream, by, "token.created", token=row.id, user=user_id, name=row.name)
    return Fresh(raw, _token(row))


async def all(db: AsyncSession, user_id: str | None = None) -> list[Token]:
    """Read the tokens of one person, or everybody's, newest first."""
    query = select(TokenRow).order_by(TokenRow.created_at.desc(), TokenRow.id)
    return [_token(row) for row in await db.scalars(query.where(TokenRow.user_id == user_id) if user_id else query)]


async def rotate(db: AsyncSession, by: Actor, token_id: str, now: datetime, grace: timedelta = GRACE) -> Fresh:
    """Make the successor of a token, which itself goes on for the grace, so that programs can be changed over."""
    stream = await events.installation(db)
    old = await _row(db, by, token_id)
    if not _token(old).works(now):
        raise Conflict("This key has ended already. Please make a new one.")
    raw = keys.new(PREFIX)
    new = _new(db, raw, old.user_id, old.name, now, now + LIFETIME if old.expires_at else None)
    end = now + grace
    old.expires_at = min(old.expires_at or end, end)
    events.append(
        db,
        stream,
        by,
        "token.rotated",
        token=old.id,
        successor=new.id,
        user=old.user_id,
        until=old.expires_at.isoformat(),
    )
    return Fresh(raw, _token(new))


async def revoke(db: AsyncSession, by: Actor, token_id: str, now: datetime) -> None:
    """End it at once. Ending it twice is the same as once."""
    stream = await events.installation(db)
    row = await _row(db, by, token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        events.append(db, stream, by, "token.revoked", token=row.id, user=row.user_id)


async def by_raw(db: AsyncSession, raw: str, now: datetime) -> tuple[Token, User] | None:
    """Find a token that works, and the person for whom it acts."""
    if (found := (await db.execute(BY_HASH, {"hash": keys.hashed(raw)})).first()) is None:
        return None
    token = _token(found[0])
    return (token, people.of(found[1])) if token.works(now) else None


async def touch(db: AsyncSession, token_id: str, now: datetime) -> None:
    """Note that it is used."""
    row = await db.get(TokenRow, token_id, with_for_update=True)
    if row and _token(row).stale(now):
        row.used_at = now


async def bootstrap(db: AsyncSession, raw: str, now: datetime) -> User:
    """See that this token acts for the first owner, who is made if there is nobody; one set before ends.

    For set-ups by script. The person comes in later by the link of `links.first` and chooses name and password.
    """
    stream = await events.installation(db)
    owner = await db.scalar(select(UserRow).where(IS_OWNER).order_by(UserRow.created_at).limit(1))
    user = (
        people.of(owner)
        if owner
        else await people.create(db, ORCHESTRATOR, "owner@localhost", "Owner", now, owner=True)
    )
    known = {row.hash: row for row in await db.scalars(select(TokenRow).where(TokenRow.name == BOOTSTRAP))}
    row = known.pop(keys.hashed(raw), None)
    for other in known.values():
        await revoke(db, ORCHESTRATOR, other.id, now)
    if row is None or row.revoked_at:
        row = row or _new(db, raw, user.id, BOOTSTRAP, now, None)
        row.revoked_at = None  # one that was set before and is set again
        events.append(db, stream, ORCHESTRATOR, "token.created", token=row.id, user=user.id, name=BOOTSTRAP)
    return user


def _new(db: AsyncSession, raw: str, user_id: str, name: str, now: datetime, until: datetime | None) -> TokenRow:
    row = TokenRow(
        id=clock.new_id(), hash=keys.hashed(raw), user_id=user_id, name=name, created_at=now, expires_at=until
    )
    db.add(row)
    return row


async def _row(db: AsyncSession, by: Actor, token: str) -> TokenRow:
    """Read one of their own, by its id or by itself, as it was found somewhere; at the command line, anybody's."""
    row = await db.get(TokenRow, token)
    row = row or await db.scalar(select(TokenRow).where(TokenRow.hash == keys.hashed(token)))
    if row is None or by.user_id not in (row.user_id, ORCHESTRATOR.user_id):
        raise NotFound("There is no such key.")
    return row


def _token(row: TokenRow | Row[Any]) -> Token:
    return Token(**{name: getattr(row, name) for name in Token.__slots__})
