"""Where the rows say that files lie: they move with the data folder when an installation is restored elsewhere."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.tables import CheckRow, ProjectRow


async def moved(db: AsyncSession, old: Path, new: Path) -> None:
    """Say of everything that lay below `old` that it lies below `new`. The log keeps what it said at the time."""
    for project in await db.scalars(select(ProjectRow).where(ProjectRow.repository != "")):
        project.repository = _below(project.repository, old, new)
    for check in await db.scalars(select(CheckRow).where(CheckRow.log_path != "")):
        check.log_path = _below(check.log_path, old, new)


def _below(path: str, old: Path, new: Path) -> str:
    return str(new / Path(path).relative_to(old)) if Path(path).is_relative_to(old) else path


async def outside(db: AsyncSession) -> list[str]:
    """Read where the repositories are that people brought along: no copy of ours has them."""
    found = select(ProjectRow.repository).where(ProjectRow.source != "", ProjectRow.repository != "").distinct()
    return sorted(await db.scalars(found))
