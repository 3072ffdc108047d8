"""Further people for a server that runs: made beside it, as an operator would."""

import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ground.nursery import Nursery
from ground.server import Server
from journeys.states import PEOPLE, World, read
from orchestrator import clock, vault
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import engine, people, projects, suggestions, tokens

AGENT = Path(__file__).with_name("moody_agent.py")


async def token(server: Server, email: str) -> str:
    """Make somebody, and a key with which they speak."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    writes = engine.writing(database, lambda _: None, seal=vault.load(server.data).derive("audit"))
    try:
        async with writes() as db, db.begin():
            user = await people.create(db, ORCHESTRATOR, email, email.partition("@")[0], clock.now())
            return (await tokens.create(db, ORCHESTRATOR, user.id, "program", clock.now())).raw
    finally:
        await database.dispose()


async def suggestion(server: Server, project: str, id: str, words: str, **more: str) -> str:
    """Have somebody have suggested something who may not command the project, as a channel would keep it."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    writes = engine.writing(database, lambda _: None, seal=vault.load(server.data).derive("audit"))
    told = {"channel": "github", "author": "ana-r", "link": "https://github.com/a/b/issues/1"} | more
    try:
        async with writes() as db, db.begin():
            row = await projects.locked(db, project)
            return (await suggestions.made(db, row, id, text=words, **told)).id
    finally:
        await database.dispose()


@asynccontextmanager
async def five(nursery: Nursery, folder: Path, **settings: Any) -> AsyncIterator[World]:
    """A server with a builder of its own moods, its owner, and four whom an operator made."""
    for name in ("moods", "targets"):
        (folder / name).mkdir()
    builder = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    given = {"rate_limits": "off", "reconcile_s": 0.5, "repairs": 1, "builder_command": builder, "sandbox": "off"}
    given |= settings
    async with nursery.server(folder / "data", **given) as server:
        tokens = {"owner": server.token}
        for name in PEOPLE[1:]:
            tokens[name] = await token(server, f"{name}@example.org")
        database = server.data / "orchestrator.db"
        found = read(database, "SELECT id, email FROM users")
        users = {row["email"].partition("@")[0]: row["id"] for row in found}
        yield World(server.url, database, folder / "moods", tokens, users)
