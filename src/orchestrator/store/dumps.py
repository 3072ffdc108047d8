"""The whole database in one file, taken while others work in it, and back."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect

from orchestrator.errors import NotPossible
from orchestrator.store.engine import Database

DEBIAN = Path("/usr/lib/postgresql")  # keeps all versions here; only some are on the PATH


async def dump(database: Database, file: Path) -> None:
    """Write what is committed now. Raises NotPossible, with the reason, where it cannot be read."""
    if database.url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_copy, Path(str(database.url.database)), file)
    else:
        await _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


async def load(database: Database, file: Path) -> None:
    """Fill an empty database. Raises NotPossible where it is not empty or the file cannot be read."""
    if database.url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_copy, file, Path(str(database.url.database)))
        return
    if await _tables(database):
        raise NotPossible("The database that DATABASE_URL names is not empty. Name a new one, so that nothing is lost.")
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    await _run(database, "pg_restore", *options, f"--dbname={database.url.database}", str(file))


def _copy(source: Path, target: Path) -> None:
    """By SQLite itself: consistent, whatever is written meanwhile."""
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as problem:
        raise NotPossible(f"The database file {source} could not be copied: {problem}.") from None


async def _tables(database: Database) -> list[str]:
    async with database.reader.connect() as connection:
        return await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def _run(database: Database, name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL. The password goes by its environment, which other people cannot read."""
    url = database.url
    said: dict[str, object] = {f"PG{key.upper()}": value for key, value in url.query.items()}
    said |= {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    said["PGDATABASE"] = url.database
    process = await asyncio.create_subprocess_exec(
        program(name),
        *arguments,
        env=_surroundings() | {key: str(value) for key, value in said.items() if value},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()
    if process.returncode:
        raise NotPossible(f"{name} could not do its work: {complaint.decode(errors='replace').strip()}")


def _surroundings() -> dict[str, str]:
    return {"PATH": os.defpath}


def program(name: str, debian: Path = DEBIAN) -> str:
    """Find a program of PostgreSQL, the newest there is. Raises NotPossible with what to install."""
    versions = sorted(debian.glob(f"*/bin/{name}"), key=lambda path: int(path.parents[1].name), reverse=True)
    if found := next(map(str, versions), None) or shutil.which(name):
        return found
    raise NotPossible(f"{name} is not installed. It comes with the programs of PostgreSQL (postgresql-client).")
