"""What an answer changed beside the move, remembered with it, and put right again when the answer is taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain import gate as decisions
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.gate import ANSWERED, Kind, Status
from orchestrator.domain.project import WORKING, Signal
from orchestrator.domain.roadmap import Roadmap
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict
from orchestrator.store import asides, documents, events, gates, messages, phases, projects, rules, runs, spends
from orchestrator.store.tables import DocumentRow, GateRow, PhaseRow, ProjectRow

ROW = ("note", "problem", "ask", "agreed", "undo", "budget", "warned")
TRIAL = ("status", "attempt", "base", "commit", "findings")
LISTS = {Kind.VISION_DOC, Kind.ROADMAP}  # after an answer to these the phases are listed anew
NOT_ANSWERED = "This decision was not answered, so there is no answer to take back."
ALREADY = "{who} took this back already. The question is asked again."
LATE = (
    "An answer can be taken back for 60 seconds, and that is over. Say what should be different, and we go from there."
)
MERGED = (
    "Phase {phase} is part of your app, or is just being taken into it, so the answer cannot be taken back. "
    "You can undo the phase instead: nothing is deleted."
)
OVERTAKEN = "Something else was decided or asked for since then, so this answer cannot be taken back any more."
SAID = "{who} took the answer back, so the question is asked again. What began in the meantime has stopped."
AGAIN = "Version {version} again: the answer about it was taken back."


async def stood(db: AsyncSession, row: ProjectRow, gate: GateRow) -> dict[str, Any]:
    """How things are before an answer, as far as the project's own memory does not say it."""
    known = {phase.number: phase for phase in await phases.of(db, row.id)}
    at_hand = known.get(row.phase)
    trial = at_hand if at_hand and at_hand.status is not PhaseStatus.COMPLETED else None
    return {
        "gate": gate.id,
        "row": {name: getattr(row, name) for name in ROW},
        "roadmap": await documents.newest(db, row.id, "roadmap"),
        "trial": _trial(trial) if trial else None,
    }


def _trial(phase: PhaseRow) -> dict[str, Any]:
    begun = phase.started_at.isoformat() if phase.started_at else None
    return {"number": phase.number, "started_at": begun, **{name: getattr(phase, name) for name in TRIAL}}


def remember(row: ProjectRow, before: dict[str, Any], **came: Any) -> None:
    """Keep it with the answer that was just given, if that may be taken back at all."""
    if row.before is not None:
        row.before = {"stood": row.before["stood"], **before, **came}


def typed(row: ProjectRow, words: str) -> str:
    """The decision whose answer a typed `/undo` takes back; none where that could mean anything else."""
    return str((row.before or {}).get("gate", "")) if words.strip().casefold() == "/undo" else ""


async def take_back(db: AsyncSession, row: ProjectRow, gate: GateRow, actor: Actor) -> None:
    """Stop what the answer began, put things as they stood, and ask again. Raises Conflict where it is too late.

    The caller holds the project's row. What was said, written and built meanwhile stays where it is, and counts no
    more.
    """
    kept = _may_be(row, gate)
    worked = row.step in WORKING
    await _documents(db, row, gate, kept)
    await _phases(db, row, gate, kept)
    if gate.kind is Kind.BUDGET:
        spends.limit(db, row, kept["row"]["budget"], actor)
    for name in ROW:
        setattr(row, name, kept["row"][name])
    if kept["rule"]:
        await rules.remove(db, row, kept["rule"], actor)
    await asides.unsettle(db, kept["settled"])
    gates.take_back(db, row, gate, actor)
    await projects.move(db, row, Signal.TAKEN_BACK, actor)
    if worked:
        await runs.cancel(db, row)
    messages.note(db, row, SAID.format(who=actor.name))


def _may_be(row: ProjectRow, gate: GateRow) -> dict[str, Any]:
    """What was kept with the answer. Raises Conflict, with the reason, where it cannot be taken back."""
    if gate.status is Status.TAKEN_BACK:
        raise Conflict(ALREADY.format(who=gate.answered_name))
    if gate.status not in ANSWERED or gate.answered_at is None:
        raise Conflict(NOT_ANSWERED)
    if not decisions.seconds_left(gate.answered_at, clock.now()):
        raise Conflict(LATE)
    if row.before is None or row.before.get("gate") != gate.id:
        taken = gate.kind is Kind.PHASE_COMPLETE and gate.status is Status.APPROVED
        raise Conflict(MERGED.format(phase=gate.phase) if taken else OVERTAKEN)
    return row.before


async def _documents(db: AsyncSession, row: ProjectRow, gate: GateRow, kept: dict[str, Any]) -> None:
    """What was asked about is the newest version once more, and so are the phases as they were listed then."""
    for name, version in {
        "roadmap": kept["roadmap"],
        gate.document or "roadmap": gate.version or kept["roadmap"],
    }.items():
        if version and await documents.newest(db, row.id, name) != version:
            note = AGAIN.format(version=version)
            again = await documents.again(db, row.id, name, version, note, ORCHESTRATOR.name)
            if name == "vision":
                _brief(db, row, again)


def _brief(db: AsyncSession, row: ProjectRow, wish: DocumentRow) -> None:
    """A change that was not wanted is asked about after all: the brief says it again."""
    row.brief, row.asked = wish.data.get("brief", row.brief), ""
    events.append(db, row, ORCHESTRATOR, "brief.changed", brief=row.brief)


async def _phases(db: AsyncSession, row: ProjectRow, gate: GateRow, kept: dict[str, Any]) -> None:
    """The phases as they were listed, and the one at hand as it was built."""
    if gate.kind in LISTS:
        listed = await documents.find(db, row.id, "roadmap") if kept["roadmap"] else None
        planned = Roadmap.model_validate(listed.data["roadmap"]).phases if listed else ()
        done = sum(phase.status is PhaseStatus.COMPLETED for phase in await phases.of(db, row.id))
        await phases.plan(db, row, [phase for phase in planned if phase.number > done])
    if trial := kept["trial"]:
        phase = await phases.get(db, row.id, trial["number"])
        fresh = max(phase.attempt, trial["attempt"] + 1)
        for name in TRIAL:
            setattr(phase, name, trial[name])
        phase.status = PhaseStatus(trial["status"])
        phase.started_at = datetime.fromisoformat(trial["started_at"]) if trial["started_at"] else None
        if gate.kind is Kind.PHASE_START:  # what was planned or built since lies in the old copy, which is kept
            phase.attempt, phase.base = fresh, ""
