"""Installations with many projects in them, written by the functions that the product itself writes with."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, vault
from orchestrator.domain import vision as visions
from orchestrator.domain.brief import Brief, Feature, Priority
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.project import Project, Signal
from orchestrator.store import documents, engine, messages, migrate, projects, tokens
from orchestrator.store.engine import Sessions
from orchestrator.store.tables import ProjectRow

BATCH = 500
BRIEF = Brief(
    name="Supper Sorted",
    what="A meal planning app",
    who="Busy parents",
    problem="Every evening they wonder what to cook",
    features=(Feature(id="F1", title="Plan seven dinners for the week", priority=Priority.HIGH),),
)


async def fill(data: Path, token: str, count: int, database_url: str | None = None) -> list[str]:
    """Projects of the person whom `token` acts for, each waiting at the decision about its vision."""
    data.mkdir(parents=True, exist_ok=True)
    keys = vault.load(data)
    database = engine.connect(database_url, data)
    await migrate.upgrade(database)
    writes = engine.writing(database, lambda _id: None, seal=keys.derive("audit"))
    async with writes() as db, db.begin():
        user = await tokens.bootstrap(db, token, clock.now())
    owner, made = Actor(user.id, user.name, "api"), []
    for first in range(0, count, BATCH):
        made += await _batch(writes, owner, range(first, min(count, first + BATCH)))
    await database.dispose()
    return made


async def _batch(writes: Sessions, owner: Actor, numbers: range) -> list[str]:
    async with writes() as db, db.begin():
        return [await waiting(db, owner, f"Project {number}") for number in numbers]


async def waiting(db: AsyncSession, owner: Actor, name: str) -> str:
    """A project with a message, its reply and a vision that waits for an answer."""
    row = await talking(db, owner, name)
    messages.said(db, row, row.idea, owner, unanswered=False)
    messages.reply(db, row, "Noted. Here is the vision.")
    await projects.move(db, row, Signal.ASKED, owner)
    vision = visions.draft(BRIEF, None)
    data = {"vision": vision.model_dump(mode="json"), "questions": list(vision.questions), "changed": ""}
    await documents.add(db, row.id, "vision", data, visions.markdown(vision, 1, None), note="", author="Orchestrator")
    await projects.move(db, row, Signal.FINISHED, ORCHESTRATOR)
    await db.flush()
    return row.id


async def talking(db: AsyncSession, owner: Actor, name: str) -> ProjectRow:
    return await projects.add(db, Project(clock.new_id(), name), "A meal planning app", "", BRIEF, owner)
