"""Bring the database to the form that this version needs, and tell which form it has."""

from collections.abc import Callable
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from orchestrator.errors import NotPossible, NotUnderstood
from orchestrator.store.engine import Database

PACKAGE = "orchestrator.store"
HEAD = "0006"  # the newest migration; a test keeps it in step with the files, so that a start need not load Alembic
LOCK = 7237


async def current(database: Database) -> str | None:
    """Read which migration the database is at; None for an empty one."""
    async with database.reader.connect() as connection:
        return await connection.run_sync(_current)


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def known() -> list[str]:
    """The forms that this version knows, oldest first."""
    files = resources.files(PACKAGE) / "migrations" / "versions"
    return sorted(file.name.split("_")[0] for file in files.iterdir() if file.name[:1].isdigit())


async def upgrade(database: Database, to: str = "head") -> None:
    """Run what is missing; nothing when the database is up to date. Raises NotPossible for a newer one than ours."""
    found = await current(database)
    if to == "head" and found == HEAD:
        return
    if found and found not in known():
        raise NotPossible(
            f"The database has the form {found}, which this version does not know. A newer version has been here: "
            "use that one, or restore the copy that was made before."
        )
    await _run(database.writer, lambda command, config: command.upgrade(config, to))


async def downgrade(database: Database, to: str) -> None:
    await _run(database.writer, lambda command, config: command.downgrade(config, to))


async def _run(engine: AsyncEngine, do: Callable[[Any, Any], None]) -> None:
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # two processes may start at once
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        await connection.run_sync(_with_alembic, do)


def _with_alembic(connection: sa.Connection, do: Callable[[Any, Any], None]) -> None:
    from alembic import command  # noqa: PLC0415 - slow to load, and seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(resources.files(PACKAGE) / "migrations"))
    config.attributes["connection"] = connection
    try:
        do(command, config)
    except CommandError as problem:
        raise NotUnderstood(f"The database cannot be brought to that form: {problem}") from None
