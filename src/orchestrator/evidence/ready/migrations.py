"""Whether data moves to the next version and back: its migrations are run, up, down and up, with rows in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.contain import walls
from orchestrator.domain.ready.report import Evidence
from orchestrator.errors import NotPossible
from orchestrator.evidence import reports, repository
from orchestrator.evidence.declared import FILE
from orchestrator.evidence.ready import database, python, told
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.words import counted, listed

MOVER, ROWS = python.INSIDE / "migrations_of_alembic.py", python.INSIDE / "rows_of_sqlite.py"
ADDRESSES = ("DATABASE_URL", "DB_URL", "SQLALCHEMY_DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "DATABASE_URI", "DB_DSN")
MOST_STEPS, EACH_S = 12, 60
REVISION = re.compile(r"^down_revision\b.*?^def upgrade\(", re.MULTILINE | re.DOTALL)
OTHER_KINDS = ("manage.py", "knexfile.js", "knexfile.ts", "prisma/schema.prisma", "flyway.conf")


@dataclass(frozen=True, slots=True)
class Seen:
    """A database as we found it: rows by table, its shape, and columns that point elsewhere without an index."""

    rows: Mapping[str, int]
    shape: Mapping[str, Any]
    points: int
    unindexed: tuple[str, ...]


@dataclass(slots=True)
class Moved:
    """What came of the migrations. `problem` is a sentence where something is the matter."""

    steps: int = 0
    tables: int = 0
    problem: str = ""
    top: Seen | None = None
    evidence: list[Evidence] = field(default_factory=list)


class Stuck(Exception):
    """They do not do what they should; the sentence says it."""


@dataclass(slots=True)
class Trial:
    """A database of ours, and how it is moved."""

    look: Look
    made: python.Environment
    copy: Path
    ini: str
    file: Path
    url: str
    moved: Moved

    async def move(self, action: str, target: str) -> Ran:
        roots = [str(self.copy / root) for root in self.made.roots]
        command = (self.made.python, "-I", str(MOVER), action, self.ini, self.url, target, *roots)
        env = {**dict.fromkeys(ADDRESSES, self.url), "PATH": self.made.variables(self.copy)["PATH"]}
        return await self.look.place.run(f"migrations {action}", command, cwd=self.copy, env=env, seconds=EACH_S)

    async def surely(self, action: str, target: str, sentence: str) -> None:
        ran = await self.move(action, target)
        if not ran.ok:
            self.moved.evidence.append(self.look.ran(ran))
            raise Stuck(sentence)

    async def rows(self, action: str) -> Seen:
        """Looked at by a program of ours, which the project has no part in."""
        report = self.look.place.home / "rows.json"
        bare = walls.python()[0]
        command = (*bare, str(ROWS), action, str(self.file), str(report))
        await self.look.place.run("look into the database", command, cwd=self.look.place.home, seconds=EACH_S)
        said = json.loads(reports.content(report) or "{}")
        if not said:
            raise NotPossible("The database that its migrations made could not be looked into.")
        return Seen(said["rows"], said["shape"], said["points"], tuple(said["unindexed"]))


async def moved(look: Look) -> Moved:
    return await look.once("migrations", _moved)


async def _moved(look: Look) -> Moved:
    found = Moved()
    trial = await _trial(look, found)
    try:
        await _tried(trial, found)
    except Stuck as why:
        found.problem = str(why)
    return found


async def _trial(look: Look, found: Moved) -> Trial:
    way = _way(look)
    made = await python.environment(look)
    if not made.has("alembic"):
        raise NotPossible("It has migrations of Alembic, but does not ask for Alembic itself.")
    home = look.place.home / "migrations"
    await repository.checkout(look.source, look.commit, home / "copy")
    inner, _, name = way.rpartition("/") if way.endswith(".ini") else ("", "", way)
    driver = "+aiosqlite" if any("async_engine" in text for text in look.files("*env.py").values()) else ""
    file = home / "trial.db"
    return Trial(look, made, home / "copy" / inner, name, file, f"sqlite{driver}:///{file}", found)


def _way(look: Look) -> str:
    """The alembic.ini by which they are run, or the folder that is declared instead; empty where there is neither."""
    if ini := next((path for path in sorted(look.texts) if path.rpartition("/")[2] == "alembic.ini"), ""):
        return ini
    folder = told.told(look.texts).migrations
    return folder if f"{folder}/env.py" in look.texts else ""


async def _tried(trial: Trial, found: Moved) -> None:
    target = trial.look.place.home / "steps.json"
    await trial.surely("list", str(target), "Its migrations cannot be read.")
    known = json.loads(reports.content(target) or "{}")
    if len(known["heads"]) != 1:
        raise Stuck(f"Its migrations have {len(known['heads'])} ends instead of one.")
    steps = known["steps"]
    found.steps = len(steps)
    chosen = steps if len(steps) <= MOST_STEPS else [steps[-MOST_STEPS], *steps[-MOST_STEPS + 1 :]]
    found.top = await _up(trial, chosen)
    found.tables = len(found.top.rows)
    await _down(trial, chosen)
    again = await _again(trial)
    if again.shape != found.top.shape:
        raise Stuck("After going down and up again, the tables are not the same as before.")


async def _up(trial: Trial, steps: list[str]) -> Seen:
    before = None
    for number, step in enumerate(steps, 1):
        await trial.surely("up", step, f"Its migrations do not go up: {step} fails{_with(before)}.")
        if not trial.file.exists():
            raise NotPossible("Its migrations do not go to the database that they are told of, so they were not tried.")
        now = await trial.rows("look")
        _lost(before, now, step, "up")
        before = await trial.rows("fill")
        if number == len(steps) and not before.rows:
            raise NotPossible("Its migrations make no tables on SQLite, so they were not tried.")
    assert before is not None
    if not any(before.rows.values()):
        raise NotPossible("No rows could be put into its tables, so its migrations were not tried with data.")
    return before


def _with(before: Seen | None) -> str:
    return " with data in the tables" if before and any(before.rows.values()) else ""


def _lost(before: Seen | None, now: Seen, step: str, way: str) -> None:
    for table, count in (before.rows if before else {}).items():
        if now.rows.get(table, count) < count:
            raise Stuck(f"Going {way} by {step} loses rows of the table {table}.")


async def _down(trial: Trial, steps: list[str]) -> None:
    before = await trial.rows("look")
    for at in range(len(steps) - 1, -1, -1):
        target = steps[at - 1] if at else "base"
        await trial.surely("down", target, f"Its migrations cannot go down: {steps[at]} fails with data in the tables.")
        now = await trial.rows("look")
        _lost(before, now, steps[at], "down")
        before = now
    if before.shape:
        raise Stuck(f"Going down leaves tables behind: {listed(sorted(before.shape))}.")


async def _again(trial: Trial) -> Seen:
    await trial.surely("up", "head", "After going down, its migrations do not go up again.")
    return await trial.rows("look")


async def both_ways(look: Look) -> Found:
    """Prove it by going up, down and up again with rows in the tables."""
    if odd := database.without(look):
        return odd
    if not _way(look):
        if other := next((path for path in OTHER_KINDS if path in look.texts), ""):
            return unchecked(f"There is no checker for migrations by {other} yet.")
        if own := next(
            (path for path, text in look.texts.items() if REVISION.search(text) and path.endswith(".py")), ""
        ):
            return unchecked(
                f"There are migrations such as {own}, but no alembic.ini with which we could run them, "
                f"and no folder under [migrations] in {FILE}."
            )
        return failed("It keeps data in a database, but has no migrations.")
    found = await moved(look)
    if found.problem:
        return failed(found.problem, *found.evidence)
    said = (
        f"{counted(found.steps, 'migration')} went up, down and up again with rows in {counted(found.tables, 'table')}"
    )
    return proven(f"{said}.", look.read([path for path in look.tree if path.endswith((".py", ".ini"))][:200], said))


async def indexed(look: Look) -> Found:
    """What is seen of its tables: whether one finds quickly what belongs together."""
    if odd := database.without(look):
        return odd
    if not _way(look):
        return unchecked("Its tables could not be looked at, because it has no migrations that we can run.")
    top = (await moved(look)).top
    if top is None:
        return unchecked("Its tables could not be looked at, because its migrations do not work.")
    if top.unindexed:
        return failed(f"{pointing(len(top.unindexed), 'no index')}: {listed(top.unindexed)}.", look.read(_ours(look)))
    return unchecked(f"{pointing(top.points, 'an index')}; queries were not measured.")


def pointing(count: int, what: str) -> str:
    """“2 columns that point to other tables have an index”."""
    verbs = ("points", "has") if count == 1 else ("point", "have")
    return f"{counted(count, 'column')} that {verbs[0]} to other tables {verbs[1]} {what}"


def _ours(look: Look) -> list[str]:
    return [path for path in look.tree if "versions/" in path and path.endswith(".py")] or sorted(look.tree)[:20]


PROOFS = (Proof("O8", both_ways),)
