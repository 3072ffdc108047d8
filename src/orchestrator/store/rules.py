"""What people said about the wishes of builders: for the phase at hand, or for good."""

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import Actor
from orchestrator.domain.run import Rule
from orchestrator.store import events
from orchestrator.store.tables import ProjectRow, RuleRow


def add(db: AsyncSession, project: ProjectRow, rule: Rule, phase: int | None, actor: Actor) -> str:
    """Remember it with the event that says so, and give its id. The caller holds the project's row."""
    id, said = clock.new_id(), {"wish": rule.wish, "subject": rule.subject, "allowed": rule.allowed, "phase": phase}
    db.add(
        RuleRow(id=id, project_id=project.id, **said, by=actor.user_id, by_name=actor.name, at=clock.now())
    )  # fmt: skip
    events.append(db, project, actor, "rule.set", rule=id, **said)
    return id


async def holding(db: AsyncSession, project: ProjectRow) -> list[RuleRow]:
    """Read what holds now, in the order in which it was said."""
    now = or_(RuleRow.phase.is_(None), RuleRow.phase == project.phase)
    query = select(RuleRow).where(RuleRow.project_id == project.id, now)
    return list(await db.scalars(query.order_by(RuleRow.at, RuleRow.id)))


async def remembered(db: AsyncSession, project_id: str) -> list[RuleRow]:
    """Read what holds for good, in the order in which it was said."""
    query = select(RuleRow).where(RuleRow.project_id == project_id, RuleRow.phase.is_(None))
    return list(await db.scalars(query.order_by(RuleRow.at, RuleRow.id)))


async def remove(db: AsyncSession, project: ProjectRow, id: str, actor: Actor) -> None:
    """Let one hold no longer; one that is gone already stays gone. The caller holds the project's row."""
    row = await db.get(RuleRow, id)
    if row is not None and row.project_id == project.id:
        await db.delete(row)
        said = {"wish": row.wish, "subject": row.subject, "allowed": row.allowed, "phase": row.phase}
        events.append(db, project, actor, "rule.removed", rule=id, **said)


async def over(db: AsyncSession, project_id: str, phase: int) -> None:
    """Forget what held for this phase alone: it is finished, or begun anew."""
    await db.execute(delete(RuleRow).where(RuleRow.project_id == project_id, RuleRow.phase == phase))


def value(row: RuleRow) -> Rule:
    return Rule(row.wish, row.subject, row.allowed)
