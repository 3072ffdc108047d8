"""Who an account on another service is here. Linked by the person, with a code that works once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import Actor
from orchestrator.errors import Conflict, NotFound
from orchestrator.store import events, links, people
from orchestrator.store.elsewhere import IdentityRow, RoomRow
from orchestrator.store.people import PARTS, User
from orchestrator.store.tables import UserRow

NOT_YOURS = "This code is for another account. Ask for a new one on the settings page."


@dataclass(frozen=True, slots=True)
class Identity:
    channel: str
    outside: str
    name: str
    linked_at: datetime


async def who(db: AsyncSession, channel: str, outside: str) -> User | None:
    """Who this account is here: nobody, if it is not linked or its owner was shut out."""
    query = select(PARTS).join(IdentityRow, IdentityRow.user_id == UserRow.id)
    query = query.where(IdentityRow.channel == channel, IdentityRow.outside == outside, UserRow.disabled_at.is_(None))
    found = (await db.execute(query)).scalar_one_or_none()
    return people.of(found) if found else None


async def link(db: AsyncSession, channel: str, outside: str, name: str, code: str, now: datetime) -> User:
    """Use a code. Raises NotFound or Conflict, with the reason, where it does not work for this account."""
    looked = await links.look(db, code, channel, now)
    if looked.about and looked.about.casefold() != name.casefold():
        raise NotFound(NOT_YOURS)
    if known := await who(db, channel, outside):
        if known.id == looked.user_id:
            return known
        raise Conflict("This account is linked to somebody here already. They can unlink it on their settings page.")
    taken = await links.take(db, code, channel, now)
    user = await people.get(db, taken.user_id or "")
    await db.execute(delete(IdentityRow).where(IdentityRow.channel == channel, IdentityRow.outside == outside))
    db.add(IdentityRow(channel=channel, outside=outside, user_id=user.id, name=name, linked_at=now))
    stream = await events.installation(db)
    events.append(db, stream, user.acts(channel), "identity.linked", user=user.id, service=channel, name=name)
    return user


async def unlink(db: AsyncSession, by: Actor, user_id: str, channel: str, outside: str) -> None:
    """Let an account elsewhere be nobody here again; its private chats are told nothing more."""
    row = await db.get(IdentityRow, (channel, outside))
    if row is None or row.user_id != user_id:
        raise NotFound("This account is not linked.")
    stream = await events.installation(db)
    await db.delete(row)
    for room in await db.scalars(select(RoomRow).where(RoomRow.channel == channel, RoomRow.user_id == user_id)):
        room.user_id, room.project_id, room.state = None, None, {}
    events.append(db, stream, by, "identity.unlinked", user=user_id, service=channel, name=row.name)


async def of(db: AsyncSession, user_id: str) -> list[Identity]:
    query = select(IdentityRow).where(IdentityRow.user_id == user_id).order_by(IdentityRow.channel, IdentityRow.name)
    return [Identity(row.channel, row.outside, row.name, row.linked_at) for row in await db.scalars(query)]


async def named(db: AsyncSession, channel: str, user_ids: list[str]) -> list[str]:
    """What these people are called there, those who are linked."""
    query = select(IdentityRow.name).where(IdentityRow.channel == channel, IdentityRow.user_id.in_(user_ids))
    return sorted(await db.scalars(query))


async def called(db: AsyncSession, channel: str, outside: str, name: str) -> None:
    """Remember what an account is called now."""
    row = await db.get(IdentityRow, (channel, outside))
    if row and row.name != name:
        row.name = name


def code_lasts() -> datetime:
    """Until when a code that is made now works."""
    return clock.now() + links.LASTS
