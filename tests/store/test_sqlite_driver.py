"""Our cursor for SQLite: what SQLAlchemy asks of it, on a real file, with one trip to the thread for a statement."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from orchestrator.store import engine, sqlite
from orchestrator.store.engine import Database

MANY = sqlite.AT_ONCE * 2 + 7
ONE_TO_MANY = f"WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {MANY}) SELECT n FROM one"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = engine.sqlite(tmp_path / "some.db")
    async with opened.writer.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    yield opened
    await opened.dispose()


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[sqlite.Connection]:
    async with aclosing(Opened(await sqlite.opening(tmp_path / "raw.db")())) as opened:
        yield opened.connection


class Opened:
    def __init__(self, connection: sqlite.Connection) -> None:
        self.connection = connection

    async def aclose(self) -> None:
        await self.connection.close()


async def test_an_answer_larger_than_one_trip_is_whole_and_in_order(database: Database):
    async with database.reader.connect() as connection:
        assert list(await connection.scalars(sa.text(ONE_TO_MANY))) == list(range(1, MANY + 1))


async def test_a_large_answer_can_be_read_piece_by_piece(database: Database):
    async with database.reader.connect() as connection:
        rows = await connection.stream_scalars(sa.text(ONE_TO_MANY))
        pieces = [len(piece) async for piece in rows.partitions(300)]

    assert sum(pieces) == MANY
    assert set(pieces[:-1]) == {300}


async def test_what_is_not_read_to_its_end_can_be_left(connection: sqlite.Connection):
    cursor = connection.cursor()
    await cursor.execute(ONE_TO_MANY)

    assert await cursor.fetchone() == (1,)
    assert await cursor.fetchmany() == [(2,)]
    assert await cursor.fetchmany(3) == [(3,), (4,), (5,)]
    await cursor.close()
    await cursor.execute("SELECT 1 WHERE 0")
    assert await cursor.fetchone() is None
    assert await cursor.fetchall() == []


async def test_it_says_what_came_back(database: Database):
    insert = sa.text("INSERT INTO names (name) VALUES (:name) ON CONFLICT DO NOTHING RETURNING name")
    async with database.writer.begin() as connection:
        assert await connection.scalar(insert, {"name": "Ada"}) == "Ada"
        assert await connection.scalar(insert, {"name": "Ada"}) is None
        await connection.execute(sa.text("INSERT INTO names (name) VALUES (:name)"), [{"name": "Bo"}, {"name": "Cy"}])
        await connection.execute(sa.text("UPDATE names SET name = name || '.' WHERE name <> 'Bo'"))
        await connection.execute(sa.text("DELETE FROM names WHERE name = 'Cy.'"))
        assert list(await connection.scalars(sa.text("SELECT name FROM names ORDER BY id"))) == ["Ada.", "Bo"]


async def test_what_goes_wrong_is_told_as_by_the_driver_and_undone(database: Database):
    async def run(*statements: str) -> None:
        async with database.writer.begin() as connection:
            for statement in statements:
                await connection.execute(sa.text(statement))

    with pytest.raises(IntegrityError):
        await run("INSERT INTO names (name) VALUES ('Ada')", "INSERT INTO names (name) VALUES ('Ada')")
    with pytest.raises(OperationalError):
        await run("SELECT * FROM nowhere")

    async with database.reader.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM names")) == 0


class Counting(sqlite.Connection):
    trips = 0

    async def _execute(self, fn: Any, *given: Any, **more: Any) -> Any:
        self.trips += 1
        return await super()._execute(fn, *given, **more)


async def test_a_statement_is_one_trip_to_the_thread(tmp_path: Path):
    connection = await Counting(lambda: sqlite3.connect(tmp_path / "raw.db"), iter_chunk_size=1)
    async with aclosing(Opened(connection)):
        cursor = await connection.cursor().__aenter__()
        await cursor.execute("SELECT 1")
        assert await cursor.fetchall() == [(1,)]
        assert connection.trips == 1


async def test_beginning_and_writing_travel_with_what_comes_next(tmp_path: Path):
    connection = await Counting(lambda: sqlite3.connect(tmp_path / "raw.db", isolation_level=None), iter_chunk_size=1)
    async with aclosing(Opened(connection)):
        cursor = connection.cursor()
        await cursor.execute("CREATE TABLE names (name TEXT)")
        before = connection.trips
        await cursor.execute("BEGIN IMMEDIATE")
        await cursor.execute("INSERT INTO names VALUES ('Ada')")
        await cursor.executemany("INSERT INTO names VALUES (?)", [("Bo",), ("Cy",)])
        await cursor.execute("UPDATE names SET name = name || '.'")
        assert connection.trips == before

        await cursor.execute("SELECT name FROM names")
        assert await cursor.fetchall() == [("Ada.",), ("Bo.",), ("Cy.",)]
        assert connection.trips == before + 1


async def test_what_was_left_waiting_is_written_at_the_end_or_not_at_all(database: Database):
    added = sa.text("INSERT INTO names (name) VALUES (:name)")
    async with database.writer.begin() as connection:
        await connection.execute(added, {"name": "Ada"})
    async with database.writer.connect() as connection:
        await connection.execute(added, {"name": "Bo"})
        await connection.rollback()
        await connection.execute(added, {"name": "Cy"})
        await connection.commit()

    async with database.reader.connect() as connection:
        assert list(await connection.scalars(sa.text("SELECT name FROM names ORDER BY id"))) == ["Ada", "Cy"]


async def test_a_write_that_the_database_refuses_is_told_at_the_commit_and_takes_the_rest_with_it(database: Database):
    added = sa.text("INSERT INTO names (name) VALUES (:name)")
    with pytest.raises(IntegrityError):
        async with database.writer.begin() as connection:
            await connection.execute(added, [{"name": "Ada"}, {"name": "Ada"}])

    async with database.writer.begin() as connection:
        await connection.execute(added, {"name": "Bo"})
    async with database.reader.connect() as connection:
        assert list(await connection.scalars(sa.text("SELECT name FROM names"))) == ["Bo"]


async def test_outside_a_transaction_nothing_waits_because_no_end_would_follow(connection: sqlite.Connection):
    cursor = connection.cursor()
    await cursor.execute("CREATE TABLE names (name TEXT)")
    await connection.trip(setattr, connection.raw, "isolation_level", None)
    await cursor.execute("INSERT INTO names VALUES ('Ada')")

    seen = await connection.trip(lambda: connection.raw.execute("SELECT name FROM names").fetchall())
    assert seen == [("Ada",)]


async def test_who_goes_away_in_the_middle_of_a_statement_leaves_nobody_waiting(tmp_path: Path):
    """Twice over: where a request is cancelled, it is so again at whatever it still waits for."""
    connection = await sqlite.opening(tmp_path / "raw.db")()
    begun, go = threading.Event(), threading.Event()
    asked = asyncio.create_task(connection.trip(lambda: (begun.set(), go.wait(20))))
    assert await asyncio.to_thread(begun.wait, 20)
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()  # as the pool does, without waiting

    go.set()
    await asyncio.wait_for(closing, 20)
    await asked
    await connection.close()  # once more is no fault


async def test_a_closed_connection_says_so(tmp_path: Path):
    connection = await sqlite.opening(tmp_path / "raw.db")()
    await connection.close()

    with pytest.raises((ValueError, sqlite3.ProgrammingError)):
        await connection.cursor().execute("SELECT 1")
