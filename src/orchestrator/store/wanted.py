"""What the rows ask for: a leg for each project at work, a turn for each unanswered message, a look for each ask."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.project import WORKING
from orchestrator.ports import Work
from orchestrator.store.judged import ExaminationRow
from orchestrator.store.tables import MessageRow, ProjectRow


def _wanted(of: Callable[[Any], ColumnElement[Any]]) -> CompoundSelect[Any]:
    legs = select(literal("leg"), ProjectRow.id, ProjectRow.leg)
    turns = select(literal("turn"), MessageRow.project_id, MessageRow.sequence).where(MessageRow.unanswered)
    looks = select(literal("look"), ExaminationRow.project_id, ExaminationRow.number)
    return union_all(
        legs.where(ProjectRow.step.in_(WORKING), of(ProjectRow.id)),
        turns.where(of(MessageRow.project_id)),
        looks.where(ExaminationRow.ended_at.is_(None), of(ExaminationRow.project_id)),
    )


EVERYWHERE = _wanted(lambda _: true())
OF_ONE = _wanted(lambda project: project == bindparam("project"))


async def everywhere(db: AsyncSession) -> set[Work]:
    return _works(await db.execute(EVERYWHERE))


async def by(db: AsyncSession, project_id: str) -> set[Work]:
    return _works(await db.execute(OF_ONE, {"project": project_id}))


def _works(found: Iterable[Any]) -> set[Work]:
    return {Work(kind, id, number) for kind, id, number in found}
