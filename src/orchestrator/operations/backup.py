"""A copy for emergencies: the database, the apps’ files, the evidence and the keys, in one file."""

import gzip
import io
import json
import os
import secrets
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from orchestrator import __version__, clock, vault
from orchestrator.errors import Conflict, NotPossible
from orchestrator.operations.place import Place
from orchestrator.store import dumps, migrate, places

MANIFEST, DATABASE = "backup.json", "database"
FOLDERS = ("work", "checks")  # the apps with all their save points, and what our checks wrote
ABOUT = "project-orchestrator"


async def write(here: Place, file: Path | None) -> dict[str, Any]:
    """Write it while the server works; without a file, to standard output. Tells what is in it and what is not."""
    with _target(file) as out, tempfile.TemporaryDirectory(prefix=".backup-", dir=here.data) as beside:
        dump = Path(beside) / DATABASE
        await dumps.dump(here.database, dump)  # first: what it speaks of is in the files by then, or earlier
        _pack(out, here.data, dump, await manifest(here))
        outside = await here.read(places.outside)
        size = out.tell() if file else None
    return {"file": str(file or "-"), "bytes": size, "not_in_it": outside}


async def manifest(here: Place) -> dict[str, Any]:
    """What a restore must know before it begins."""
    return {
        "of": ABOUT,
        "version": __version__,
        "form": await migrate.current(here.database),
        "database": here.database.url.get_backend_name(),
        "data": str(here.data),
        "made_at": clock.now().isoformat(),
    }


def _pack(out: BinaryIO, data: Path, dump: Path, about: dict[str, Any]) -> None:
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        text = json.dumps(about).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
        _add(tar, data / vault.NAME, vault.NAME)
        _add(tar, dump, DATABASE)
        for name in FOLDERS:
            for path in _below(data / name):
                _add(tar, path, str(path.relative_to(data)))


def _below(folder: Path) -> Iterator[Path]:
    """The folder and all in it, but for links, which are not followed."""
    for where, folders, files in os.walk(folder):
        yield Path(where)
        yield from (Path(where, name) for name in files)
        yield from (Path(where, name) for name in folders if Path(where, name).is_symlink())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file as it is now. One that went away meanwhile was a builder's, and no longer matters."""
    try:
        kind = path.lstat().st_mode
        if stat.S_ISREG(kind):
            with path.open("rb") as content:
                info = tar.gettarinfo(arcname=name, fileobj=content)
                info.type, info.size, info.linkname = tarfile.REGTYPE, os.fstat(content.fileno()).st_size, ""
                tar.addfile(info, Steady(content))
        elif stat.S_ISDIR(kind) or stat.S_ISLNK(kind):
            tar.addfile(tar.gettarinfo(path, name))
    except FileNotFoundError:
        return


class Steady(io.RawIOBase):
    """A file that does not become shorter while it is read: what a builder cuts off meanwhile is read as zeros."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size).ljust(max(size, 0), b"\0")


@contextmanager
def _target(file: Path | None) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all, and that only we can read: it holds the keys."""
    if file is None:
        with os.fdopen(os.dup(1), "wb") as out:
            yield out
        return
    if file.exists():
        raise Conflict(f"{file} exists already. Choose another name, so that no copy is lost.")
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as problem:
        raise NotPossible(f"{file} cannot be written: {(problem.strerror or str(problem)).lower()}.") from None
    finally:
        part.unlink(missing_ok=True)
