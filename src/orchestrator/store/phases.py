"""The phases of a project: what each promises, and how far it is."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.project import GATES, IN_A_PHASE, MIDWAY, Project, Signal, Step
from orchestrator.domain.roadmap import PlannedPhase
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import NotFound
from orchestrator.store import rules
from orchestrator.store.tables import PhaseRow, ProjectRow

SET_ASIDE = {
    (Step.PLAN, Signal.REJECTED),
    (Step.RESULT, Signal.REJECTED),
    (Step.PROBLEM, Signal.GONE_BACK),
    (Step.VISION, Signal.APPROVED),  # of a change: what is not finished is begun anew
}

ENDS = {Signal.CANCELLED, Signal.RESET, Signal.UNDO}


async def plan(db: AsyncSession, project: ProjectRow, planned: Sequence[PlannedPhase]) -> None:
    """Replace all phases that are not finished by these."""
    unfinished = (PhaseRow.project_id == project.id) & (PhaseRow.status != PhaseStatus.COMPLETED)
    begun = {row.number: row.attempt + bool(row.base) for row in await db.scalars(select(PhaseRow).where(unfinished))}
    await db.execute(delete(PhaseRow).where(unfinished))
    for phase in planned:
        db.add(_row(project.id, phase, begun.get(phase.number, 0)))
    await db.flush()
    done = [row for row in await of(db, project.id) if row.status is PhaseStatus.COMPLETED]
    project.phase, project.phases = len(done), len(done) + len(planned)


async def of(db: AsyncSession, project_id: str) -> list[PhaseRow]:
    query = select(PhaseRow).where(PhaseRow.project_id == project_id)
    return list(await db.scalars(query.order_by(PhaseRow.number)))


async def get(db: AsyncSession, project_id: str, number: int) -> PhaseRow:
    if row := await db.get(PhaseRow, (project_id, number)):
        return row
    raise NotFound(f"This project has no phase {number}.")


async def follow(db: AsyncSession, project: ProjectRow, before: Project, signal: Signal) -> None:
    """Bring the phase at hand in line with the move that the project has just made."""
    if signal in ENDS or (before.step, signal) in SET_ASIDE or before.step is Step.MERGING:
        await rules.over(db, project.id, before.phase)
    if before.step is Step.UNDOING and signal is Signal.FINISHED:
        await _undone(db, project)
    elif before.step is Step.MERGING and signal in {Signal.FINISHED, Signal.NEXT_PHASE}:
        await _finished(db, project.id, before.phase)
    elif before.phase and _stands(before) in IN_A_PHASE | {Step.PROBLEM} and signal in {Signal.CANCELLED, Signal.RESET}:
        (await get(db, project.id, before.phase)).status = PhaseStatus.FAILED
    elif (before.step, signal) in SET_ASIDE and before.phase:
        at_hand = await get(db, project.id, before.phase)
        if at_hand.status is not PhaseStatus.COMPLETED:
            _set_aside(at_hand)
    if project.phase and _stands(project) in IN_A_PHASE | {Step.PROBLEM}:
        _begin(await get(db, project.id, project.phase), project.step)


def _stands(project: Project | ProjectRow) -> Step:
    """Where in its work a project is; at a question in the middle of something, where that will go on."""
    return project.paused_from if project.step in MIDWAY and project.paused_from else project.step


def as_planned(row: PhaseRow) -> PlannedPhase:
    return PlannedPhase.model_validate(
        {name: getattr(row, name) for name in ("number", "title", "outcome", "features", "criteria")}
    )


def _row(project_id: str, phase: PlannedPhase, attempt: int) -> PhaseRow:
    data = phase.model_dump(mode="json")
    return PhaseRow(
        project_id=project_id,
        attempt=attempt,
        status=PhaseStatus.PENDING,
        findings=[],
        base="",
        commit="",
        merged="",
        **data,
    )


def _begin(row: PhaseRow, step: Step) -> None:
    if row.status is PhaseStatus.COMPLETED:
        return
    row.status = PhaseStatus.BLOCKED if step in GATES else PhaseStatus.IN_PROGRESS
    row.started_at = row.started_at or clock.now()


async def _finished(db: AsyncSession, project_id: str, number: int) -> None:
    row = await get(db, project_id, number)
    row.status, row.ended_at = PhaseStatus.COMPLETED, clock.now()


def _set_aside(row: PhaseRow) -> None:
    """Back to the last good state: the next try is a new trial copy, the old one is kept."""
    row.status, row.attempt = PhaseStatus.PENDING, row.attempt + bool(row.base)
    row.base = row.commit = ""
    row.findings, row.started_at = [], None


async def _undone(db: AsyncSession, project: ProjectRow) -> None:
    for row in await of(db, project.id):
        if row.number == project.undo:
            row.merged, row.ended_at = "", None
        if row.number >= project.undo:
            _set_aside(row)
    project.phase, project.undo = project.undo, 0
