"""Links that work once: to set up an account, to sign in. Only their hashes are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import keys
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.errors import Conflict, NotFound
from orchestrator.store import events
from orchestrator.store.people import IS_OWNER
from orchestrator.store.tables import LinkRow, UserRow

SETUP: Final = "setup"
SIGN_IN: Final = "sign-in"
LASTS: Final = timedelta(hours=1)
AGAIN: Final = "Ask whoever runs this installation for a new one."


@dataclass(frozen=True, slots=True)
class Link:
    purpose: str
    user_id: str | None  # nobody: it makes the first owner
    expires_at: datetime
    about: str = ""  # the account elsewhere for which alone it works


async def create(
    db: AsyncSession,
    by: Actor,
    purpose: str,
    user_id: str | None,
    now: datetime,
    lasts: timedelta = LASTS,
    about: str = "",
) -> str:
    """Make a link for one person and return its key, which is not kept. Earlier ones for the same end with it."""
    stream = await events.installation(db)
    same = (LinkRow.purpose == purpose, LinkRow.user_id.is_(None) if user_id is None else LinkRow.user_id == user_id)
    await db.execute(delete(LinkRow).where(*same, LinkRow.used_at.is_(None)))
    raw = keys.new()
    row = LinkRow(hash=keys.hashed(raw), purpose=purpose, user_id=user_id, created_at=now, expires_at=now + lasts)
    row.about = about
    db.add(row)
    events.append(db, stream, by, "link.created", purpose=purpose, user=user_id)
    return raw


async def first(db: AsyncSession, now: datetime) -> str | None:
    """Make the set-up link of an installation that no owner can sign in to yet; nothing where one can."""
    owners = list(await db.scalars(select(UserRow).where(IS_OWNER).order_by(UserRow.created_at)))
    if any(owner.password for owner in owners):
        return None
    return await create(db, ORCHESTRATOR, SETUP, owners[0].id if owners else None, now)


async def look(db: AsyncSession, raw: str, purpose: str, now: datetime) -> Link:
    """Read a link without using it. Raises NotFound or Conflict, with the reason, where it does not work."""
    row = await db.get(LinkRow, keys.hashed(raw))
    if row is None or row.purpose != purpose:
        raise NotFound(f"We do not know this link. Please check that all of it was copied. {AGAIN}")
    if row.used_at:
        raise Conflict(f"This link was used already, and a link works once. {AGAIN}")
    if row.expires_at <= now:
        raise Conflict(f"This link has run out. {AGAIN}")
    return Link(row.purpose, row.user_id, row.expires_at, row.about)


async def take(db: AsyncSession, raw: str, purpose: str, now: datetime) -> Link:
    """Use a link. Of any number of requests at once, one gets it; the others get the Conflict."""
    stream = await events.installation(db)
    link = await look(db, raw, purpose, now)  # under the lock of the installation, which all takers queue for
    await db.execute(update(LinkRow).where(LinkRow.hash == keys.hashed(raw)).values(used_at=now))
    events.append(db, stream, Actor(link.user_id or "", "Whoever has the link"), "link.used", purpose=purpose)
    return link
