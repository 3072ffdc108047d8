"""The live parts of this process, built once in app.py, and the two ways to the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.bus import Bus
from orchestrator.domain.cost import Currency
from orchestrator.errors import NotPossible, Unreachable
from orchestrator.forge.git import Git
from orchestrator.forge.hub import Client
from orchestrator.ports import Executor, Jobs, Model, Previews
from orchestrator.presence import Presence
from orchestrator.settings import Settings
from orchestrator.store.engine import Database, Sessions
from orchestrator.telemetry import Metrics
from orchestrator.vault import Vault

FULL = ("disk is full", "No space left on device", "Disk quota exceeded")
NO_ROOM = "There is no room left on the disk, so nothing was stored. What was saved before is safe."
AWAY = "The database does not answer at the moment, so nothing was done. What was saved before is safe. Try again soon."
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    database: Database
    writes: Sessions
    reads: Sessions
    bus: Bus
    presence: Presence
    jobs: Jobs
    builders: dict[str, Executor]
    builder: str  # which of them builds new projects
    forge: Git
    previews: Previews
    vault: Vault
    metrics: Metrics
    model: Model | None = None  # without one, fixed questions are asked
    hub: Client | None = None  # GitHub, where we are known there

    @property
    def currency(self) -> Currency:
        """In what people see money."""
        return Currency(self.settings.currency, self.settings.dollar)


_live: list[Runtime] = []


def start(live: Runtime) -> None:
    _live[:] = [live]


def runtime() -> Runtime:
    assert _live, "runtime.start() has not been called"
    return _live[0]


async def tx(fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one function in one write transaction. Raises NotPossible on a full disk, Unreachable without a database."""
    with told():
        async with closed(runtime().writes()) as db, db.begin():
            return await fn(db, *args, **kwargs)


@asynccontextmanager
async def closed(db: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Give its connection back. After an end in order that waits for nothing; after another nobody may interrupt it."""
    try:
        yield db
    except BaseException:
        await asyncio.shield(asyncio.create_task(db.close()))
        raise
    await db.close()


async def read(fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Look, without a lock. Raises Unreachable without a database."""
    try:
        return await _read(fn, *args, **kwargs)
    except Unreachable:  # the connection may have been lost while nobody used it: another one is fresh
        return await _read(fn, *args, **kwargs)


async def _read(fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    with told():
        async with closed(runtime().reads()) as db:
            return await fn(db, *args, **kwargs)


@contextmanager
def told() -> Iterator[None]:
    """What a database cannot help becomes a sentence for a person; any other fault of it is ours."""
    try:
        yield
    except DBAPIError as error:
        if any(sign in str(error.orig) for sign in FULL):
            raise NotPossible(NO_ROOM) from error
        if error.connection_invalidated or _is_away(error):
            raise Unreachable(AWAY) from error
        raise


def _is_away(error: DBAPIError) -> bool:
    """SQLite has errors of this kind as well, but it does not go away."""
    return isinstance(error, OperationalError) and type(error.orig).__module__.startswith("psycopg")
