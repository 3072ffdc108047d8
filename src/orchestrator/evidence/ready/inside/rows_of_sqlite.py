"""Looks into a database of SQLite, or puts rows into its empty tables. Needs nothing but Python itself."""

import json
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

OWN = {"alembic_version", "django_migrations", "schema_migrations"}
ROWS = 3
VALUES = (
    ("INT", lambda at: at),
    ("BOOL", lambda at: at % 2),
    ("DATETIME", lambda at: f"2026-01-0{at} 12:00:00"),
    ("TIMESTAMP", lambda at: f"2026-01-0{at} 12:00:00"),
    ("DATE", lambda at: f"2026-01-0{at}"),
    ("TIME", lambda at: f"12:00:0{at}"),
    ("REAL", lambda at: at + 0.5),
    ("FLOA", lambda at: at + 0.5),
    ("DOUB", lambda at: at + 0.5),
    ("NUM", lambda at: at),
    ("DEC", lambda at: at),
    ("JSON", lambda at: json.dumps({"at": at})),
    ("BLOB", lambda at: bytes([at])),
    ("UUID", lambda at: f"00000000-0000-4000-8000-00000000000{at}"),
    ("CHAR(32)", lambda at: f"0000000000004000800000000000000{at}"),
)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def tables(db: sqlite3.Connection) -> dict[str, str]:
    rows = db.execute("select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    return {name: sql or "" for name, sql in rows if name not in OWN}


def value(kind: str, at: int, sql: str, name: str) -> Any:
    allowed = re.search(rf"[\"`\[]?{re.escape(name)}[\"`\]]?\s+IN\s*\(([^)]*)\)", sql, re.IGNORECASE)
    if allowed and (words := re.findall(r"'((?:[^']|'')*)'", allowed[1])):
        return words[at % len(words)]
    known = next((make for word, make in VALUES if word in kind.upper()), None)
    return known(at) if known else f"row {at}"


def parents(db: sqlite3.Connection, table: str) -> dict[str, tuple[str, str]]:
    """Column by column, the table and column that it points to."""
    rows = db.execute(f"pragma foreign_key_list({quoted(table)})").fetchall()
    return {row[3]: (row[2], row[4] or "rowid") for row in rows}


def fill(db: sqlite3.Connection) -> None:
    """Rows for each table in which there are none, those first to which others point."""
    known = tables(db)
    for _ in range(len(known)):
        for table, sql in known.items():
            if db.execute(f"select 1 from {quoted(table)} limit 1").fetchone():  # noqa: S608 - quoted
                continue
            for at in range(1, ROWS + 1):
                try:
                    one(db, table, sql, at)
                except sqlite3.Error:
                    break
    db.commit()


def one(db: sqlite3.Connection, table: str, sql: str, at: int) -> None:
    points = parents(db, table)
    given = {}
    for _, name, kind, needed, default, _key, *hidden in db.execute(f"pragma table_xinfo({quoted(table)})").fetchall():
        if hidden and hidden[0]:
            continue
        if name in points:
            target, column = points[name]
            row = db.execute(f"select {quoted(column)} from {quoted(target)} limit 1 offset ?", (at - 1,)).fetchone()  # noqa: S608 - quoted
            if row or needed:
                given[name] = row[0] if row else None
        elif default is None or needed:
            given[name] = value(kind, at, sql, name)
    names, marks = ", ".join(map(quoted, given)), ", ".join("?" * len(given))
    db.execute(f"insert into {quoted(table)} ({names}) values ({marks})", list(given.values()))  # noqa: S608 - quoted


def unindexed(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns that point to other tables, and by which nothing can be found quickly."""
    first = set()
    for index in db.execute(f"pragma index_list({quoted(table)})").fetchall():
        columns = db.execute(f"pragma index_info({quoted(index[1])})").fetchall()
        first |= {row[2] for row in columns if row[0] == 0}
    keys = {row[1]: row[5] for row in db.execute(f"pragma table_info({quoted(table)})").fetchall()}
    first |= {name for name, place in keys.items() if place == 1}
    return [f"{table}.{name}" for name in parents(db, table) if name not in first]


def seen(db: sqlite3.Connection) -> dict[str, Any]:
    known = tables(db)
    return {
        "rows": {name: db.execute(f"select count(*) from {quoted(name)}").fetchone()[0] for name in known},  # noqa: S608 - quoted
        "shape": {
            name: sorted((row[1], row[2].upper(), row[3]) for row in db.execute(f"pragma table_info({quoted(name)})"))
            for name in known
        },
        "points": sum(len(parents(db, name)) for name in known),
        "unindexed": [one for name in known for one in unindexed(db, name)],
    }


def main(action: str, path: str, report: str) -> None:
    db = sqlite3.connect(path, timeout=10)
    if action == "fill":
        fill(db)
    Path(report).write_text(json.dumps(seen(db)), "utf-8")
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
