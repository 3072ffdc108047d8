"""Long conversations, written by the functions that the product itself writes with, beside a server that may run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from ground.server import Server
from orchestrator import clock, vault
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Actor
from orchestrator.domain.project import Project
from orchestrator.store import engine, messages, projects, tokens

WORDS = "We talked about the dinners of the week, and that they should be quick to cook on a normal evening."


@asynccontextmanager
async def writing(server: Server) -> AsyncIterator[tuple[AsyncSession, Actor]]:
    """One transaction, and the owner of the server."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    writes = engine.writing(database, lambda _: None, seal=vault.load(server.data).derive("audit"))
    try:
        async with writes() as db, db.begin():
            user = await tokens.bootstrap(db, server.token, clock.now())
            yield db, Actor(user.id, user.name, "api")
    finally:
        await database.dispose()


async def project(server: Server, number: int, **facts: str) -> str:
    """One project; `facts` are said in the messages with these names: at3="We are allergic to nuts."."""
    async with writing(server) as (db, owner):
        return await _project(db, owner, number, {int(name.removeprefix("at")): fact for name, fact in facts.items()})


async def several(server: Server, count: int, number: int = 0) -> list[str]:
    """Projects with so many messages each, every second one a reply; all of them are answered."""
    async with writing(server) as (db, owner):
        return [await _project(db, owner, number, {}) for _ in range(count)]


async def _project(db: AsyncSession, owner: Actor, number: int, facts: dict[int, str]) -> str:
    row = await projects.add(db, Project(clock.new_id(), "Dinners"), "Dinners", "", Brief(what="Dinners"), owner)
    for place in range(1, number + 1):
        words = f"{text(place)} {facts.get(place, '')}".strip()
        if place % 2:
            said = messages.said(db, row, words, owner, unanswered=False)
        else:
            messages.reply(db, row, words, said.id)
    await db.flush()
    return row.id


async def unanswered(server: Server, *texts: str) -> str:
    """A project in which all this was said before anybody answered."""
    async with writing(server) as (db, owner):
        row = await projects.add(db, Project(clock.new_id(), "Dinners"), texts[0], "", Brief(), owner)
        for words in texts:
            messages.said(db, row, words, owner)
        await db.flush()
        return row.id


def text(place: int) -> str:
    """The message at this place, of which no other has the number."""
    return f"Message <{place}>. {WORDS}"
