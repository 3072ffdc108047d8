"""How long builders worked, and what that cost: what is known for saying how long it usually takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import estimate
from orchestrator.domain.estimate import Sample
from orchestrator.domain.run import RunKind, RunStatus
from orchestrator.store import spends
from orchestrator.store.tables import CheckRow, ProjectRow, RunRow, SpendRow

STARTER = "starter"  # which asks nobody who wants money
PAID = (
    select(func.coalesce(func.sum(SpendRow.micros), 0))
    .where(SpendRow.project_id == RunRow.project_id, SpendRow.what == "run", SpendRow.about == RunRow.id)
    .scalar_subquery()
    .label("paid")
)
CHECKED = (
    select(func.coalesce(func.sum(CheckRow.milliseconds), 0))
    .where(CheckRow.project_id == RunRow.project_id, CheckRow.phase == RunRow.phase)
    .scalar_subquery()
    .label("checked")
)
WHICH = (RunRow.project_id, RunRow.phase, RunRow.kind, RunRow.status)
COLUMNS = (*WHICH, RunRow.started_at, RunRow.ended_at, PAID, CHECKED)
ENDED = RunRow.started_at.is_not(None) & RunRow.ended_at.is_not(None)
OWN = select(*COLUMNS).where(RunRow.project_id == sa.bindparam("project"), ENDED).order_by(RunRow.created_at)
RECENT = 200
BUILT = (
    select(*COLUMNS)
    .where(RunRow.builder == sa.bindparam("builder"), ENDED)
    .order_by(RunRow.created_at.desc())
    .limit(RECENT)
)
PLANNING, BUILDING = frozenset({RunKind.PLAN}), frozenset({RunKind.EXECUTE, RunKind.REPAIR})
PHASE = PLANNING | BUILDING


@dataclass(frozen=True, slots=True)
class Took:
    """One run that is over."""

    project: str
    phase: int
    kind: RunKind
    ok: bool
    seconds: float
    micros: int
    checked: float  # seconds of all checks of the phase


async def own(db: AsyncSession, project_id: str) -> list[Took]:
    """Read the runs of a project that are over, oldest first."""
    return [_took(row) for row in await db.execute(OWN, {"project": project_id})]


async def usually(db: AsyncSession, project: ProjectRow, kinds: frozenset[RunKind], what: str = "") -> str:
    """Say what such work usually takes in this project, or else with this builder; nothing where nobody knows."""
    found = samples(await own(db, project.id), kinds)
    if len(found) < estimate.FEWEST:
        rows = await db.execute(BUILT, {"builder": project.builder})
        found = samples([_took(row) for row in rows], kinds)
    return estimate.usually(found, spends.currency(db), free=project.builder == STARTER, what=what)


def samples(runs: Iterable[Took], kinds: frozenset[RunKind]) -> list[Sample]:
    """Add up what was done for each phase that came to its end: tries that failed took time and money as well."""
    main = RunKind.EXECUTE if RunKind.EXECUTE in kinds else next(iter(kinds))
    of: dict[tuple[str, int], list[Took]] = {}
    for run in runs:
        if run.kind in kinds:
            of.setdefault((run.project, run.phase), []).append(run)
    return [_sample(each, main) for each in of.values() if any(run.ok and run.kind is main for run in each)]


def _sample(runs: Sequence[Took], main: RunKind) -> Sample:
    checked = runs[0].checked if main is RunKind.EXECUTE else 0
    return Sample(sum(run.seconds for run in runs) + checked, sum(run.micros for run in runs))


def _took(row: Any) -> Took:
    ok, seconds = row.status is RunStatus.COMPLETED, (row.ended_at - row.started_at).total_seconds()
    return Took(row.project_id, row.phase, row.kind, ok, seconds, int(row.paid), float(row.checked) / 1000)
