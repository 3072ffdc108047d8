"""Where we speak with people on other services."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.errors import NotFound
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.tables import MemberRow


async def at(db: AsyncSession, channel: str, address: str) -> RoomRow | None:
    return await db.scalar(select(RoomRow).where(RoomRow.channel == channel, RoomRow.address == address))


async def get(db: AsyncSession, id: str) -> RoomRow:
    if row := await db.get(RoomRow, id):
        return row
    raise NotFound("There is no such place.")


async def met(db: AsyncSession, channel: str, address: str, kind: RoomKind, title: str, **more: Any) -> RoomRow:
    """Find a room, or make it; it can be spoken in again, whatever was wrong before."""
    row = await at(db, channel, address)
    if row is None:
        row = RoomRow(
            id=clock.new_id(),
            channel=channel,
            address=address,
            kind=kind,
            title=title,
            user_id=None,
            project_id=None,
            state={},
            posts=0,
            heard_at=None,
            not_before=None,
            problem="",
            created_at=clock.now(),
        )
        db.add(row)
    row.title, row.problem = title or row.title, ""
    for name, value in more.items():
        setattr(row, name, value)
    await db.flush()
    return row


async def locked(db: AsyncSession, id: str) -> RoomRow:
    """Hold a room until the commit: its posts are numbered."""
    query = select(RoomRow).where(RoomRow.id == id).with_for_update().execution_options(populate_existing=True)
    if row := await db.scalar(query):
        return row
    raise NotFound("There is no such place.")


async def hearing(db: AsyncSession, project_id: str) -> list[RoomRow]:
    """The rooms that are told of a project: those that belong to it, and private ones of people who take part in it."""
    takes_part = select(MemberRow.user_id).where(MemberRow.project_id == project_id)
    query = select(RoomRow).where(
        or_(
            (RoomRow.kind != RoomKind.PRIVATE) & (RoomRow.project_id == project_id),
            (RoomRow.kind == RoomKind.PRIVATE) & RoomRow.user_id.in_(takes_part),
        )
    )
    return list(await db.scalars(query.order_by(RoomRow.created_at, RoomRow.id)))


async def of_user(db: AsyncSession, channel: str, user_id: str) -> list[RoomRow]:
    query = select(RoomRow).where(RoomRow.channel == channel, RoomRow.user_id == user_id)
    return list(await db.scalars(query.order_by(RoomRow.created_at)))


async def within(db: AsyncSession, channel: str, address: str) -> list[RoomRow]:
    """A place, and those in it: “4” and “4/2”."""
    found = (RoomRow.address == address) | RoomRow.address.startswith(f"{address}/", autoescape=True)
    return list(await db.scalars(select(RoomRow).where(RoomRow.channel == channel, found)))


async def moved(db: AsyncSession, channel: str, old: str, new: str) -> None:
    """A place, with those within it, has another address now. Where we know that already, the old one ends."""
    for row in await within(db, channel, old):
        address = new + row.address.removeprefix(old)
        if met := await at(db, channel, address):
            met.project_id = met.project_id or row.project_id
            row.project_id, row.problem = None, "This place has another address now."
        else:
            row.address, row.problem, row.not_before = address, "", None
        await db.flush()


async def many(db: AsyncSession, ids: Sequence[str]) -> dict[str, RoomRow]:
    return {row.id: row for row in await db.scalars(select(RoomRow).where(RoomRow.id.in_(ids)))}


async def addresses(db: AsyncSession, channel: str) -> list[str]:
    """Where something can be said."""
    query = select(RoomRow.address).where(RoomRow.channel == channel, RoomRow.problem == "")
    return list(await db.scalars(query.order_by(RoomRow.address)))


async def hush(db: AsyncSession, id: str, until: datetime) -> None:
    """The service asked for silence there until then."""
    (await locked(db, id)).not_before = until


async def shut(db: AsyncSession, id: str, problem: str) -> None:
    """Nothing can be said there any more, for this reason."""
    (await locked(db, id)).problem = problem
