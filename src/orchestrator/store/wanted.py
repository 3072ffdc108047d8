"""What the rows ask for: a leg for every project at work, a turn for every message without a reply."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.project import WORKING
from orchestrator.ports import Work
from orchestrator.store.tables import MessageRow, ProjectRow


def _wanted(projects: ColumnElement[Any], messages: ColumnElement[Any]) -> CompoundSelect[Any]:
    legs = select(literal(True), ProjectRow.id, ProjectRow.leg).where(ProjectRow.step.in_(WORKING), projects)
    turns = select(literal(False), MessageRow.project_id, MessageRow.sequence).where(MessageRow.unanswered, messages)
    return union_all(legs, turns)


EVERYWHERE = _wanted(true(), true())
OF_ONE = _wanted(ProjectRow.id == bindparam("project"), MessageRow.project_id == bindparam("project"))


async def everywhere(db: AsyncSession) -> set[Work]:
    return _works(await db.execute(EVERYWHERE))


async def by(db: AsyncSession, project_id: str) -> set[Work]:
    return _works(await db.execute(OF_ONE, {"project": project_id}))


def _works(found: Iterable[Any]) -> set[Work]:
    return {Work("leg" if leg else "turn", id, number) for leg, id, number in found}
