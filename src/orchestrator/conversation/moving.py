"""What moves a project without a decision: it is stopped, goes on, begins anew, or has something done once more."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.brief import Brief, Topic
from orchestrator.domain.command import Actor, Undo
from orchestrator.domain.project import WORKING, Signal, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict
from orchestrator.store import asides, events, messages, phases, projects, runs
from orchestrator.store.tables import ProjectRow


async def pause(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await _stop(db, row, Signal.STOPPED, actor)
    messages.note(db, row, f"Paused by {actor.name}. Nothing is lost, and nothing is being spent.")


async def cancel(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await _stop(db, row, Signal.CANCELLED, actor)
    messages.note(
        db, row, f"Cancelled by {actor.name}. What was made so far is kept. Write “start over” to begin again."
    )


async def resume(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await projects.move(db, row, Signal.RESUMED, actor)
    messages.note(db, row, "We go on where we stopped.")


async def reset(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    """Back to the conversation with an empty brief. What was written and built stays, and so does the history."""
    await _stop(db, row, Signal.RESET, actor)
    await asides.forget(db, row.id)
    row.brief, row.asked, row.note, row.agreed = Brief().model_dump(mode="json"), Topic.WHAT, "", 0
    events.append(db, row, actor, "brief.changed", brief=row.brief)
    row.summary, row.summed, row.topic_from = "", row.last_event, row.last_event
    messages.reply(db, row, "We start over. What would you like to make? Everything from before stays in the history.")


async def prime(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await projects.move(db, row, Signal.PRIME, actor)
    messages.note(db, row, "The builder looks again at what is there. Then you see the phases anew.")


async def validate(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    if projects.value(row).can_validate and not (await phases.get(db, row.id, row.phase)).commit:
        raise Conflict(f"Nothing of phase {row.phase} was built yet, so there is nothing to check.")
    await projects.move(db, row, Signal.VALIDATE, actor)
    messages.note(db, row, f"Phase {row.phase} is being checked again.")


async def undo(db: AsyncSession, row: ProjectRow, command: Undo, actor: Actor) -> None:
    """Take the newest finished phase out of the app. Raises Conflict for any other."""
    finished = [phase for phase in await phases.of(db, row.id) if phase.status is PhaseStatus.COMPLETED]
    if not any(phase.number == command.phase for phase in finished):
        raise Conflict(f"Phase {command.phase} is not part of your app, so there is nothing to undo.")
    if command.phase != finished[-1].number:
        newest = finished[-1].number
        raise Conflict(f"Phase {newest} builds on phase {command.phase}. Undo phase {newest} first.")
    if row.change_from:
        raise Conflict("The vision is just being changed. Answer that first.")
    if row.undo or row.paused_from is Step.MERGING:
        raise Conflict("Another phase is just being taken in or out. Let that go on first.")
    await projects.move(db, row, Signal.UNDO, actor, undo=command.phase)
    row.undo = command.phase


async def _stop(db: AsyncSession, row: ProjectRow, signal: Signal, actor: Actor) -> None:
    """End whatever is going on: the job sees it by the row."""
    worked = row.step in WORKING
    await projects.move(db, row, signal, actor)
    if worked:
        await runs.cancel(db, row)
