"""What an application wrote down meanwhile: rows in its SQLite files, lines in its logs, entries at an audit address.

Its files may have been made to harm whoever reads them: they are copied, bounded, and nothing in them runs.
"""

import json
import os
import re
import secrets
import sqlite3
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from orchestrator.evidence.places import NOT_OURS
from orchestrator.evidence.ready import made_up

Record = Mapping[str, Any]  # where in it, and what stands there
HEAD = b"SQLite format 3\0"
BIGGEST, MOST_ROWS, MOST_FILES, MOST_STEPS = 64 << 20, 5_000, 12, 2_000
# SQLite itself puts the name of a table into the question about it (%w): whatever that name is, it stays one.
NEWEST = """
select name, printf('select rowid, * from "%w" order by rowid desc limit %d', name, ?) from sqlite_master
where type = 'table' and sql not like 'create virtual%'
"""
PAIR = re.compile(r'([A-Za-z_@][\w.@-]*)=("(?:[^"\\]|\\.)*"|\S*)')
FEWEST_PAIRS = 3
LOGS = (".log", ".jsonl", ".ndjson")


def parsed(line: str) -> Record | None:
    """A line of a log as its parts: a JSON object, or logfmt; None where it is prose."""
    text = line.strip()
    if text.startswith("{"):
        with suppress(ValueError, RecursionError):
            said = json.loads(text)
            return dict(made_up.leaves(said)) if isinstance(said, dict) else None
        return None
    pairs = PAIR.findall(text)
    if len(pairs) >= FEWEST_PAIRS and not PAIR.sub("", text).strip():
        return {f".{name}": value.strip('"') for name, value in pairs}
    return None


def entries(said: Any) -> list[Record]:
    """What an audit address tells, one record for each entry."""
    rows = said if isinstance(said, list) else next((one for one in _values(said) if isinstance(one, list)), [])
    return [dict(made_up.leaves(one)) for one in rows if isinstance(one, dict)]


def _values(said: Any) -> Sequence[Any]:
    return list(said.values()) if isinstance(said, dict) else []


def written(folders: Sequence[Path]) -> dict[str, Record]:
    """All rows of all tables, and all lines of log files, each under a name that stays the same for as long as it."""
    found: dict[str, Record] = {}
    kept = {path: content for folder in folders for path, content in _read(folder)}
    for path, content in list(kept.items())[:MOST_FILES]:
        if path.suffix in LOGS:
            lines = content.decode(errors="replace").splitlines()[-MOST_ROWS:]
            found |= {f"{path.name} {at} {line}": known for at, line in enumerate(lines) if (known := parsed(line))}
        elif content.startswith(HEAD):
            found |= _rows(path.name, content, kept.get(path.with_name(f"{path.name}-wal"), b""))
    return found


def databases(folder: Path) -> list[Path]:
    """The files of SQLite below a folder."""
    return [path for path, file in plain_files(folder, os.O_RDONLY) if os.read(file, len(HEAD)) == HEAD]


def spoil(folder: Path) -> int:
    """Write nonsense over every database there, and say how many there were."""
    found = 0
    for path, file in plain_files(folder, os.O_RDWR):
        if os.read(file, len(HEAD)) == HEAD or path.name.endswith("-wal"):
            os.pwrite(file, secrets.token_bytes(os.fstat(file).st_size), 0)
            found += not path.name.endswith("-wal")
    return found


def plain_files(folder: Path, flags: int = os.O_RDONLY) -> Iterator[tuple[Path, int]]:
    """The files below a folder into which somebody may write whom we do not trust, opened while we look at each.

    No link is followed, at the folder itself or below it, and no file that has another name as well.
    """
    with suppress(OSError):
        for at, inner, names, place in os.fwalk(folder, follow_symlinks=False):
            inner[:] = sorted(set(inner) - NOT_OURS - {".git", "__pycache__"})
            for name in sorted(names):
                with suppress(OSError):
                    file = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
                    try:
                        known = os.fstat(file)
                        if stat.S_ISREG(known.st_mode) and known.st_nlink == 1 and known.st_size <= BIGGEST:
                            yield Path(at, name), file
                    finally:
                        os.close(file)


def _read(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path, file in plain_files(folder):
        begins = os.pread(file, len(HEAD), 0)
        if path.suffix in LOGS or begins == HEAD or path.name.endswith("-wal"):
            yield path, os.pread(file, BIGGEST, 0)


def _rows(name: str, content: bytes, log: bytes) -> dict[str, Record]:
    """Of a copy: so nobody waits for us, and we for nobody."""
    with tempfile.TemporaryDirectory(prefix="rows-") as folder:
        copy = Path(folder) / "copy.db"
        copy.write_bytes(content)
        if log:
            copy.with_name("copy.db-wal").write_bytes(log)
        with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as db:
            db.execute("pragma trusted_schema = off")
            return {f"{name} {row}": cells for row, cells in _of_tables(db)}
    return {}


def _of_tables(db: sqlite3.Connection) -> Iterator[tuple[str, Record]]:
    steps = iter(range(MOST_STEPS))
    db.set_progress_handler(lambda: next(steps, None) is None, 10_000)
    for table, newest in db.execute(NEWEST, (MOST_ROWS,)).fetchall():
        with suppress(sqlite3.Error):
            rows = db.execute(newest)
            names = [str(one[0]) for one in rows.description][1:]
            for number, *values in rows:
                yield f"{table} {number}", {f".{name}": _plainly(value) for name, value in _flat(names, values)}


def _flat(names: Sequence[str], values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """With the parts of a cell that is a JSON object beside it."""
    for name, value in zip(names, values, strict=True):
        yield name, value
        if isinstance(value, str) and value.startswith("{"):
            with suppress(ValueError, RecursionError):
                yield from ((f"{name}{path}", inner) for path, inner in made_up.leaves(json.loads(value)))


def _plainly(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
