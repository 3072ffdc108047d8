"""What an application wrote down meanwhile: rows in its SQLite files, lines in its logs, entries at an audit address.

Its files may have been made to harm whoever reads them: they are copied, bounded, and nothing in them runs.
"""

import json
import os
import re
import shutil
import sqlite3
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
    for path in _files(folders):
        if path.suffix in LOGS:
            lines = path.read_bytes()[-BIGGEST:].decode(errors="replace").splitlines()[-MOST_ROWS:]
            found |= {f"{path.name} {at} {line}": known for at, line in enumerate(lines) if (known := parsed(line))}
        else:
            found |= _rows(path)
    return found


def _files(folders: Sequence[Path]) -> list[Path]:
    paths = [path for folder in folders for path in _below(folder) if _plain(path)]
    return [path for path in paths if path.suffix in LOGS or _begins(path) == HEAD][:MOST_FILES]


def _below(folder: Path) -> Iterator[Path]:
    for at, inner, names in os.walk(folder):
        inner[:] = sorted(set(inner) - NOT_OURS - {".git", "__pycache__"})
        yield from (Path(at, name) for name in sorted(names))


def _plain(path: Path) -> bool:
    return not path.is_symlink() and path.is_file() and path.stat().st_size <= BIGGEST


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(HEAD))


def _rows(path: Path) -> dict[str, Record]:
    """Of a copy: so nobody waits for us, and we for nobody."""
    with tempfile.TemporaryDirectory(prefix="rows-") as folder:
        copy = Path(folder) / "copy.db"
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                beside = path.with_name(path.name + ending)
                if not beside.is_symlink() and beside.stat().st_size <= BIGGEST:
                    shutil.copyfile(beside, f"{copy}{ending}")
        with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as db:
            db.execute("pragma trusted_schema = off")
            return {f"{path.name} {name}": row for name, row in _of_tables(db)}
    return {}


def _of_tables(db: sqlite3.Connection) -> Iterator[tuple[str, Record]]:
    steps = iter(range(MOST_STEPS))
    db.set_progress_handler(lambda: next(steps, None) is None, 10_000)
    tables = db.execute("select name from sqlite_master where type = 'table' and sql not like 'create virtual%'")
    for (table,) in tables.fetchall():
        quoted = str(table).replace('"', '""')
        with suppress(sqlite3.Error):
            rows = db.execute(f'select rowid, * from "{quoted}" order by rowid desc limit {MOST_ROWS}')  # noqa: S608
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
