"""The evidence: checks that we ran ourselves, each bound to one save point."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.tables import CheckRow


async def newest(db: AsyncSession, project_id: str, phase: int) -> list[CheckRow]:
    """Read the newest result of each check of a phase."""
    query = select(CheckRow).where(CheckRow.project_id == project_id, CheckRow.phase == phase)
    latest: dict[str, CheckRow] = {}
    for row in await db.scalars(query.order_by(CheckRow.at, CheckRow.id)):
        latest[row.name] = row
    return list(latest.values())


async def of(db: AsyncSession, project_id: str, phase: int | None = None) -> list[CheckRow]:
    """Read all results, oldest first."""
    query = select(CheckRow).where(CheckRow.project_id == project_id)
    if phase is not None:
        query = query.where(CheckRow.phase == phase)
    return list(await db.scalars(query.order_by(CheckRow.at, CheckRow.id)))


async def known(db: AsyncSession, run_key: str) -> bool:
    return await db.scalar(select(CheckRow.id).where(CheckRow.run_key == run_key).limit(1)) is not None
