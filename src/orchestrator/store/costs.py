"""Where a project's money went: summed up by the database, however many pieces there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.cost import Usage
from orchestrator.domain.run import PhaseStatus
from orchestrator.store.tables import PhaseRow, SpendRow

TALKING, PHASES, PHASE = "talking", "phases", "phase"
TITLES = {TALKING: "Talking and the vision", PHASES: "Splitting into phases"}
SUMS = ("read", "written", "cached", "calls", "micros")
SUMMED = tuple(func.sum(getattr(SpendRow, name)) for name in SUMS)
UNPRICED = func.sum(sa.case((SpendRow.priced, 0), else_=1))
OF = SpendRow.project_id == sa.bindparam("project")
BY = (SpendRow.what, SpendRow.phase)
SPENT = select(*BY, *SUMMED, UNPRICED).where(OF).group_by(*BY)
NAMES = select(PhaseRow.number, PhaseRow.title, PhaseRow.status).where(PhaseRow.project_id == sa.bindparam("project"))
ABOUT = (
    select(SpendRow.about, func.sum(SpendRow.micros))
    .where(OF, SpendRow.about.in_(sa.bindparam("abouts", expanding=True)))
    .group_by(SpendRow.about)
)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of where the money went. `part` is talking, phases or phase-1."""

    part: str
    title: str
    spent: Usage
    phase: int = 0
    got: str = ""  # what came of it so far


async def parts(db: AsyncSession, project_id: str) -> tuple[Part, ...]:
    """What each part of the work cost, in the order in which it is done; only what was asked of somebody at all."""
    spent: dict[tuple[str, int], Usage] = {}
    for what, phase, *sums in await db.execute(SPENT, {"project": project_id}):
        part = _part_of(what, phase)
        spent[part] = spent.get(part, Usage()) + _usage(*sums)
    names = {row.number: row for row in await db.execute(NAMES, {"project": project_id})} if spent else {}
    order = (TALKING, PHASES, PHASE)
    ordered = sorted(spent.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    return tuple(_part(part, number, names.get(number), usage) for (part, number), usage in ordered)


def _part_of(what: str, phase: int) -> tuple[str, int]:
    """Talk is talk at any time; a builder's run belongs to the phase at hand."""
    if what == "run":
        return (PHASE, phase) if phase else (PHASES, 0)
    return (PHASES if what == "roadmap" else TALKING, 0)


def together(found: Iterable[Part]) -> Usage:
    return sum((part.spent for part in found), Usage())


async def about(db: AsyncSession, project_id: str, abouts: Iterable[str]) -> dict[str, int]:
    """What was spent on each of these messages or runs, where anything was."""
    ids = list(abouts)
    rows = await db.execute(ABOUT, {"project": project_id, "abouts": ids}) if ids else ()
    return {id: int(micros) for id, micros in rows}


def _part(part: str, number: int, row: Any, spent: Usage) -> Part:
    if part != PHASE:
        return Part(part, TITLES[part], spent)
    done = row is not None and row.status is PhaseStatus.COMPLETED
    return Part(f"phase-{number}", f"Phase {number}", spent, number, row.title if done else "In progress")


def _usage(read: int, written: int, cached: int, calls: int, micros: int, unpriced: int) -> Usage:
    """PostgreSQL gives sums as decimals."""
    return Usage("", int(read), int(written), int(cached), int(calls), int(micros), priced=not unpriced)
