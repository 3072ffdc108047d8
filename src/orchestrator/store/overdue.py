"""What is due by the clock."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.gate import Status
from orchestrator.store.tables import CommandRow, GateRow

KEPT_DAYS = 30  # how long a key remembers what came of its command


async def gates(db: AsyncSession, now: datetime) -> list[tuple[str, str]]:
    """Find decisions whose deadline has passed: project and decision."""
    query = select(GateRow.project_id, GateRow.id).where(GateRow.status == Status.PENDING, GateRow.deadline <= now)
    return [(project_id, id) for project_id, id in await db.execute(query)]


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Forget keys of commands that nobody will repeat any more."""
    await db.execute(delete(CommandRow).where(CommandRow.at < now - timedelta(days=KEPT_DAYS)))
