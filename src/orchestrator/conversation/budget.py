"""What a project may cost: set by its owner, or raised by the answer when all of it is used."""

import math

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import cost
from orchestrator.domain.amount import amount
from orchestrator.domain.command import Actor
from orchestrator.domain.cost import MOST, Currency
from orchestrator.domain.gate import Decision
from orchestrator.domain.project import Signal, Step
from orchestrator.errors import NotUnderstood
from orchestrator.store import projects, spends
from orchestrator.store.tables import GateRow, ProjectRow


async def change(db: AsyncSession, row: ProjectRow, wanted: float, actor: Actor) -> None:
    """Set the limit. A project that waits because the old one was reached goes on."""
    spends.limit(db, row, _micros(wanted, row.spent, spends.currency(db), "budget"), actor)
    if row.step is Step.LIMIT:
        await projects.move(db, row, Signal.CHANGES, actor)


def answered(db: AsyncSession, row: ProjectRow, gate: GateRow, decision: Decision, note: str, actor: Actor) -> None:
    """Set the limit that a yes agrees to, or the one that is asked for instead."""
    if decision is Decision.APPROVE:
        spends.limit(db, row, gate.amount, actor)
    elif decision is Decision.CHANGES:
        money = spends.currency(db)
        wanted = amount(note, money)
        if wanted is None:
            example = money.sum(gate.amount)
            raise NotUnderstood(f"Please write the new limit as one sum, such as {example}.", field="note")
        spends.limit(db, row, _micros(wanted, row.spent, money, "note"), actor)


def _micros(wanted: float, spent: int, money: Currency, field: str) -> int:
    """The limit as it is stored. Raises NotUnderstood where it is none, or is used up already."""
    if not math.isfinite(wanted) or wanted < 0:
        raise NotUnderstood("Please give the limit as a sum, or 0 for no limit.", field=field)
    micros = money.micros(min(wanted, money.of(MOST) * 2))
    if micros > MOST:
        raise NotUnderstood(f"The highest limit that can be set is {money.sum(MOST)}. 0 is no limit.", field=field)
    if wanted and not micros:
        raise NotUnderstood("This limit is too small to count. 0 is no limit.", field=field)
    if cost.reached(spent, micros):
        said = (
            f"{money.words(spent)} is spent already, so the limit must be more than that. To stop now, pause instead."
        )
        raise NotUnderstood(said, field=field)
    return micros
