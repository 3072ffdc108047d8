"""What the rows say of a project, as reports need it: read at one moment, and turned into plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.project import Signal
from orchestrator.domain.review.facts import Check, Decision, Intended, Noticed, Phase, Promise, Work
from orchestrator.domain.roadmap import Roadmap
from orchestrator.domain.run import PhaseStatus
from orchestrator.runtime import runtime
from orchestrator.store import checks, costs, documents, events, gates, phases, projects, runs
from orchestrator.store.events import Event
from orchestrator.store.tables import CheckRow, DocumentRow, GateRow, PhaseRow, ProjectRow, RunRow

MOST = 5_000  # events that are looked through
KINDS = ("phase.undone", "project.moved", "cost.changed")
MONEY = "Time and money"  # the label of that fact in a question


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one project that reports speak of."""

    project: ProjectRow
    phases: Sequence[PhaseRow]
    runs: Sequence[RunRow]
    checks: Sequence[CheckRow]
    gates: Sequence[GateRow]
    events: Sequence[Event]
    plans: Mapping[int, DocumentRow]  # the approved one of each phase, or its newest
    roadmap: DocumentRow | None  # approved first
    features: Mapping[str, str]
    money: Mapping[int, int]  # millionths of a dollar, by phase

    @property
    def minds(self) -> int:
        """How often a person said yes to other phases, or to another vision, after the first yes to phases."""
        given = [gate for gate in self.gates if gate.status is Status.APPROVED]
        first = next((gate.event for gate in given if gate.kind is Kind.ROADMAP), None)
        later = {Kind.ROADMAP, Kind.VISION_DOC}
        return sum(gate.kind in later and gate.event > first for gate in given) if first is not None else 0

    @property
    def stops(self) -> int:
        """How often a person stopped the work."""
        moved = (one for one in self.events if one.kind == "project.moved" and one.data.get("by") == Signal.STOPPED)
        return sum(one.actor != "orchestrator" for one in moved)

    @property
    def limit(self) -> int:
        """The limit that held when it was reached first, or the one that holds."""
        asked = min((gate.event for gate in self.gates if gate.kind is Kind.BUDGET), default=None)
        if asked is None:
            return self.project.budget
        said = [one for one in self.events if one.data.get("what") == "limit" and one.number < asked]
        return int(said[-1].data["budget"]) if said else runtime().currency.micros(runtime().settings.budget)

    @property
    def estimates(self) -> Mapping[int, str]:
        """What was said, before the yes to the plan of a phase, that it usually takes."""
        asked = [gate for gate in self.gates if gate.kind is Kind.PHASE_START and gate.status is Status.APPROVED]
        return {gate.phase: text for gate in asked for label, text in gate.facts if label == MONEY}


async def rows(db: AsyncSession, project_id: str) -> Rows:
    """Read them."""
    project = await projects.row(db, project_id)
    known, asked = await phases.of(db, project_id), await gates.of(db, [project_id])
    vision = await documents.find(db, project_id, "vision", project.agreed or None)
    return Rows(
        project,
        known,
        await runs.of(db, project_id),
        await checks.of(db, project_id),
        asked,
        (await events.latest(db, project_id, KINDS, MOST))[::-1],
        {row.number: plan for row in known if (plan := await _plan(db, row, asked))},
        await _first(db, project_id, asked),
        {one["id"]: one["title"] for one in vision.data["vision"]["features"]} if vision else {},
        {part.phase: part.spent.micros for part in await costs.parts(db, project_id) if part.phase},
    )


async def _plan(db: AsyncSession, row: PhaseRow, asked: Sequence[GateRow]) -> DocumentRow | None:
    name = f"plan-{row.number}"
    given = [gate.version for gate in asked if gate.document == name and gate.status is Status.APPROVED]
    return await documents.find(db, row.project_id, name, given[-1] if given else None)


async def _first(db: AsyncSession, project_id: str, asked: Sequence[GateRow]) -> DocumentRow | None:
    given = [gate.version for gate in asked if gate.kind is Kind.ROADMAP and gate.status is Status.APPROVED]
    return await documents.find(db, project_id, "roadmap", given[0]) if given else None


def intended(known: Rows) -> tuple[Intended, ...]:
    """The phases of the first yes."""
    if known.roadmap is None:
        return ()
    roadmap = Roadmap.model_validate(known.roadmap.data["roadmap"])
    return tuple(Intended(one.title, tuple(each.text for each in one.criteria)) for one in roadmap.phases)


def decisions(known: Rows) -> tuple[Decision, ...]:
    """What was asked and answered, by whomever."""
    return tuple(
        Decision(one.kind, one.status, one.phase, one.question, one.note or "", one.way) for one in known.gates
    )


def as_phase(known: Rows, row: PhaseRow, *, merged: bool | None = None) -> Phase:
    """One phase as its rows tell it. `merged` is for one that is taken in and whose row does not say so yet: fresh?"""
    ran = [check for check in known.checks if check.phase == row.number]
    done = merged is not None or row.status is PhaseStatus.COMPLETED
    fresh = row.fresh if merged is None else merged
    kept = _kept(row, ran) if done and fresh else set()
    return Phase(
        number=row.number,
        title=row.title,
        done=done,
        outcome=row.outcome,
        fresh=fresh,
        features=tuple(known.features.get(id, id) for id in row.features),
        promises=tuple(Promise(one["id"], one["text"], one["id"] in kept) for one in row.criteria),
        plans=sum(gate.kind is Kind.PHASE_START and gate.phase == row.number for gate in known.gates),
        checks=tuple(_check(check, place) for place, check in enumerate(ran)),
        work=tuple(_work(run) for run in known.runs if run.phase == row.number),
        decisions=tuple(one for one in decisions(known) if one.phase == row.number),
        noticed=tuple(_noticed(one) for one in row.findings),
        undone=sum(one.kind == "phase.undone" and one.data["phase"] == row.number for one in known.events),
        money=runtime().currency.of(known.money.get(row.number, 0)),
    )


def _kept(row: PhaseRow, ran: Sequence[CheckRow]) -> set[str]:
    """What the newest checks of exactly this save point tried, where all of them passed."""
    newest = {check.name: check for check in ran}
    if any(not check.passed for check in newest.values()):
        return set()
    here = (check for check in newest.values() if check.commit == row.commit)
    return {id for check in here for id in check.details.get("tried", ())}


def _check(row: CheckRow, place: int) -> Check:
    seconds = row.milliseconds / 1000
    tests, point, log = row.total or 0, row.commit, row.log_sha256
    return Check(row.name, row.run_key, row.passed, row.sentence, tests, seconds, point, log, place)


def _work(row: RunRow) -> Work:
    seconds = (row.ended_at - (row.started_at or row.created_at)).total_seconds() if row.ended_at else 0
    return Work(row.kind, row.status, seconds, row.begun, row.sentence)


def _noticed(one: Mapping[str, object]) -> Noticed:
    return Noticed(str(one.get("kind", "")), str(one["sentence"]), alarm=one.get("severity") == "alarm")
