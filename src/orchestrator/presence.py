"""Who else works on this database, and how processes tell each other that something changed."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import structlog

from orchestrator.bus import Bus
from orchestrator.errors import NotAlone

log = structlog.get_logger(__name__)
LOCK = 7236  # 7237 to 7239: migrations (store.migrate), queue tables and taking over (jobs.procrastinate)
CHANNELS = 7240  # who speaks with other services
HUBS = 7241  # who sees to repositories on GitHub
LONGEST = 1900  # characters of one notification; PostgreSQL carries less than 8000 bytes
ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
WATCH_S = 2.0  # how soon the loss of a connection is noticed that only holds a lock
LOOKS = 20  # the lock of a process that was just killed may take a moment to go


class Presence(Protocol):
    claimed: asyncio.Event  # set once we may work here

    async def hold(self) -> None:
        """Claim our place and keep it. Raises NotAlone if another process excludes us."""

    def only_one(self, number: int) -> AbstractAsyncContextManager[asyncio.Event]:
        """Wait until no other process does what goes by this number; the event is set when we may no longer."""


class OnFile:
    """SQLite: one process, and a lock on a file says so."""

    def __init__(self, data: Path) -> None:
        self._file = (data / "orchestrator.lock").open("w")
        self.claimed = asyncio.Event()

    async def hold(self) -> None:
        with self._file:  # closed, it lets go of the lock
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotAlone("Another orchestrator already works in this data directory.") from None
            self.claimed.set()
            await asyncio.Event().wait()

    @asynccontextmanager
    async def only_one(self, number: int) -> AsyncIterator[asyncio.Event]:
        del number
        yield asyncio.Event()  # whoever holds the file is the only one in everything


@asynccontextmanager
async def alone(presence: Presence) -> AsyncIterator[None]:
    """Work where nobody else does. Raises NotAlone while somebody is there."""
    holding = asyncio.create_task(presence.hold())
    claimed = asyncio.create_task(presence.claimed.wait())
    await asyncio.wait({holding, claimed}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if holding.done():
            holding.result()
        yield
    finally:
        for task in (claimed, holding):
            task.cancel()
        await asyncio.wait({claimed, holding})


async def _watch(connection: Any, lost: asyncio.Event) -> None:
    """Say when the connection is gone: then another process may have the lock."""
    try:
        while True:
            await connection.execute("SELECT 1")
            await asyncio.sleep(WATCH_S)
    except Exception:
        log.warning("presence.lost_lock", exc_info=True)
        lost.set()


class OnPostgres:
    """One connection holds our place and hears the others, another speaks. The lock goes when the process dies."""

    def __init__(self, url: str, bus: Bus, *, alone: bool) -> None:
        self.url, self.bus = url, bus
        self.claim = f"SELECT pg_try_advisory_lock{'' if alone else '_shared'}({LOCK})"
        self.claimed = asyncio.Event()
        self._to_send: dict[str, str] = {}
        self._sending = asyncio.Event()
        bus.relay = self._send

    async def hold(self) -> None:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is used: it need not be installed

        while True:
            try:
                await self._session(psycopg)
            except* psycopg.OperationalError as gone:  # the database went away; the rows fence what we do
                log.warning("presence.lost", reason=str(gone.exceptions[0]))
            await asyncio.sleep(1)

    @asynccontextmanager
    async def only_one(self, number: int) -> AsyncIterator[asyncio.Event]:
        """The lock is that of a connection of its own, and goes with it. Raises what the database raises."""
        import psycopg  # noqa: PLC0415 - as above

        connect: Any = psycopg.AsyncConnection.connect
        async with await connect(self.url, autocommit=True, **ALIVE) as connection:
            await self._wait_for(connection, number)
            lost = asyncio.Event()
            watching = asyncio.create_task(_watch(connection, lost))
            try:
                yield lost
            finally:
                watching.cancel()
                await asyncio.wait({watching})

    async def _wait_for(self, connection: Any, number: int) -> None:
        """Asked again and again: a connection that waits in the database would hold up the end of the process."""
        while True:
            found = await connection.execute(f"SELECT pg_try_advisory_lock({number})")
            if (await found.fetchone())[0]:
                return
            await asyncio.sleep(0.5)

    def _send(self, project_id: str, token: str) -> None:
        self._to_send[project_id] = (self._to_send.get(project_id, "") + token)[-LONGEST:]
        self._sending.set()

    async def _session(self, psycopg: Any) -> None:
        connect = psycopg.AsyncConnection.connect
        async with (
            await connect(self.url, autocommit=True, **ALIVE) as hears,
            await connect(self.url, autocommit=True, **ALIVE) as speaks,
        ):
            await self._claim(hears)
            await hears.execute("LISTEN orchestrator")
            self.bus.wake_all()  # something may have happened while we were deaf
            self.claimed.set()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._speak(speaks))
                group.create_task(self._hear(hears, speaks.info.backend_pid))

    async def _hear(self, connection: Any, own: int) -> None:
        async for heard in connection.notifies():
            if heard.pid != own:
                project_id, _, token = heard.payload.partition(" ")
                self.bus.hear(project_id, token)

    async def _claim(self, connection: Any) -> None:
        for _ in range(LOOKS):
            if (await (await connection.execute(self.claim)).fetchone())[0]:
                return
            await asyncio.sleep(0.25)
        raise NotAlone(
            "Another orchestrator works on this database. For several, set ORCHESTRATOR_JOBS=procrastinate on each."
        )

    async def _speak(self, connection: Any) -> None:
        """Off the write path and many at once: NOTIFY inside a transaction makes all commits wait for one lock."""
        while True:
            await self._sending.wait()
            self._sending.clear()
            said, self._to_send = [f"{id} {token}" for id, token in self._to_send.items()], {}
            await connection.execute("SELECT pg_notify('orchestrator', x) FROM unnest(%s::text[]) x", [said])
