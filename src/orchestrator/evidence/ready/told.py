"""What a repository says about asking it, in `.orchestrator.toml`: its people, webhooks, data, traffic. Pure.

It only adds to what we find ourselves: nothing that stands there takes a question away.
"""

import math
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.evidence.declared import FILE


@dataclass(frozen=True, slots=True)
class People:
    """Commands may have {name}, {email}, {password} and {data} in them. `token` prints what lets this person in.

    `revoke` takes away the {token} that was printed. `admin` makes somebody who may do everything.
    """

    make: tuple[str, ...] = ()
    token: tuple[str, ...] = ()
    sign_in: str = ""
    revoke: tuple[str, ...] = ()
    admin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where webhooks come in, in which variables their secrets are, in which header the signature, who may call."""

    addresses: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copies:
    """How all data is copied into the file {copy} and brought back into an empty {data}; `file` is a database in it.

    `begin` makes an installation with nothing in it yet.
    """

    file: str = ""
    begin: tuple[str, ...] = ()
    save: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return bool(self.file and self.save and self.restore)


@dataclass(frozen=True, slots=True)
class Told:
    people: People = People()
    hooks: Hooks = Hooks()
    audit: str = ""
    migrations: str = ""  # the folder of Alembic, where there is no alembic.ini: it is given a connection
    copies: Copies = Copies()
    expected: float = 0  # requests a second; 0 where nobody says


def told(texts: Mapping[str, str]) -> Told:
    """Nothing where the file is not there or cannot be read: then we are on our own."""
    try:
        known = tomllib.loads(texts.get(FILE, ""))
    except (tomllib.TOMLDecodeError, RecursionError):
        known = {}
    people, hooks, audit, load = (_table(known, name) for name in ("people", "hooks", "audit", "load"))
    moves, copies = _table(known, "migrations"), _table(known, "copies")
    return Told(
        People(
            _command(people, "make"),
            _command(people, "token"),
            _text(people, "sign_in"),
            _command(people, "revoke"),
            _command(people, "admin"),
        ),
        Hooks(*(_texts(hooks, name) for name in ("addresses", "secrets", "headers", "allowed"))),
        _text(audit, "address"),
        _text(moves, "folder").strip("/"),
        Copies(_text(copies, "file"), *(_command(copies, name) for name in ("begin", "save", "restore"))),
        _figure(load, "expected"),
    )


def _table(known: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = known.get(name)
    return found if isinstance(found, dict) else {}


def _text(table: Mapping[str, Any], name: str) -> str:
    found = table.get(name)
    return found if isinstance(found, str) else ""


def _figure(table: Mapping[str, Any], name: str) -> float:
    found = table.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return 0
    return float(found) if 0 < found < math.inf else 0


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name)
    found = [found] if isinstance(found, str) else found
    return tuple(one for one in found if isinstance(one, str) and one) if isinstance(found, list) else ()


def _command(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(_text(table, name)))
    except ValueError:
        return ()
