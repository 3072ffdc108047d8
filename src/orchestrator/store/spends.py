"""What was spent, piece by piece, and on what. The sum and the limit stand in the project's row."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain import cost
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.cost import Currency, Usage
from orchestrator.store import events, log, messages
from orchestrator.store.tables import ProjectRow, SpendRow

PASSED = "80 % of the limit is used: {spent} of {budget}. When all of it is used, work pauses and we ask you."


def add(db: AsyncSession, project: ProjectRow, what: str, about: str, usage: Usage) -> None:
    """Write down what something cost, under the project's row lock.

    `what` is turn, vision, roadmap, summary, report or run. The first time that most of the limit is used, the
    conversation says so.
    """
    if not usage.calls:
        return
    parts = {name: getattr(usage, name) for name in Usage.__slots__}
    where = {"id": clock.new_id(), "project_id": project.id, "phase": project.phase, "at": clock.now()}
    log.add(db, SpendRow, what=what, about=about, **where, **parts)
    project.spent += usage.micros
    events.append(db, project, ORCHESTRATOR, "cost.changed", what=what, micros=usage.micros, spent=project.spent)
    _warn(db, project)


def _warn(db: AsyncSession, project: ProjectRow) -> None:
    if project.warned or not cost.mostly_used(project.spent, project.budget):
        return
    project.warned = True
    if not reached(project):  # then there is a question already
        money = currency(db)
        told = PASSED.format(spent=money.words(project.spent), budget=money.sum(project.budget))
        messages.note(db, project, told)


def reached(project: ProjectRow) -> bool:
    """Whether nothing more may be begun for this project that costs money."""
    return cost.reached(project.spent, project.budget)


def limit(db: AsyncSession, project: ProjectRow, budget: int, actor: Actor) -> None:
    """Set what the project may cost, under its row lock; 0 is no limit."""
    project.budget, project.warned = budget, False
    events.append(db, project, actor, "cost.changed", what="limit", budget=budget, spent=project.spent)


def currency(db: AsyncSession) -> Currency:
    """In what people see money, where the session was told."""
    found = db.info.get("currency", Currency())
    assert isinstance(found, Currency)
    return found
