"""How long builders worked, and what that cost: what is known for saying how long it usually takes."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.run import RunKind, RunStatus
from orchestrator.store.tables import RunRow, SpendRow

PAID = (
    select(func.coalesce(func.sum(SpendRow.micros), 0))
    .where(SpendRow.project_id == RunRow.project_id, SpendRow.what == "run", SpendRow.about == RunRow.id)
    .scalar_subquery()
    .label("paid")
)
COLUMNS = (RunRow.project_id, RunRow.phase, RunRow.kind, RunRow.status, RunRow.started_at, RunRow.ended_at)
ENDED = RunRow.started_at.is_not(None) & RunRow.ended_at.is_not(None)
OWN = select(*COLUMNS, PAID).where(RunRow.project_id == sa.bindparam("project"), ENDED).order_by(RunRow.created_at)


@dataclass(frozen=True, slots=True)
class Took:
    """One run that is over."""

    project: str
    phase: int
    kind: RunKind
    ok: bool
    seconds: float
    micros: int


async def own(db: AsyncSession, project_id: str) -> list[Took]:
    """Read the runs of a project that are over, oldest first."""
    return [_took(row) for row in await db.execute(OWN, {"project": project_id})]


def _took(row: Any) -> Took:
    seconds = (row.ended_at - row.started_at).total_seconds()
    return Took(row.project_id, row.phase, row.kind, row.status is RunStatus.COMPLETED, seconds, int(row.paid))
