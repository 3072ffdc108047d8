"""Further people for a server that runs: made beside it, as an operator would."""

from ground.server import Server
from orchestrator import clock, vault
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import engine, people, tokens


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
