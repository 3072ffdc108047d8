"""What is due by the clock: decisions that wait long, rows no longer needed. Nothing here ever approves."""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.gate import Status
from orchestrator.domain.project import Signal
from orchestrator.errors import Unreachable
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import arrivals, events, expired, gates, messages, overdue, projects

log = structlog.get_logger(__name__)
EVERY_S = 60.0


async def forever() -> None:
    while True:
        try:
            await round_()
        except Unreachable as away:
            log.warning("chores.put_off", reason=str(away))
        except Exception:
            log.exception("chores.failed")  # the next round tries again
        await asyncio.sleep(EVERY_S)


async def round_() -> None:
    """Go once through everything that is due."""
    for project_id, gate_id in await read(overdue.gates, clock.now()):
        await tx(remind_or_park, project_id, gate_id)
    await tx(overdue.sweep, clock.now())
    await tx(expired.sweep, clock.now())
    await tx(arrivals.sweep, clock.now())


async def remind_or_park(db: AsyncSession, project_id: str, gate_id: str) -> None:
    """The first time a decision is overdue it is reminded of; the second time its project is parked."""
    row = await projects.locked(db, project_id)
    gate = await gates.get(db, gate_id)
    if gate.status is not Status.PENDING or gate.deadline > clock.now():
        return
    if not gate.reminded:
        gate.reminded, gate.deadline = 1, clock.now() + timedelta(days=runtime().settings.decision_days)
        events.append(db, row, ORCHESTRATOR, "gate.reminded", gate=gate.id, question=gate.question)
        return
    await gates.withdraw(db, row, ORCHESTRATOR, Status.EXPIRED)
    await projects.move(db, row, Signal.STOPPED, ORCHESTRATOR)
    messages.note(
        db, row, "This decision waited long, so the project rests now. Nothing went ahead, and nothing is lost."
    )
