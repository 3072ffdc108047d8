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


INSERT = 'insert into "%w" (%s) values (%s)'


def about(db: sqlite3.Connection, form: str, *names: str) -> str:
    """A statement about these tables and columns: SQLite itself puts their names in (%w), so that they stay names."""
    return str(db.execute(f"select printf(?{', ?' * len(names)})", (form, *names)).fetchone()[0])


def asked(db: sqlite3.Connection, form: str, *names: str) -> list[tuple[Any, ...]]:
    return db.execute(about(db, form, *names)).fetchall()


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
    return {row[3]: (row[2], row[4] or "rowid") for row in asked(db, 'pragma foreign_key_list("%w")', table)}


def fill(db: sqlite3.Connection) -> None:
    """Rows for each table in which there are none, those first to which others point."""
    known = tables(db)
    for _ in range(len(known)):
        for table, sql in known.items():
            if asked(db, 'select 1 from "%w" limit 1', table):
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
    for _, name, kind, needed, default, _key, *hidden in asked(db, 'pragma table_xinfo("%w")', table):
        if hidden and hidden[0]:
            continue
        if name in points:
            target, column = points[name]
            row = db.execute(about(db, 'select "%w" from "%w" limit 1 offset ?', column, target), (at - 1,)).fetchone()
            if row or needed:
                given[name] = row[0] if row else None
        elif default is None or needed:
            given[name] = value(kind, at, sql, name)
    names = ", ".join(about(db, '"%w"', name) for name in given)
    marks = ", ".join("?" * len(given))
    db.execute(about(db, INSERT, table, names, marks), list(given.values()))


def unindexed(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns that point to other tables, and by which nothing can be found quickly."""
    first = set()
    for index in asked(db, 'pragma index_list("%w")', table):
        first |= {row[2] for row in asked(db, 'pragma index_info("%w")', index[1]) if row[0] == 0}
    keys = {row[1]: row[5] for row in asked(db, 'pragma table_info("%w")', table)}
    first |= {name for name, place in keys.items() if place == 1}
    return [f"{table}.{name}" for name in parents(db, table) if name not in first]


def seen(db: sqlite3.Connection) -> dict[str, Any]:
    known = tables(db)
    return {
        "rows": {name: asked(db, 'select count(*) from "%w"', name)[0][0] for name in known},
        "shape": {
            name: sorted((row[1], row[2].upper(), row[3]) for row in asked(db, 'pragma table_info("%w")', name))
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
