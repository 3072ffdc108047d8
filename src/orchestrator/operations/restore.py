"""From a copy for emergencies to an installation that goes on where it was."""

import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import folder, vault
from orchestrator.errors import Conflict, NotPossible
from orchestrator.operations import audit, place
from orchestrator.operations.backup import ABOUT, DATABASE, FOLDERS, MANIFEST
from orchestrator.operations.place import OPERATOR, Place
from orchestrator.settings import Settings
from orchestrator.store import dumps, engine, events, migrate, places, projects

IGNORED = {"lost+found"}  # a disk of its own has it


async def read(settings: Settings, file: Path) -> dict[str, Any]:
    """Fill an empty data folder, and an empty PostgreSQL database. Tells what is there and whether the log is whole."""
    data = folder.ready(settings.data_dir)
    if left := sorted(path.name for path in data.iterdir() if path.name not in IGNORED):
        raise Conflict(f"The data folder {data} is not empty: {left[0]} is in it. Name an empty one with DATA_DIR.")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as beside:
        about = _unpacked(file, Path(beside))
        _fits(about, settings)
        await _loaded(settings, Path(beside))
        _put(Path(beside), data)
    async with place.opened(settings) as here:
        await migrate.upgrade(here.database)
        return await _told(here, Path(about["data"]))


def _unpacked(file: Path, into: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r|gz") as tar:
            tar.extraction_filter = lambda member, _path: member  # looked at here, for all versions of Python
            for member in tar:
                _extract(tar, member, into)
        about = json.loads((into / MANIFEST).read_text())
    except (OSError, EOFError, tarfile.TarError, ValueError) as problem:
        raise NotPossible(f"{file} is not a whole copy of an installation ({problem}).") from None
    if about.get("of") != ABOUT:
        raise NotPossible(f"{file} is not a copy of an installation.")
    return dict(about)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Nothing lands outside, not even through a link that is in the copy; and only what a copy of ours has."""
    parts = Path(member.name).parts
    known = member.name in {MANIFEST, DATABASE, vault.NAME} or next(iter(parts), "") in FOLDERS
    inside = ".." not in parts and (into / member.name).parent.resolve().is_relative_to(into.resolve())
    if not (known and inside and (member.isreg() or member.isdir() or member.issym())):
        raise tarfile.TarError(f"{member.name} does not belong in it")
    if member.isdir():
        member.mode |= 0o700  # or nothing could be put into it
    tar.extract(member, into, numeric_owner=True)


def _fits(about: dict[str, Any], settings: Settings) -> None:
    kind = "postgresql" if settings.database_url else "sqlite"
    if about["database"] != kind:
        raise NotPossible(
            f"This copy is of an installation on {about['database']}; it cannot be restored on {kind}. "
            + ("Set DATABASE_URL to an empty PostgreSQL database." if kind == "sqlite" else "Leave DATABASE_URL out.")
        )
    if about["form"] not in migrate.known():
        raise NotPossible(f"This copy was made by version {about['version']}, which is newer. Use that one.")


async def _loaded(settings: Settings, beside: Path) -> None:
    """Into PostgreSQL, or into a file beside, which is put into place with the others."""
    database = engine.connect(settings.database_url, beside)
    try:
        await engine.answers(database)
        await dumps.load(database, beside / DATABASE)
    finally:
        await database.dispose()


def _put(beside: Path, data: Path) -> None:
    """Into place; the database last, for it makes an installation of the rest."""
    for name in (vault.NAME, *FOLDERS, engine.SQLITE):
        if (found := beside / name).exists():
            found.rename(data / name)


async def _told(here: Place, old: Path) -> dict[str, Any]:
    broken = await audit.broken(here)
    await here.tx(_settle, old, here.data)
    count, outside = await here.read(projects.count), await here.read(places.outside)
    return {"projects": count, "log_is_whole": not broken, "broken": broken, "not_in_it": outside}


async def _settle(db: AsyncSession, old: Path, new: Path) -> None:
    """Rows know where files lie; and who reads the log later must see that it went on from a copy."""
    await places.moved(db, old, new)
    stream = await events.installation(db)
    events.append(db, stream, OPERATOR, "installation.restored", data=str(new))
