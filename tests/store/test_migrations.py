"""The database changes its form without losing what it should keep, on both kinds, however many begin at once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from orchestrator.errors import NotPossible, NotUnderstood
from orchestrator.store import elsewhere, engine, judged, migrate
from orchestrator.store.columns import Base, Utc
from orchestrator.store.engine import Database

assert elsewhere
TABLES = judged.Base.metadata.sorted_tables
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUES: dict[type, Any] = {str: "x", int: 1, bool: True, bytes: b"x"}


@pytest.fixture(params=["sqlite", "postgres"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without a form."""
    if request.param == "sqlite":
        database = engine.sqlite(tmp_path / engine.SQLITE)
        yield database
        await database.dispose()
        return
    cluster = request.getfixturevalue("postgres_cluster")
    database = engine.postgres(await cluster.create("unmigrated"))
    yield database
    await database.dispose()
    await cluster.drop("unmigrated")


def some(column: sa.Column) -> Any:
    """A value that fits."""
    if isinstance(column.type, sa.Enum):
        return column.type.python_type(column.type.enums[0])
    if isinstance(column.type, sa.JSON):
        return {"a": 1}
    if isinstance(column.type, Utc):
        return NOON
    return VALUES[column.type.python_type]


async def fill(database: Database) -> None:
    """Put a row into every table; the one of the installation is there already."""
    async with database.writer.begin() as connection:
        for table in TABLES:
            if table.name != "installation":
                await connection.execute(table.insert().values({column.name: some(column) for column in table.columns}))


async def rows(database: Database) -> dict[str, int]:
    async with database.reader.connect() as connection:
        counted = {table.name: sa.select(sa.func.count()).select_from(table) for table in TABLES}
        return {name: await connection.scalar(query) for name, query in counted.items()}


async def names(database: Database) -> set[str]:
    async with database.reader.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def test_from_nothing_up_down_with_data_and_up_again(empty: Database):
    assert await migrate.current(empty) is None
    await migrate.upgrade(empty)
    assert await migrate.current(empty) == migrate.HEAD
    assert await names(empty) == {"alembic_version", *(table.name for table in TABLES)}

    await fill(empty)
    await migrate.upgrade(empty)
    assert set((await rows(empty)).values()) == {1}

    await migrate.downgrade(empty, "base")
    assert await migrate.current(empty) is None
    assert await names(empty) == {"alembic_version"}

    await migrate.upgrade(empty)
    assert {name for name, count in (await rows(empty)).items() if count} == {"installation"}
    await fill(empty)
    assert set((await rows(empty)).values()) == {1}


async def test_the_tables_that_migrations_make_are_those_of_the_code(empty: Database):
    await migrate.upgrade(empty)

    def differences(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, Base.metadata)

    async with empty.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_form_is_the_newest_file():
    assert migrate.known()[-1] == migrate.HEAD
    assert len(set(migrate.known())) == len(migrate.known())


def test_every_foreign_key_has_an_index_that_begins_with_it():
    for table in TABLES:
        whole = [index for index in table.indexes if index.dialect_options["postgresql"]["where"] is None]
        beginnings = {next(iter(index.columns)).name for index in whole}
        beginnings.add(next(iter(table.primary_key.columns)).name)
        assert {key.parent.name for key in table.foreign_keys} <= beginnings, table.name


async def test_a_database_of_a_newer_version_is_left_alone(empty: Database):
    await migrate.upgrade(empty)
    async with empty.writer.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NotPossible, match="form 9999, which this version does not know"):
        await migrate.upgrade(empty)


async def test_a_form_that_nobody_knows_is_refused(empty: Database):
    with pytest.raises(NotUnderstood, match="cannot be brought to that form"):
        await migrate.upgrade(empty, "nonsense")
    assert await migrate.current(empty) is None


async def test_several_processes_may_begin_at_once(empty: Database, tmp_path: Path):
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    if empty.url.get_backend_name() == "postgresql":
        environment["DATABASE_URL"] = empty.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command, pipe = [sys.executable, "-m", "orchestrator", "db", "upgrade"], asyncio.subprocess.PIPE
    begun = [
        await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe)
        for _ in range(2)
    ]
    said = await asyncio.gather(*(process.communicate() for process in begun))

    assert said == [(f"{migrate.HEAD}\n".encode(), b"")] * 2
    assert [process.returncode for process in begun] == [0, 0]
