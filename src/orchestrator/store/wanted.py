"""What the rows ask for: a leg for every project at work, a turn for every message without a reply."""

from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.project import WORKING
from orchestrator.ports import Work
from orchestrator.store.tables import MessageRow, ProjectRow


async def everywhere(db: AsyncSession) -> set[Work]:
    return await _wanted(db, true(), true())


async def by(db: AsyncSession, project_id: str) -> set[Work]:
    return await _wanted(db, ProjectRow.id == project_id, MessageRow.project_id == project_id)


async def _wanted(db: AsyncSession, projects: ColumnElement[Any], messages: ColumnElement[Any]) -> set[Work]:
    legs = select(ProjectRow.id, ProjectRow.leg).where(ProjectRow.step.in_(WORKING), projects)
    turns = select(MessageRow.project_id, MessageRow.sequence).where(MessageRow.unanswered, messages)
    wanted = {Work("leg", id, leg) for id, leg in await db.execute(legs)}
    return wanted | {Work("turn", id, sequence) for id, sequence in await db.execute(turns)}
