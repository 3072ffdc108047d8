"""Our cursor for SQLite: what SQLAlchemy asks of it, on a real file, with one trip to the thread for a statement."""

import sqlite3
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


async def test_it_says_how_many_rows_changed_and_what_came_back(database: Database):
    insert = sa.text("INSERT INTO names (name) VALUES (:name) ON CONFLICT DO NOTHING RETURNING name")
    async with database.writer.begin() as connection:
        assert await connection.scalar(insert, {"name": "Ada"}) == "Ada"
        assert await connection.scalar(insert, {"name": "Ada"}) is None
        await connection.execute(sa.text("INSERT INTO names (name) VALUES (:name)"), [{"name": "Bo"}, {"name": "Cy"}])
        changed = await connection.execute(sa.text("UPDATE names SET name = name || '.'"))
        assert changed.rowcount == 3
        added = await connection.execute(sa.text("INSERT INTO names (name) VALUES ('Di')"))
        assert added.lastrowid == 4


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


async def test_a_closed_connection_says_so(tmp_path: Path):
    connection = await sqlite.opening(tmp_path / "raw.db")()
    await connection.close()

    with pytest.raises((ValueError, sqlite3.ProgrammingError)):
        await connection.cursor().execute("SELECT 1")
