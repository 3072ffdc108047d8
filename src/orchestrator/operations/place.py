"""An installation as its operator has it at hand: settings, keys, database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orchestrator import folder, vault
from orchestrator.bus import Bus
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.errors import NotPossible
from orchestrator.presence import OnFile, OnPostgres, Presence
from orchestrator.settings import Settings, read
from orchestrator.store import engine, migrate, secrets
from orchestrator.store.engine import Database, Sessions
from orchestrator.vault import Vault

R = TypeVar("R")
S = TypeVar("S")
OPERATOR = Actor(ORCHESTRATOR.user_id, "Operator", "terminal")


@dataclass(frozen=True, slots=True)
class Place:
    settings: Settings
    data: Path
    database: Database
    writes: Sessions
    vault: Vault

    async def tx(self, fn: Callable[..., Awaitable[R]], *args: Any, **more: Any) -> R:
        """Run one function in one write transaction."""
        async with self.writes() as db, db.begin():
            return await fn(db, *args, **more)

    async def read(self, fn: Callable[..., Awaitable[S]], *args: Any, **more: Any) -> S:
        """Look, without a lock."""
        async with engine.reading(self.database)() as db:
            return await fn(db, *args, **more)

    def presence(self) -> Presence:
        """The place of a process that works here alone."""
        url = self.settings.database_url
        return OnPostgres(url, Bus(), alone=True) if url else OnFile(self.data)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Place]:
    """The installation that the settings name, whatever form its database has."""
    data = folder.ready(settings.data_dir)
    keys = vault.load(data)
    database = engine.connect(settings.database_url, data)
    try:
        await engine.answers(database)
        yield Place(
            settings, data, database, engine.writing(database, lambda _id: None, seal=keys.derive("audit")), keys
        )
    finally:
        await database.dispose()


@asynccontextmanager
async def ready(settings: Settings) -> AsyncIterator[Place]:
    """The same with stored secrets filled in. A new database gets its form, an older one is left to `db upgrade`.

    A server of the older version may still be working on it.
    """
    async with opened(settings) as here:
        found = await migrate.current(here.database)
        if found is not None and found in migrate.known() and found != migrate.HEAD:
            raise NotPossible(f"The database has the older form {found}. Run: orchestrator db upgrade")
        await migrate.upgrade(here.database)
        filled = settings.filled(await here.read(secrets.all, here.vault))
        yield Place(filled, here.data, here.database, here.writes, here.vault)


def run(do: Callable[[Place], Awaitable[R]], *, whatever_form: bool = False) -> R:
    """Do one thing in the installation that the environment names."""

    async def inside() -> R:
        async with (opened if whatever_form else ready)(read()) as here:
            return await do(here)

    return asyncio.run(inside())
