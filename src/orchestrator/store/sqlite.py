"""SQLite’s driver with at most one trip to its thread for a statement: by itself it takes four, and more time."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

R = TypeVar("R")
AT_ONCE = 1000  # rows that come along with a statement; the rest of a larger answer is fetched when it is asked for


class Connection(aiosqlite.Connection):
    """Beginning and writing have no answer that anybody waits for: they travel with what comes next."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._waiting: list[tuple[Callable[..., sqlite3.Cursor], str, Any]] = []

    def cursor(self) -> "Cursor":  # type: ignore[override]  # the driver's would go to the thread to make one
        return Cursor(self)

    async def close(self) -> None:
        """In one trip: of a second one, as the driver makes, nothing is heard once the pool lost patience."""
        ended = self.stop() if self._connection else None
        if ended:
            await ended

    async def commit(self) -> None:
        await self.trip(self.raw.commit)

    async def rollback(self) -> None:
        """A look began nothing, so that nothing is to be taken back."""
        self._waiting.clear()
        if self.raw.in_transaction:
            await super().rollback()

    async def trip(self, do: Callable[..., R], *given: Any) -> R:
        """Have something done in the connection's thread, after what waits."""
        waiting, self._waiting = self._waiting, []
        done: R = await self._execute(_in_order, waiting, do, given)  # type: ignore[no-untyped-call]
        return done

    def leave(self, execute: Callable[..., sqlite3.Cursor], statement: str, values: Any) -> bool:
        """Leave it for the next trip, if nobody needs its answer and it cannot be forgotten: an end must follow."""
        begins = statement.startswith("BEGIN")
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE")) and "RETURNING" not in statement
        if begins or (writes and (self._waiting or self.raw.in_transaction)):
            self._waiting.append((execute, statement, values))
            return True
        return False

    @property
    def raw(self) -> sqlite3.Connection:
        return self._conn


class Cursor:
    """What SQLAlchemy asks of an asynchronous cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self._more: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        await self._go(self._connection.raw.execute, statement, values)

    async def executemany(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        await self._go(self._connection.raw.executemany, statement, values)

    async def _go(self, execute: Callable[..., sqlite3.Cursor], statement: str, values: Any) -> None:
        if not self._connection.leave(execute, statement, values):
            await self._connection.trip(self._run, execute, statement, values)

    def _run(self, execute: Callable[..., sqlite3.Cursor], statement: str, values: Any) -> None:
        """In the thread: what is known after the first rows, such as how many there are, is known only then."""
        cursor = execute(statement, values)
        self._rows = cursor.fetchmany(AT_ONCE) if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        if len(self._rows) == AT_ONCE:
            self._more = cursor
        else:
            cursor.close()

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows + (await self._connection.trip(self._more.fetchall) if self._more else [])

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or self.arraysize
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        missing = wanted - len(rows)
        return rows + (await self._connection.trip(self._more.fetchmany, missing) if missing and self._more else [])

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        if self._more:
            await self._connection.trip(self._more.close)
            self._more = None


def _in_order(
    waiting: list[tuple[Callable[..., sqlite3.Cursor], str, Any]], do: Callable[..., R], given: tuple[Any, ...]
) -> R:
    for execute, statement, values in waiting:
        execute(statement, values).close()
    return do(*given)


def opening(file: Path) -> Callable[[], Connection]:
    """Make what SQLAlchemy calls for another connection. Its thread does not keep a process alive."""

    def another() -> Connection:
        connection = Connection(partial(sqlite3.connect, str(file)), iter_chunk_size=AT_ONCE)
        connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for the connections that it opens itself
        return connection

    return another
