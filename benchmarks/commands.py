"""A command alone and fifty at once, beside bare transactions of the same statements, on both databases."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from _filled import fill, talking
from _measure import Caller, Figure, at_once, median, publish, spread, timed
from sqlalchemy.types import TypeEngine

from ground import postgres
from ground.server import Server
from orchestrator import clock
from orchestrator.conversation import command
from orchestrator.domain.command import Actor, Rename
from orchestrator.store import engine, migrate
from orchestrator.store.engine import Database

CALLERS, EACH, ALONE, ROUNDS = 50, 8, 200, 5
BARE = """
INSERT INTO commands (key, asked, at) VALUES (:key, :asked, :at) ON CONFLICT DO NOTHING RETURNING key
SELECT role FROM members WHERE project_id = :project AND user_id = :user
SELECT * FROM projects WHERE id = :project FOR UPDATE
UPDATE projects SET name = :name, brief = :brief, last_event = :number, last_hash = :hash, updated_at = :at
 WHERE id = :project
INSERT INTO events (project_id, number, at, actor, actor_name, channel, kind, data, hash)
 VALUES (:project, :number, :at, :user, 'Owner', 'api', 'project.renamed', :brief, :hash)
UPDATE members SET active_at = :at WHERE project_id = :project
UPDATE commands SET outcome = :brief WHERE key = :key
SELECT id, leg FROM projects WHERE step IN ('drafting', 'preparing', 'planning', 'building') AND id = :project
SELECT project_id, sequence FROM messages WHERE unanswered AND project_id = :project
"""
# A call reads who asks before, and the project for its answer afterwards.
AROUND = """
SELECT * FROM tokens JOIN users ON users.id = tokens.user_id WHERE tokens.hash = :asked
SELECT * FROM members WHERE project_id = :project AND user_id = :user
SELECT * FROM projects WHERE id = :project
SELECT * FROM gates WHERE project_id = :project AND status = 'PENDING'
SELECT * FROM phases WHERE project_id = :project ORDER BY number
"""


Do = Callable[[int, int], Awaitable[object]]


@asynccontextmanager
async def over_api(database: str | None, folder: Path) -> AsyncIterator[tuple[Do, Caller]]:
    """How to give a command to a server of its own, and a caller of it."""
    server = Server(folder / "data", database, rate_limits="off")
    projects = await fill(server.data, server.token, CALLERS, database)
    async with server:
        callers = [await Caller.at(server.port, server.token) for _ in projects]

        async def rename(who: int, number: int) -> None:
            await callers[who].call("PATCH", f"/api/v1/projects/{projects[who]}", {"name": f"Name {number}"})

        yield rename, callers[0]


@asynccontextmanager
async def opened(database: str | None, folder: Path) -> AsyncIterator[tuple[Database, list[str], Actor]]:
    """A database without a server, with a project for each caller."""
    folder.mkdir()
    connected = engine.connect(database, folder)
    await migrate.upgrade(connected)
    writes = engine.writing(connected, lambda _id: None, seal=b"s" * 32)
    await fill(folder, "po_" + "t" * 40, 0, database)
    async with writes() as db, db.begin():
        owner = Actor(str(await db.scalar(sa.text("SELECT id FROM users"))), "Owner", "api")
        projects = [(await talking(db, owner, "Project")).id for _ in range(CALLERS)]
    yield connected, projects, owner
    await connected.dispose()


@asynccontextmanager
async def through_the_door(database: str | None, folder: Path) -> AsyncIterator[Do]:
    """How to perform a command in this process, without a server around it."""
    async with opened(database, folder) as (connected, projects, owner):
        writes = engine.writing(connected, lambda _id: None, seal=b"s" * 32)

        async def rename(who: int, number: int) -> None:
            async with writes() as db, db.begin():
                await command.once(db, Rename(projects[who], f"Name {number}"), owner, f"{who}-{number}")

        yield rename


@asynccontextmanager
async def bare(database: str | None, folder: Path, statements: str) -> AsyncIterator[Do]:
    """How to run a transaction of the same statements, with nothing of ours around them."""
    async with opened(database, folder) as (connected, projects, owner):
        lock = "" if connected.writer.dialect.name == "sqlite" else " FOR UPDATE"
        lines = statements.strip().replace("\n ", " ").replace(" FOR UPDATE", lock).splitlines()
        texts = [sa.text(line).bindparams(*_typed(line)) for line in lines]
        wanted = [(text, tuple(text.compile().params)) for text in texts]

        async def transaction(who: int, number: int) -> None:
            values = {
                "project": projects[who],
                "user": owner.user_id,
                "name": f"Name {number}",
                "brief": {"a": "b"},
                "number": number + 5,
                "key": f"{who}-{number}",
                "asked": "x" * 80,
                "at": clock.now(),
                "hash": b"h" * 32,
            }
            async with connected.writer.begin() as connection:
                for text, names in wanted:
                    await connection.execute(text, {name: values[name] for name in names})

        yield transaction


def _typed(line: str) -> list[sa.BindParameter[Any]]:
    typed: dict[str, TypeEngine[Any]] = {"brief": sa.JSON(), "at": sa.DateTime(timezone=True), "hash": sa.LargeBinary()}
    return [sa.bindparam(name, type_=kind) for name, kind in typed.items() if f":{name}" in line]


async def figures(name: str, databases: Sequence[str | None], folder: Path) -> list[Figure]:
    async with (
        bare(databases[0], folder / "bare", BARE) as transaction,
        through_the_door(databases[1], folder / "door") as door,
        over_api(databases[2], folder) as (api, caller),
        bare(databases[3], folder / "more", BARE.rstrip() + AROUND) as longer,
    ):
        alone = await timed(lambda number: api(0, number), ALONE)
        empty = await timed(lambda _: caller.call("GET", "/health"), ALONE)
        for do in (transaction, door, longer, api):  # the first ones find nothing prepared
            await at_once(do, CALLERS, EACH, first=EACH * ROUNDS)
        rounds = [  # in turns, so that what else goes on meets all of them
            [await at_once(do, CALLERS, EACH, first=EACH * turn) for do in (transaction, door, longer, api)]
            for turn in range(ROUNDS)
        ]
    bottom, in_process, with_reads, over_http = (median(column) for column in zip(*rounds, strict=True))
    shares = [f"{median([one[at] / one[at - 1] for one in rounds]):.0%} of bare" for at in (1, 3)]
    many = f"{CALLERS} at once"
    return [
        Figure(
            f"a command over the API, alone, on {name}", "10 ms", *spread(alone), f"empty answer {spread(empty)[0]}"
        ),
        Figure(f"{many} through the door, on {name}", "60 % of bare", f"{in_process:.0f} a second", "", shares[0]),
        Figure(f"{many} over the API, on {name}", "60 % of bare", f"{over_http:.0f} a second", "", shares[1]),
        Figure(f"bare transactions, on {name}", "", f"{bottom:.0f} a second"),
        Figure(f"bare, with what a call reads before and after, on {name}", "", f"{with_reads:.0f} a second"),
    ]


async def main() -> None:
    with tempfile.TemporaryDirectory() as name, postgres.running() as cluster:
        found = []
        for kind in ("SQLite", "PostgreSQL"):
            folder = Path(name) / kind
            folder.mkdir()
            wanted = ("bare", "door", "api", "more")
            databases = [await cluster.create(each) if kind == "PostgreSQL" else None for each in wanted]
            found += await figures(kind, databases, folder)
    publish("commands", found)


if __name__ == "__main__":
    asyncio.run(main())
