"""Both databases, set up so that the same code is safe on each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from orchestrator.errors import NotPossible, WrongSetting
from orchestrator.store import log
from orchestrator.store.sqlite import opening

Sessions = async_sessionmaker[AsyncSession]
SQLITE = "orchestrator.db"
# The cache is of each connection, in KiB; what lies in it lies in the system's as well.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "cache_size=-512")


@dataclass(frozen=True, slots=True)
class Database:
    url: sa.URL
    writer: AsyncEngine
    reader: AsyncEngine  # with a pool of its own: on SQLite readers never wait for the writer

    async def dispose(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()


def connect(url: str | None, data: Path) -> Database:
    """Open PostgreSQL at `url`, or SQLite in the data directory without one."""
    return postgres(url) if url else sqlite(data / SQLITE)


async def answers(database: Database) -> None:
    """Find out whether it is there. Raises NotPossible with what to do where it is not."""
    try:
        async with database.reader.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
            if database.url.get_backend_name() == "sqlite":
                await connection.execute(sa.text("SELECT count(*) FROM sqlite_master"))  # reads the file
    except sa.exc.DBAPIError as problem:
        reason = str(problem.orig).strip().splitlines()[0]
        raise NotPossible(f"{_unreachable(database)} ({reason})") from None


def _unreachable(database: Database) -> str:
    if database.url.get_backend_name() == "sqlite":
        return f"The database file {database.url.database} cannot be opened."
    where = f"{database.url.host or 'this machine'}, port {database.url.port or 5432}"
    return f"The database on {where} does not let us in. Is it running, and is DATABASE_URL right?"


def postgres(url: str) -> Database:
    """READ COMMITTED plus the project's row lock: waiters queue. SERIALIZABLE would make each of them start again."""
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    try:
        # Who finds none free waits: connections that come and go with the crowd cost more than they bring.
        writer = create_async_engine(
            address, pool_size=10, max_overflow=0, pool_timeout=60, pool_pre_ping=True, isolation_level="READ COMMITTED"
        )
        # To look takes no transaction, and no trip to see whether somebody is there: a look can be repeated.
        reader = create_async_engine(
            address, pool_size=5, max_overflow=0, pool_timeout=60, isolation_level="AUTOCOMMIT"
        )
    except ModuleNotFoundError:
        raise WrongSetting(
            "DATABASE_URL needs the part of this program for PostgreSQL: install project-orchestrator[postgres]."
        ) from None
    return Database(address, writer, reader)


def sqlite(file: Path) -> Database:
    """One writer connection: writers queue in asyncio, first come first served, instead of polling a locked file."""
    address = sa.URL.create("sqlite+aiosqlite", database=str(file))
    another = opening(file)
    writer = create_async_engine(address, async_creator=another, pool_size=1, max_overflow=0, pool_timeout=60)
    reader = create_async_engine(address, async_creator=another, pool_size=4, max_overflow=0, pool_timeout=60)
    for engine in (writer, reader):
        event.listen(engine.sync_engine, "connect", _sqlite_mode)
        # Who writes has read the row in the same transaction, and there is one writer: nothing is to be counted.
        engine.dialect.supports_sane_rowcount = engine.dialect.supports_sane_multi_rowcount = False
    event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return Database(address, writer, reader)


def _sqlite_mode(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin only before the first write, after our reads
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def writing(
    database: Database, wake: Callable[[str], None], count: Callable[[str], None] = lambda _kind: None, **info: Any
) -> Sessions:
    """Make sessions that, after the commit and only then, wake who follows and do what was left for `then`.

    `info` must carry the key of the audit chain as `seal`; it may carry `decision_days`, and the `currency` of people.
    """

    class Waking(Session):
        pass

    @event.listens_for(Waking, "after_flush")
    def flushed(session: Session, _context: object) -> None:
        log.write(session)

    @event.listens_for(Waking, "after_commit")
    def committed(session: Session) -> None:
        for project_id in session.info.pop("changed", ()):
            wake(project_id)
        for kind in session.info.pop("kinds", ()):
            count(kind)
        for do in session.info.pop("then", ()):
            do()

    @event.listens_for(Waking, "after_rollback")
    def rolled_back(session: Session) -> None:
        for left in ("changed", "kinds", "then", log.WAITING):
            session.info.pop(left, None)

    return async_sessionmaker(database.writer, sync_session_class=Waking, expire_on_commit=False, info=info)


async def at_one_moment(db: AsyncSession) -> None:
    """Have all that a session for looking still reads be as it is now; by itself each statement sees the newest."""
    if db.get_bind().dialect.name == "postgresql":
        await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    else:
        await db.execute(sa.text("BEGIN"))


def reading(database: Database) -> Sessions:
    return async_sessionmaker(database.reader, expire_on_commit=False, autoflush=False)
