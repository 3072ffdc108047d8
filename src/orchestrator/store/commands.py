"""Which commands were carried out, and what came of them."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.errors import Conflict
from orchestrator.store.tables import CommandRow

INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def claim(db: AsyncSession, key: str, asked: str) -> dict[str, Any] | None:
    """Take the key, or return what came of it before. Of two at once the second waits here for the first's commit."""
    insert = INSERT[db.get_bind().dialect.name](CommandRow).values(key=key, asked=asked, at=clock.now())
    if await db.scalar(insert.on_conflict_do_nothing().returning(CommandRow.key)):
        return None
    row = await db.get_one(CommandRow, key)
    if row.asked != asked:
        raise Conflict("This key was already used for something else. Nothing was done.")
    return row.outcome


async def remember(db: AsyncSession, key: str, outcome: dict[str, Any]) -> None:
    await db.execute(update(CommandRow).where(CommandRow.key == key).values(outcome=outcome))
