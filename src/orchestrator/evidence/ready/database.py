"""Whether a project keeps data in a database, and in which: by what its code takes in, needs and says."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence.places import WORDS, beside_tests
from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready import blocks, needs, product
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.stack import Language

SERVERS = {
    *("psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000", "pymysql", "mysqlclient", "aiomysql"),
    *("asyncmy", "mysql-connector-python", "oracledb", "pyodbc", "pg", "mysql", "mysql2", "postgres"),
    *("tedious"),
}
OTHERS = {
    *("sqlalchemy", "sqlite3", "aiosqlite", "sqlmodel", "peewee", "tortoise", "tortoise-orm", "django"),
    *("pony", "dataset", "databases", "piccolo", "duckdb", "pymongo", "motor", "beanie", "mongoengine"),
    *("flask_sqlalchemy", "flask-sqlalchemy", "better-sqlite3", "knex", "sequelize", "typeorm", "prisma"),
    *("@prisma/client", "mongoose", "mongodb", "drizzle-orm", "records", "edgedb", "redis", "ioredis"),
    *("shelve", "dbm"),
}
SAID = re.compile(
    r"sqlite|postgres|mysql|mariadb|mongo|database_url|dynamodb|firestore|supabase|oracle|mssql|\bselect .{1,80} from\b"
    r"|create table", re.IGNORECASE,
)  # fmt: skip
ENGINES = {
    *("create_engine", "create_async_engine", "create_pool", "ConnectionPool", "AsyncConnectionPool"),
    *("engine_from_config", "async_engine_from_config", "SimpleConnectionPool", "ThreadedConnectionPool"),
}
SIZES = {"pool_size", "max_size", "maxsize", "maxconn", "max_overflow"}
NONE = "It keeps nothing in a database."


@dataclass(frozen=True, slots=True)
class Kept:
    """`names` are what speaks for a database; `server` is one that others connect to as well."""

    names: tuple[str, ...] = ()
    server: str = ""
    unsure: str = ""  # why it cannot be said that there is none


def kept(look: Look) -> Kept:
    """What speaks for a database."""
    used = blocks.taken_in(look.texts) | {one.lower() for one in blocks.needed(look.texts)}
    used |= needs.needs(look.texts).names
    names = tuple(sorted(used & (SERVERS | OTHERS)))
    server = next((name for name in names if name in SERVERS), "")
    return Kept(names, server, "" if names else _unsure(look))


def _unsure(look: Look) -> str:
    if look.stack.language is Language.OTHER:
        return look.stack.unknown
    for path, text in look.texts.items():
        if not path.endswith(tuple(WORDS)) and not beside_tests(path) and (found := SAID.search(text)):
            return f"{path} speaks of “{found[0][:30]}”, but how it keeps its data could not be found."
    if blocks.by_name(look.texts):
        return "Its code takes things in by names that only show while it runs, so a database may be among them."
    return ""


def without(look: Look) -> Found | None:
    """The answer where there is no database; None where there is one."""
    found = kept(look)
    if found.names:
        return None
    if found.unsure:
        return unchecked(found.unsure)
    code = [path for path in look.tree if path.endswith((".py", ".js", ".ts", ".mjs"))] or list(look.tree)
    return not_needed(NONE, look.read(code[:50]))


async def pooled(look: Look) -> Found:
    """Prove it by the place in the code where the connections are made, with a limit that is written there."""
    if odd := without(look):
        return odd
    found = kept(look)
    if look.stack.language is not Language.PYTHON:
        return unchecked("There is no checker for pools of connections in this language yet.")
    made = list(engines(look.texts))
    if not found.server and {"sqlite3", "aiosqlite"} & set(found.names) and not made:
        return not_needed("It keeps its data in a file beside it, so there are no connections to share.", _code(look))
    if not made:
        return unchecked("Where it connects to its database could not be found.")
    for path, why in made:
        if why:
            return (unchecked if why.startswith("?") else failed)(f"{path} {why.lstrip('?')}.", look.read([path]))
    return proven(f"{made[0][0]} shares connections, with a limit.", look.read({path for path, _ in made}))


def _code(look: Look) -> Evidence:
    return look.read(sorted(product.files(look.texts))[:50])


def engines(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where connections are made, and what is the matter there; a reason that begins with ? cannot be judged."""
    for path in product.files(texts):
        if "migrations/" in path or "alembic/" in path or path.endswith("env.py"):
            continue
        for node in ast.walk(tree) if (tree := module(texts[path])) else ():
            if isinstance(node, ast.Call) and _name(node.func) in ENGINES:
                yield path, _wrong(node)


def _wrong(call: ast.Call) -> str:
    given = {one.arg: one.value for one in call.keywords if one.arg}
    if "poolclass" in given and _name(given["poolclass"]) in {"NullPool", "AssertionPool"}:
        return "opens a new connection each time"
    for name in SIZES & given.keys():
        value = given[name]
        nothing = name != "max_overflow" and isinstance(value, ast.Constant) and value.value in {0, None}
        if nothing or isinstance(value, ast.UnaryOp):
            return "sets no limit to its connections"
    if SIZES & given.keys():
        return ""
    if any(one.arg is None for one in call.keywords):
        return "?hands on settings for its connections that could not be followed"
    return "says nothing about how many connections it may open"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


PROOFS = (Proof("P3", pooled),)
