"""Reading and writing projects. Functions take a session, return domain values, never commit."""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.domain.project import GATES, WORKING, Before, Project, Signal, Step
from orchestrator.domain.run import Network
from orchestrator.errors import NotFound
from orchestrator.store import events, gates, phases, questions
from orchestrator.store.tables import MemberRow, ProjectRow

COLUMNS = tuple(field.name for field in fields(Project) if field.name != "before")
LOCKED = (
    select(ProjectRow)
    .where(ProjectRow.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
ROLE = select(MemberRow.role).where(
    MemberRow.project_id == bindparam("project"), MemberRow.user_id == bindparam("user")
)
MEMBERS = MemberRow.__table__
assert isinstance(MEMBERS, Table)
ACTIVE = update(MEMBERS).where(MEMBERS.c.project_id == bindparam("project")).values(active_at=bindparam("at"))
WAITS = {
    True: ACTIVE.values(waiting=MEMBERS.c.role.in_(ANSWERS)),
    False: ACTIVE.values(waiting=False),
    None: ACTIVE,
}
GONE = "There is no such project. It may have moved, or the link may be for someone else’s."


async def add(db: AsyncSession, project: Project, idea: str, source: str, brief: Brief, owner: Actor) -> ProjectRow:
    """Create a project with its owner; it is told of in its own stream and in the installation's."""
    now = clock.now()
    row = ProjectRow(
        **{name: getattr(project, name) for name in COLUMNS},
        stage=project.stage,
        idea=idea,
        source=source,
        brief=brief.model_dump(mode="json"),
    )
    row.quick, row.last_event, row.last_hash, row.created_at, row.updated_at = [], 0, b"", now, now
    row.hub, row.to_do = "", None
    row.undo, row.note, row.repository, row.builder, row.asked = 0, "", "", "starter", ""
    row.network, row.ask = Network.LISTED, None
    row.summary, row.summed, row.topic_from, row.agreed, row.spent, row.budget, row.warned = "", 0, 0, 0, 0, 0, False
    db.add(row)
    await db.flush()
    db.add(MemberRow(project_id=row.id, user_id=owner.user_id, role=Role.OWNER, active_at=now, waiting=False))
    events.append(db, await events.installation(db), owner, "project.created", project=row.id)
    events.append(db, row, owner, "project.created", name=row.name, idea=idea)
    return row


async def get(db: AsyncSession, id: str) -> Project:
    return value(await row(db, id))


async def row(db: AsyncSession, id: str) -> ProjectRow:
    """Read the whole row, without a lock."""
    if found := await db.get(ProjectRow, id):
        return found
    raise NotFound(GONE)


async def count(db: AsyncSession) -> int:
    return await db.scalar(select(func.count()).select_from(ProjectRow)) or 0


async def locked(db: AsyncSession, id: str) -> ProjectRow:
    """The project's row, held until the commit: everything that numbers an event comes through here."""
    if found := await db.scalar(LOCKED, {"id": id}):
        return found
    raise NotFound(GONE)


async def role(db: AsyncSession, id: str, user_id: str) -> Role:
    """Whose project it is to this person. Raises NotFound, so that a stranger learns nothing."""
    if found := await db.scalar(ROLE, {"project": id, "user": user_id}):
        return found
    raise NotFound(GONE)


async def move(db: AsyncSession, row: ProjectRow, signal: Signal, actor: Actor, **said: Any) -> Project:
    """The only place a project changes stage: the row, its phase, its decision and its event, or none of them."""
    before = value(row)
    after = before.after(signal)
    if before.step in GATES:
        await gates.withdraw(db, row, actor)
    for name in COLUMNS:
        setattr(row, name, getattr(after, name))
    row.stage, row.quick = after.stage, []
    if after.before is not before.before:
        row.before = {"stood": asdict(after.before)} if after.before else None
    row.ask = row.ask if after.step is Step.PERMISSION else None
    await phases.follow(db, row, before, signal)
    moved = {"from": before.stage, "to": after.stage, "step": after.step, "left": before.step, "phase": row.phase}
    events.append(db, row, actor, "project.moved", by=signal, **moved, **said)
    if after.step in GATES:
        await gates.open(db, row, await questions.compose(db, row))
    await touch(db, row, waiting=after.step in GATES)
    return after


async def touch(db: AsyncSession, row: ProjectRow, *, waiting: bool | None = None) -> None:
    """Keep the page of projects in order: who waits, and what was active last."""
    row.updated_at = clock.now()
    await db.execute(WAITS[waiting], {"project": row.id, "at": row.updated_at})


async def working(db: AsyncSession, id: str, leg: int) -> Project | None:
    """What this leg has to do now; nothing if it is over, or another leg took its place."""
    project = await get(db, id)
    return project if project.leg == leg and project.step in WORKING else None


async def advance(db: AsyncSession, done: Project, signal: Signal, **said: Any) -> ProjectRow | None:
    """Move on from exactly this piece of work. A leg that was stopped or overtaken changes nothing."""
    row = await fenced(db, done)
    if row is not None:
        await move(db, row, signal, ORCHESTRATOR, **said)
        await db.flush()
        faults.point(f"advance:{done.step}")
    return row


async def fenced(db: AsyncSession, project: Project) -> ProjectRow | None:
    """Lock the project's row for a job's write; None if the project moved since the job looked."""
    row = await locked(db, project.id)
    return row if row.moves == project.moves else None


def value(row: ProjectRow) -> Project:
    return Project(**{name: getattr(row, name) for name in COLUMNS}, before=_before(row))


def _before(row: ProjectRow) -> Before | None:
    """From a row, which knows words only."""
    stood: dict[str, Any] = row.before["stood"] if row.before else {}
    known: dict[str, Any] = {name: Step(value) if isinstance(value, str) else value for name, value in stood.items()}
    return Before(**known) if known else None
