"""How far each reader has come: of a stream of events, or of something outside."""

from dataclasses import dataclass

from sqlalchemy import and_, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.elsewhere import CursorRow
from orchestrator.store.tables import ProjectRow


@dataclass(frozen=True, slots=True)
class Cursor:
    number: int
    note: str


async def get(db: AsyncSession, reader: str, stream: str) -> Cursor | None:
    row = await db.get(CursorRow, (reader, stream))
    return Cursor(row.number, row.note) if row else None


async def put(db: AsyncSession, reader: str, stream: str, number: int, note: str = "") -> None:
    await db.merge(CursorRow(reader=reader, stream=stream, number=number, note=note))


async def all_read(db: AsyncSession, reader: str) -> None:
    """Put this reader at the end of every project's stream."""
    known = select(literal(reader), ProjectRow.id, ProjectRow.last_event, literal(""))
    await db.execute(insert(CursorRow).from_select(["reader", "stream", "number", "note"], known))


async def behind(db: AsyncSession, reader: str) -> list[tuple[str, int]]:
    """The projects with events that this reader has not seen, and the last that it saw: -1 where it saw none yet."""
    joined = and_(CursorRow.reader == reader, CursorRow.stream == ProjectRow.id)
    seen = func.coalesce(CursorRow.number, -1)
    query = select(ProjectRow.id, seen).outerjoin(CursorRow, joined)
    query = query.where(or_(CursorRow.number.is_(None), CursorRow.number < ProjectRow.last_event))
    return [(id, number) for id, number in await db.execute(query.order_by(ProjectRow.id))]
