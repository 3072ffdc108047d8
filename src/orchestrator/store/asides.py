"""What people said to a builder while it worked, until one has heard it and come to its end."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.run import RunStatus
from orchestrator.store import events
from orchestrator.store.tables import AsideRow, MessageRow, ProjectRow, RunRow

SETTLED = ""  # in the place of a run: a person has seen it at a decision, and no builder needs to hear it any more
HEARD = exists().where(RunRow.id == AsideRow.run, RunRow.status == RunStatus.COMPLETED)
LATE = AsideRow.run.is_(None)
OPEN = or_(LATE, (AsideRow.run != SETTLED) & ~HEARD)


async def keep(db: AsyncSession, project: ProjectRow, message: str, text: str) -> None:
    """Keep it for the builder. The caller holds the project's row and has stored the message."""
    await db.flush()  # the message goes first: this refers to it
    db.add(AsideRow(message=message, project_id=project.id, text=text, at=clock.now(), run=None))


async def begin(db: AsyncSession, project: ProjectRow, run: str) -> list[str]:
    """Take all that no builder has heard that then came to its end: for the beginning of this run.

    So a run that is begun again is told again, and so is the one after a run that was stopped.
    """
    return await _take(db, project, run, OPEN)


async def take(db: AsyncSession, project: ProjectRow, run: str) -> list[str]:
    """Take what was said since: for a builder in the middle of this run."""
    return await _take(db, project, run, LATE)


async def _take(db: AsyncSession, project: ProjectRow, run: str, which: ColumnElement[bool]) -> list[str]:
    found = await _of(db, project.id, which)
    for aside in found:
        aside.run = run
    if found:
        events.append(db, project, ORCHESTRATOR, "run.heard", run=run, messages=[aside.message for aside in found])
    return [aside.text for aside in found]


async def late(db: AsyncSession, project_id: str) -> list[str]:
    """Read what came too late for the builder that was at work."""
    return [aside.text for aside in await _of(db, project_id, LATE)]


async def _of(db: AsyncSession, project_id: str, which: ColumnElement[bool]) -> list[AsideRow]:
    query = select(AsideRow).join(MessageRow, MessageRow.id == AsideRow.message)
    return list(await db.scalars(query.where(AsideRow.project_id == project_id, which).order_by(MessageRow.sequence)))


async def settle(db: AsyncSession, project_id: str) -> list[str]:
    """Take as told what came too late: a person has seen it at a decision, and decided. Gives their messages."""
    query = update(AsideRow).where(AsideRow.project_id == project_id, LATE).values(run=SETTLED)
    return list(await db.scalars(query.returning(AsideRow.message)))


async def unsettle(db: AsyncSession, messages: Sequence[str]) -> None:
    """It was not decided after all."""
    await db.execute(update(AsideRow).where(AsideRow.message.in_(messages), AsideRow.run == SETTLED).values(run=None))


async def forget(db: AsyncSession, project_id: str) -> None:
    """Keep nothing for builders any more, for the project starts over. The messages stay."""
    await db.execute(delete(AsideRow).where(AsideRow.project_id == project_id))
