"""Which commands were carried out, and what came of them."""

from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.errors import Conflict
from orchestrator.store.tables import CommandRow

TABLE = CommandRow.__table__
assert isinstance(TABLE, Table)
CLAIM: dict[str, Any] = {
    name: insert(TABLE).on_conflict_do_nothing().returning(TABLE.c.key)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
REMEMBER = update(TABLE).where(TABLE.c.key == bindparam("claimed")).values(outcome=bindparam("outcome"))


async def claim(db: AsyncSession, key: str, asked: str) -> dict[str, Any] | None:
    """Take the key, or return what came of it before. Of two at once the second waits here for the first's commit."""
    values = {"key": key, "asked": asked, "at": clock.now()}
    if await db.scalar(CLAIM[db.get_bind().dialect.name], values):
        return None
    row = await db.get_one(CommandRow, key)
    if row.asked != asked:
        raise Conflict("This key was already used for something else. Nothing was done.")
    return row.outcome


async def asked(db: AsyncSession, key: str) -> str | None:
    """What was asked under this key; None if nothing was."""
    row = await db.get(CommandRow, key)
    return row.asked if row else None


async def remember(db: AsyncSession, key: str, outcome: dict[str, Any]) -> None:
    await db.execute(REMEMBER, {"claimed": key, "outcome": outcome})


async def outcome(db: AsyncSession, key: str) -> dict[str, Any] | None:
    """What came of a command, where it was carried out."""
    row = await db.get(CommandRow, key)
    return row.outcome if row else None
