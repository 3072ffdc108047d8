"""Comes before everything else in an application that is measured: notes each query to SQLite, and how long it took.

Found by Python itself under the name `sitecustomize`. What it notes is beside it, a line for each query: `asked`, and
`took` with milliseconds.
"""

import sqlite3
import time
from typing import Any

TARGET = f"{__file__.rpartition('/')[0]}/queries.txt"
connects = sqlite3.connect


def note(line: str) -> None:
    with open(TARGET, "a", encoding="utf-8") as file:  # noqa: PTH123 - as little as may be is loaded here
        file.write(f"{line}\n")


def asks(statement: object) -> bool:
    return str(statement).lstrip(" \t\r\n(")[:6].upper().startswith(("SELECT", "WITH"))


def asked(statement: str) -> None:
    if asks(statement):
        note("asked")


class Cursor(sqlite3.Cursor):
    """What is asked, from the question until its last row that was fetched."""

    spent, asks = 0.0, False

    def _timed(self, do: Any, *given: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return do(*given, **more)
        finally:
            self.spent += time.perf_counter() - began

    def _told(self) -> None:
        if self.asks:
            note(f"took {self.spent * 1000:.3f}")
        self.spent, self.asks = 0.0, False

    def execute(self, *given: Any, **more: Any) -> Any:
        self._told()
        self.asks = asks(given[0]) if given else False
        return self._timed(super().execute, *given, **more)

    def fetchone(self) -> Any:
        return self._timed(super().fetchone)

    def fetchmany(self, *given: Any, **more: Any) -> Any:
        return self._timed(super().fetchmany, *given, **more)

    def fetchall(self) -> Any:
        return self._timed(super().fetchall)

    def __next__(self) -> Any:
        return self._timed(super().__next__)

    def close(self) -> None:
        self._told()
        super().close()

    def __del__(self) -> None:
        self._told()


class Connection(sqlite3.Connection):
    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *given: Any) -> Any:
        return self.cursor().execute(*given)


def connect(*given: Any, **more: Any) -> Any:
    """The real one, and heard from then on. Whoever has a kind of connection of their own keeps it, untimed."""
    if len(given) <= 5:  # noqa: PLR2004 - the sixth is the kind of connection
        more.setdefault("factory", Connection)
    made = connects(*given, **more)
    made.set_trace_callback(asked)
    return made


sqlite3.connect = sqlite3.dbapi2.connect = connect
