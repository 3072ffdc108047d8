"""What follows from the decision that was answered last: how far the work is, with buttons to pause and to stop it."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.telegram.buttons import Button, Verb, button
from orchestrator.channels.telegram.markup import bold, escaped
from orchestrator.domain import plain
from orchestrator.domain.project import WORKING, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.store import events
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow, PhaseRow
from orchestrator.telling import standing, status
from orchestrator.telling.marks import State

MOST_PHASES = 12
LONGEST = 200  # characters of a line
SIGNS = {State.WORK: "🔵", State.STUCK: "🛑", State.PROVEN: "✅", State.YOU: "🟡", State.REST: "⏸"}
SHOWN = WORKING | {Step.PAUSED, Step.CANCELLED}  # elsewhere another message says it


@dataclass(frozen=True, slots=True)
class After:
    text: str
    rows: list[list[Button]]


async def after(db: AsyncSession, found: Standing, gate: GateRow, zone: tzinfo) -> After | None:
    """What to show below an answered decision; nothing where something else shows it."""
    project = found.project
    if project.step not in SHOWN:
        return None
    line = status.line(_steady(standing.facts(found, zone)))
    sign = "▫️" if project.step is Step.CANCELLED else SIGNS[line.state]
    lines = [f"{sign} {bold(project.name)} · {escaped(line.news)}", escaped(line.more), *_phases(found)]
    if project.step in WORKING and (doing := await _doing(db, project.id, gate.closed)):
        lines.append(f"▶️ {escaped(doing)}")
    return After("\n".join(filter(None, lines)), _rows(project.step, project.id))


def _steady(facts: status.Facts) -> status.Facts:
    """Without what changes by the second; that it has been silent for long is said all the same."""
    at = facts.sign_of_life
    silent = at is not None and (facts.now - at).total_seconds() >= status.QUIET
    return facts if silent else replace(facts, sign_of_life=None)


def _phases(found: Standing) -> list[str]:
    if len(found.phases) > MOST_PHASES:
        return []
    return [f"{_sign(found, phase)} {phase.number}. {escaped(_short(phase.title))}" for phase in found.phases]


def _sign(found: Standing, phase: PhaseRow) -> str:
    if phase.status is PhaseStatus.COMPLETED:
        return "✅"
    return "🔹" if phase.number == found.project.phase else "▫️"


async def _doing(db: AsyncSession, project_id: str, since: int) -> str:
    """What the builder last said of itself, since then."""
    newest = await events.latest(db, project_id, ("run.activity", "run.finished", "run.started"), 1)
    if not newest or newest[0].number <= since or newest[0].kind != "run.activity":
        return ""
    return _short(str(newest[0].data.get("text", "")))


def _short(text: str) -> str:
    return plain.cut(plain.one_line(text), LONGEST)


def _rows(step: Step, project_id: str) -> list[list[Button]]:
    if step in WORKING:
        return [[button("Pause", Verb.PAUSE, project_id), button("Stop", Verb.ASK_CANCEL, project_id)]]
    return [[button("Go on", Verb.RESUME, project_id)]] if step is Step.PAUSED else []
