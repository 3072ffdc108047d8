"""What the rows ask for: a leg for every project at work, a turn for every message without a reply."""

from typing import Any

from sqlalchemy import ColumnElement, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.project import WORKING
from orchestrator.ports import Work
from orchestrator.store.tables import MessageRow, ProjectRow


async def everywhere(db: AsyncSession) -> set[Work]:
    return await _wanted(db, true(), true())


async def by(db: AsyncSession, project_id: str) -> set[Work]:
    return await _wanted(db, ProjectRow.id == project_id, MessageRow.project_id == project_id)


async def _wanted(db: AsyncSession, projects: ColumnElement[Any], messages: ColumnElement[Any]) -> set[Work]:
    legs = select(literal(True), ProjectRow.id, ProjectRow.leg).where(ProjectRow.step.in_(WORKING), projects)
    turns = select(literal(False), MessageRow.project_id, MessageRow.sequence).where(MessageRow.unanswered, messages)
    found = await db.execute(union_all(legs, turns))
    return {Work("leg" if leg else "turn", id, number) for leg, id, number in found}
