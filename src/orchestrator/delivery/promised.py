"""How the promises of a project stand, by its rows: what was agreed, what is in the app, what tests showed of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.ready import board as boards
from orchestrator.domain.ready import promises as rules
from orchestrator.domain.ready.board import PROMISED, Board, Promised, Run
from orchestrator.domain.ready.promises import TRIED, Try
from orchestrator.domain.ready.report import Answer, Evidence, State, not_checked
from orchestrator.domain.run import PhaseStatus
from orchestrator.runtime import read, tx
from orchestrator.store import checks, documents, events, gates, phases, projects
from orchestrator.store.readiness import Known
from orchestrator.store.tables import CheckRow, PhaseRow, ProjectRow

OPENED = "preview.opened"
MOST = 500  # openings of trial copies that are looked at
TRACED = "traced"
NOT_LOOKED = "Nobody has looked yet for end-to-end tests of the steps of the day."


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows say. `done` are the phases in the app, each with its newest checks of just that save point."""

    promised: Promised
    done: tuple[tuple[PhaseRow, tuple[CheckRow, ...]], ...]
    tries: tuple[Try, ...]

    @property
    def last(self) -> PhaseRow | None:
        return self.done[-1][0] if self.done else None

    @property
    def approved(self) -> str:
        """The save point that a person took into the app last."""
        return self.last.merged if self.last else ""


async def opened(project_id: str, commit: str) -> None:
    """Remember, once, that the trial copy of this save point was looked at."""
    if await read(_seen, project_id, commit):
        return

    async def write(db: AsyncSession) -> None:
        row = await projects.locked(db, project_id)
        if not await _seen(db, project_id, commit):
            events.append(db, row, ORCHESTRATOR, OPENED, phase=row.phase, commit=commit)

    await tx(write)


async def _seen(db: AsyncSession, project_id: str, commit: str) -> bool:
    return any(event.data["commit"] == commit for event in await events.latest(db, project_id, [OPENED], MOST))


async def facts(db: AsyncSession, project: ProjectRow) -> Facts:
    """Read them."""
    rows = await phases.of(db, project.id)
    done = [row for row in rows if row.status is PhaseStatus.COMPLETED]
    shown = [(row, tuple(await _checks(db, row))) for row in done]
    return Facts(await _promised(db, project, rows), tuple(shown), tuple(await _tries(db, project, done)))


async def _checks(db: AsyncSession, row: PhaseRow) -> list[CheckRow]:
    return [check for check in await checks.newest(db, row.project_id, row.number) if check.commit == row.commit]


async def _promised(db: AsyncSession, project: ProjectRow, rows: Sequence[PhaseRow]) -> Promised:
    vision = (await documents.agreed(db, project)).data["vision"] if project.agreed else {}
    built = {row.number for row in rows if row.status is PhaseStatus.COMPLETED}
    told = [{"number": row.number, "criteria": row.criteria} for row in rows]
    return boards.read({**vision, "phases": told}, built)


async def _tries(db: AsyncSession, project: ProjectRow, done: Sequence[PhaseRow]) -> list[Try]:
    """The newest yes to each phase in the app, and whether what it was about had been opened before."""
    seen = await events.latest(db, project.id, [OPENED], MOST)
    found = []
    for row in done:
        yes = [gate for gate in await gates.of(db, [project.id]) if _is_yes(gate.kind, gate.status, gate.phase, row)]
        if yes and yes[-1].answered_at:
            at = yes[-1].answered_at
            opened = any(one.data["commit"] == row.commit and one.at <= at for one in seen)
            found.append(Try(row.number, yes[-1].answered_name or "", at, opened))
    return found


def _is_yes(kind: Kind, status: Status, phase: int, row: PhaseRow) -> bool:
    return (kind, status, phase) == (Kind.PHASE_COMPLETE, Status.APPROVED, row.number)


def board(known: Facts, found: Known, covers: Mapping[str, str], answers: Mapping[str, Answer], *, same: bool) -> Board:
    """How each promise stands. `same`: the app is to the letter what was taken in last."""
    runs = sorted([*_of_phases(known, same=same), *_looks(PROMISED, found, covers)], key=lambda one: one[0])
    proven = {one.item: _proven(answers.get(one.item)) for one in known.promised.promises if one.item}
    return Board(known.promised, boards.board(known.promised.promises, [run for _, run in runs], proven))


def _proven(answer: Answer | None) -> bool | None:
    """Whether a question is proven; None where nobody knows it of the app as it is now."""
    if answer is None or answer.state in {State.OUT_OF_DATE, State.NOT_CHECKED}:
        return None
    return answer.counts


def _of_phases(known: Facts, *, same: bool) -> list[tuple[datetime, Run]]:
    """What the checks of each phase showed; those of the last one are about the app, while that is the same."""
    found = []
    for row, ran in known.done:
        if not ran:
            continue
        tests: dict[str, list[str]] = {}
        for check in ran:
            for id, named in _tried(check).items():
                tests.setdefault(id, []).extend(named)
        wrong = next((check.sentence for check in ran if not check.passed), "")
        now = same and row is known.last and row.fresh
        found.append((max(check.at for check in ran), Run(row.commit, tests, wrong, now)))
    return found


def _tried(check: CheckRow) -> dict[str, list[str]]:
    said = check.details.get("tried", {})
    return said if isinstance(said, dict) else {id: [check.name] for id in said}


def _looks(item: str, found: Known, covers: Mapping[str, str]) -> list[tuple[datetime, Run]]:
    """What we found when somebody asked this question; nothing where it could not be looked at."""
    answer = found.answers.get(item)
    if answer is None or not answer.evidence or (answer.state is State.NOT_CHECKED and TRACED not in answer.details):
        return []
    told: Mapping[str, Any] = answer.details
    wrong = str(told["wrong"]) if TRACED in told else answer.sentence
    now = covers.get(item) == found.covers.get(item)
    return [(answer.evidence[0].at, Run(answer.evidence[0].commit, told.get(TRACED, {}), wrong, now))]


def everything(known: Facts, found: Board) -> Answer:
    """F1."""
    said = boards.told(found.lines) or "nothing"
    lines = "\n".join(f"{line.promise.id} {boards.SAID[line.kept].lower()}: {line.why}" for line in found.lines)
    number = len(known.promised.promises)
    at = max((check.at for _, ran in known.done for check in ran), default=clock.now())
    shown = (Evidence(f"{number} promises and the tests of each: {said}", known.approved, at, excerpt=lines[:4_000]),)
    return rules.everything(known.promised, found.lines, shown)


def journey(known: Facts, found: Known, covers: Mapping[str, str], *, same: bool) -> Answer:
    """F2: by end-to-end tests, or else by whoever tried each phase before the yes to it."""
    runs = [run for _, run in _looks(TRIED, found, covers)]
    answer = found.answers.get(TRIED)
    evidence = answer.evidence if answer else ()
    by_tests = rules.journey(known.promised, boards.board(known.promised.days, runs, {}), evidence)
    if by_tests.counts:
        return by_tests
    numbers = [row.number for row, _ in known.done]
    if same and (by_people := rules.by_people(known.tries, numbers, clock.now())):
        return by_people
    if runs or not known.promised.steps:
        return by_tests
    return replace(not_checked(by_tests.item, answer.sentence if answer else NOT_LOOKED), evidence=evidence)
