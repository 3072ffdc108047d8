"""What costs money is begun only while there is money for it; else a person is asked."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import WORKING, Project, Signal, can
from orchestrator.store import projects, runs, spends
from orchestrator.store.tables import ProjectRow


class Reached(Exception):
    """The limit is used up, so a piece of work was not begun."""


async def ask(db: AsyncSession, row: ProjectRow) -> bool:
    """Open the question about the limit where it is reached. True if it now waits; the caller holds the row."""
    if not spends.reached(row) or not can(row.step, Signal.SPENT):
        return False
    worked = row.step in WORKING
    await projects.move(db, row, Signal.SPENT, ORCHESTRATOR)
    if worked:
        await runs.cancel(db, row)
    return True


async def stop(db: AsyncSession, project: Project) -> None:
    """End this piece of work in that question, paid. Where the limit was raised meanwhile, it is begun again."""
    if row := await projects.fenced(db, project):
        await runs.cancel(db, row)
        await ask(db, row)
