"""The live parts of this process, built once in app.py, and the two ways to the database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.bus import Bus
from orchestrator.errors import NotPossible
from orchestrator.forge.git import Git
from orchestrator.ports import Executor, Jobs, Previews
from orchestrator.presence import Presence
from orchestrator.settings import Settings
from orchestrator.store.engine import Database, Sessions
from orchestrator.telemetry import Metrics
from orchestrator.vault import Vault

FULL = ("disk is full", "No space left on device", "Disk quota exceeded")
NO_ROOM = "There is no room left on the disk, so nothing was stored. What was saved before is safe."
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


_live: list[Runtime] = []


def start(live: Runtime) -> None:
    _live[:] = [live]


def runtime() -> Runtime:
    assert _live, "runtime.start() has not been called"
    return _live[0]


async def tx(fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one function in one write transaction. Raises NotPossible where the disk has no room for it."""
    try:
        async with runtime().writes() as db, db.begin():
            return await fn(db, *args, **kwargs)
    except OperationalError as error:
        if any(sign in str(error.orig) for sign in FULL):
            raise NotPossible(NO_ROOM) from error
        raise


async def read(fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Look, without a lock."""
    async with runtime().reads() as db:
        return await fn(db, *args, **kwargs)
