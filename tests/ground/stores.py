"""A migrated database for each test, of either kind: copied from one that was migrated once."""

import itertools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground import postgres
from orchestrator.store import engine, events, migrate
from orchestrator.store.engine import Database, Sessions
from orchestrator.store.events import Event
from orchestrator.store.tables import INSTALLATION

SEAL = b"the seal of tests"


@dataclass
class Store:
    """Writes and looks in the way the running process does."""

    database: Database
    writes: Sessions
    reads: Sessions
    woken: list[str] = field(default_factory=list)

    async def tx(self, fn: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        async with self.writes() as db, db.begin():
            return await fn(db, *args, **kwargs)

    async def read(self, fn: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        async with self.reads() as db:
            return await fn(db, *args, **kwargs)

    async def log(self) -> list[Event]:
        """What the installation's audit log says, in order."""
        return await self.read(events.after, INSTALLATION, 0)

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.log()]


class Originals:
    """The migrated originals, each made when it is first needed. Several of these may share a cluster."""

    numbers = itertools.count()

    def __init__(self, folder: Path, cluster: Callable[[], postgres.Cluster]) -> None:
        self.folder, self.cluster = folder, cluster
        self.template = ""

    @asynccontextmanager
    async def copy(self, kind: str) -> AsyncIterator[Store]:
        """A new database of this kind, as migrations leave it."""
        maker = self._postgres if kind == "postgres" else self._sqlite
        async with maker(f"copy_{next(self.numbers)}") as database:
            woken: list[str] = []
            yield Store(database, engine.writing(database, woken.append, seal=SEAL), engine.reading(database), woken)
            await database.dispose()

    @asynccontextmanager
    async def _sqlite(self, name: str) -> AsyncIterator[Database]:
        original = self.folder / "original.db"
        if not original.exists():
            database = engine.sqlite(original)
            await migrate.upgrade(database)
            await database.dispose()
        yield engine.sqlite(Path(shutil.copy(original, self.folder / f"{name}.db")))

    @asynccontextmanager
    async def _postgres(self, name: str) -> AsyncIterator[Database]:
        cluster = self.cluster()
        if not self.template:
            name_of_it = f"original_{next(self.numbers)}"
            database = engine.postgres(await cluster.create(name_of_it))
            await migrate.upgrade(database)
            await database.dispose()
            self.template = name_of_it
        yield engine.postgres(await cluster.create(name, self.template))
        await cluster.drop(name)
