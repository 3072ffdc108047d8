"""The builders' work, piece by piece."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain import cost
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.cost import Usage
from orchestrator.domain.project import Project
from orchestrator.domain.run import Activity, Report, RunKind, RunStatus
from orchestrator.errors import NotFound
from orchestrator.store import events, projects, spends
from orchestrator.store.tables import ProjectRow, RunRow

OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)


async def begin(db: AsyncSession, project: Project, kind: RunKind, builder: str) -> RunRow | None:
    """Join the run of this key, or make it. None if the project moved meanwhile."""
    row = await projects.fenced(db, project)
    if row is None:
        return None
    run = await find(db, project.key)
    if run is None:
        run = _new(db, project, kind, builder)
        events.append(db, row, ORCHESTRATOR, "run.started", run=run.id, kind=kind, builder=builder, phase=project.phase)
    _pay(db, row, run, run.details)  # of the try that was cut off; the next one counts from nothing
    run.details = {}
    run.status, run.begun, run.builder = RunStatus.RUNNING, run.begun + 1, builder
    run.started_at = run.started_at or clock.now()
    await projects.touch(db, row)
    return run


def _new(db: AsyncSession, project: Project, kind: RunKind, builder: str) -> RunRow:
    run = RunRow(
        id=clock.new_id(),
        key=project.key,
        project_id=project.id,
        phase=project.phase,
        kind=kind,
        status=RunStatus.QUEUED,
        builder=builder,
        begun=0,
        sentence="",
        details={},
        created_at=clock.now(),
    )
    db.add(run)
    return run


async def tell(db: AsyncSession, project: Project, run_id: str, activity: Activity) -> bool:
    """Store a sign of life. A late one, of work that was stopped or overtaken, is dropped.

    True where what it tells that it has cost uses up the limit.
    """
    if row := await projects.fenced(db, project):
        events.append(
            db,
            row,
            ORCHESTRATOR,
            "run.activity",
            run=run_id,
            text=activity.sentence,
            what=activity.kind,
            details=activity.details,
        )
        await projects.touch(db, row)
        if activity.kind == "usage" and (run := await db.get(RunRow, run_id)):
            run.details = {"cost": activity.details}
            return cost.reached(row.spent + _cost(db, run, run.details).micros, row.budget)
    return False


async def end(db: AsyncSession, row: ProjectRow, key: str, report: Report) -> None:
    """Close a run that came to its end. The caller holds the project's row."""
    run = await find(db, key)
    if run is None:
        return
    run.status = RunStatus.COMPLETED if report.ok else RunStatus.FAILED
    _pay(db, row, run, report.details if report.details.get("cost") else run.details)
    run.sentence, run.details, run.ended_at = report.sentence, report.details, clock.now()
    said: dict[str, Any] = {"ok": report.ok, "text": report.sentence, "kind": run.kind, "phase": run.phase}
    events.append(db, row, ORCHESTRATOR, "run.finished", run=run.id, **said)


async def cancel(db: AsyncSession, row: ProjectRow) -> None:
    """Close what was stopped in the middle. The caller holds the project's row."""
    for run in await db.scalars(select(RunRow).where(RunRow.project_id == row.id, RunRow.status.in_(OPEN))):
        _pay(db, row, run, run.details)
        run.status, run.ended_at, run.sentence = RunStatus.CANCELLED, clock.now(), "Stopped."
        run.details = {}  # it is paid


def _pay(db: AsyncSession, row: ProjectRow, run: RunRow, details: dict[str, Any]) -> None:
    """Write down what a builder said that it cost, once it does not go on."""
    spends.add(db, row, "run", run.id, _cost(db, run, details))


def _cost(db: AsyncSession, run: RunRow, details: dict[str, Any]) -> Usage:
    return cost.told(details.get("cost") or {}, spends.currency(db), run.builder)


async def find(db: AsyncSession, key: str) -> RunRow | None:
    return await db.scalar(select(RunRow).where(RunRow.key == key))


async def get(db: AsyncSession, project_id: str, id: str) -> RunRow:
    run = await db.get(RunRow, id)
    if run is None or run.project_id != project_id:
        raise NotFound("There is no such piece of work in this project.")
    return run


async def of(db: AsyncSession, project_id: str, phase: int | None = None) -> list[RunRow]:
    """Read the runs of a project, or of one phase, oldest first."""
    query = select(RunRow).where(RunRow.project_id == project_id)
    if phase is not None:
        query = query.where(RunRow.phase == phase)
    return list(await db.scalars(query.order_by(RunRow.created_at, RunRow.id)))
