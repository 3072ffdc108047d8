"""Rows that are only ever added: they go to the database as they are, all of a table with one statement."""

from typing import Any

from sqlalchemy import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from orchestrator.store.tables import EventRow, MessageRow, SpendRow

WAITING = "rows"  # where a session keeps them
KINDS = (EventRow, MessageRow, SpendRow)
STATEMENTS: dict[type, Insert] = {kind: insert(kind.__table__) for kind in KINDS}  # type: ignore[arg-type]


def add(db: AsyncSession, kind: type[EventRow | MessageRow | SpendRow], /, **values: Any) -> None:
    """Leave it to go along when the session next writes what it changed: so something must have changed with it.

    For rows with a life of their own there is `db.add`, which watches over each of them, and costs as much again.
    """
    db.info.setdefault(WAITING, {}).setdefault(kind, []).append(values)


def write(session: Session) -> None:
    """Add what waits, after everything that it may refer to."""
    waiting: dict[type, list[dict[str, Any]]] = session.info.pop(WAITING, {})
    for kind, rows in waiting.items():
        session.connection().execute(STATEMENTS[kind], rows)
