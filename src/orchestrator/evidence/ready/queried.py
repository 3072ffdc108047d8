"""Whether a database is asked sparingly: as often for a list of many things as for one of few, and quickly."""

import asyncio
import json
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.contain import walls
from orchestrator.domain.ready.report import Evidence, State
from orchestrator.errors import NotPossible
from orchestrator.evidence import reports
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import asked as asking
from orchestrator.evidence.ready import database, migrations, people, python, things, traces
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.words import counted, listed

WATCHER = python.INSIDE / "queries_of_sqlite.py"
WATCH, QUERIES = "watch", "watch/queries.txt"  # below the place: the watcher's folder, and what it writes
MORE, MAKE_S, LISTED = 30, 45.0, 5  # things made for the second look; at least so many of them must be seen
LOOKS, MOST_FILES = 3, 3
STEADY = 2  # queries more than before that are no pattern
SLOWEST_MS = 100.0
NO_LIST = "No address lists what people make, so it was not seen how often the database is asked for it."
NOT_SEEN = "What it asks its database could not be seen."
NOTHING_MADE = "Nothing could be made in it, so it was not seen how often the database is asked for many things."


@dataclass(frozen=True, slots=True)
class Listing:
    """An address that lists things: how often the database was asked for it, and how many of our things it showed."""

    path: str
    queries: int
    shown: int


@dataclass(frozen=True, slots=True)
class Measured:
    """`points` and `unindexed` are of the tables that it used."""

    few: Mapping[str, Listing]
    many: Mapping[str, Listing]
    p95: float | None  # milliseconds
    points: int
    unindexed: tuple[str, ...]
    evidence: Evidence


async def sparing(look: Look) -> Found:
    """Prove it by its tables, and by the running application with few things in it and with many."""
    tables = await migrations.indexed(look)
    if tables.state is not State.NOT_CHECKED or database.without(look):
        return tables
    if look.stack.language is not Language.PYTHON or not asking.serves(look):
        return unchecked(f"{tables.sentence} {NOT_SEEN}")
    try:
        return _judged(await look.once("queries", measured), tables)
    except NotPossible as why:
        return unchecked(f"{tables.sentence} {why}")


def _judged(found: Measured, tables: Found) -> Found:
    if found.unindexed:
        lacks = migrations.pointing(len(found.unindexed), "no index")
        return failed(f"{lacks}: {listed(found.unindexed)}.", found.evidence)
    seen = [path for path in found.many if found.many[path].shown >= LISTED and found.few[path].queries]
    if not seen:
        return unchecked(NO_LIST, found.evidence)
    for path in seen:
        few, many = found.few[path], found.many[path]
        grown, more = many.queries - few.queries, many.shown - few.shown
        told = f"GET {path} asks its database {counted(many.queries, 'time')} for {counted(many.shown, 'thing')}"
        if grown > STEADY and grown * 2 >= more:
            return failed(f"{told}, and {counted(few.queries, 'time')} for {few.shown}.", found.evidence)
        if grown > STEADY:
            return unchecked(f"{told}, and {counted(few.queries, 'time')} for {few.shown}; why is not clear.")
    if found.p95 is not None and found.p95 > SLOWEST_MS:
        return failed(f"It waits for its database: p95 {found.p95:.0f} ms.", found.evidence)
    path = seen[0]
    waits = f", and waits {found.p95:.1f} ms at most (p95)" if found.p95 is not None else ""
    return proven(
        f"GET {path} asks its database {counted(found.many[path].queries, 'time')} for "
        f"{counted(found.many[path].shown, 'thing')} as for {found.few[path].shown}{waits}. {_indexes(found.points)}",
        found.evidence,
        *tables.evidence,
    )


def _indexes(points: int) -> str:
    if not points:
        return "None of its columns points to another table."
    return f"{migrations.pointing(points, 'an index')}."


async def measured(look: Look) -> Measured:
    """Start it once more, with somebody who listens to what it asks. Raises NotPossible where nothing is heard."""
    interpreter = await look.once("interpreter", apps.interpreter_of)
    start = _watched(await apps.how(look, interpreter), look.place.folder)
    data = look.place.folder / apps.DATA
    await asyncio.to_thread(_fresh, look.place.folder, data)
    look.place.say("Counting what it asks its database")
    async with apps.running(look.place, start) as app, asking.conversation(look, app, interpreter) as asked:
        who = await people.anybody(asked)
        made = await things.all_made(who, asked)
        if not made:
            raise NotPossible(NOTHING_MADE)
        marks = {one.mark for one in made}
        few = await _listings(asked, who, marks)
        marks |= await _more(who, made)
        many = await _listings(asked, who, marks)
        took = _took(look.place.folder / QUERIES)
        if not any(one.queries for one in many.values()):
            raise NotPossible(NOT_SEEN)
        points, unindexed = await _tables(look, data)
        said = "\n".join(f"GET {path}: {few[path].queries}, then {many[path].queries}" for path in many)
        evidence = asked.seen("each list, with few things and many", said=said)
    await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)  # who starts it next begins with nothing
    return Measured(few, many, took, points, unindexed, evidence)


def _watched(start: apps.Start, folder: Path) -> apps.Start:
    """The same, where Python finds the watcher first; also where the words themselves say where it is to look."""
    watch = str(folder / WATCH)
    words = tuple(
        f"PYTHONPATH={watch}:{word.partition('=')[2]}" if word.startswith("PYTHONPATH=") else word
        for word in start.command
    )
    path = ":".join(filter(None, (watch, start.env.get("PYTHONPATH", ""))))
    return replace(start, command=words, env={**start.env, "PYTHONPATH": path})


def _fresh(folder: Path, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    (folder / WATCH).mkdir(exist_ok=True)
    shutil.copyfile(WATCHER, folder / WATCH / "sitecustomize.py")
    (folder / QUERIES).write_text("")


async def _listings(asked: Asked, who: Person, marks: set[str]) -> dict[str, Listing]:
    return {path: await _listing(asked, who, path, marks) for path in things.readable(asked)}


async def _listing(asked: Asked, who: Person, path: str, marks: set[str]) -> Listing:
    """The fewest queries of several looks: what goes on by itself meanwhile is not the list's."""
    file, counts, text = asked.look.place.folder / QUERIES, [], ""
    for _ in range(LOOKS):
        before = _count(file)
        text = (await who.ask("GET", path)).text
        counts.append(_count(file) - before)
    return Listing(path, min(counts), sum(mark in text for mark in marks))


async def _more(who: Person, made: list[things.Thing]) -> set[str]:
    """Many more of the same, as far as there is time; what lies in others lies in the same one."""
    until = time.monotonic() + MAKE_S
    marks: set[str] = set()
    for _ in range(MORE):
        for one in made:
            if time.monotonic() < until and (thing := await things.make(who, one.made_by, made)):
                marks.add(thing.mark)
    return marks


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8", errors="replace").splitlines()


def _count(file: Path) -> int:
    return _lines(file).count("asked")


def _took(file: Path) -> float | None:
    """The 95th of 100, in milliseconds; None where it has its own way to ask, which is counted only."""
    told = sorted(_figures(_lines(file)))
    return told[int(len(told) * 0.95)] if told else None


def _figures(lines: list[str]) -> list[float]:
    found = []
    for line in lines:
        with suppress(ValueError):
            if line.startswith("took "):
                found.append(float(line.removeprefix("took ")))
    return found


async def _tables(look: Look, data: Path) -> tuple[int, tuple[str, ...]]:
    """Of the tables that it made: how many columns point elsewhere, and which of them have no index."""
    points = 0
    unindexed: list[str] = []
    for file in (await asyncio.to_thread(traces.databases, data))[:MOST_FILES]:
        report = look.place.home / "tables.json"
        command = (*walls.python()[0], str(migrations.ROWS), "look", str(file), str(report))
        await look.place.run("look into its database", command, cwd=look.place.home, seconds=60)
        said = json.loads(reports.content(report) or "{}")
        points += said.get("points", 0)
        unindexed += said.get("unindexed", [])
    return points, tuple(unindexed)


PROOFS = (Proof("P2", sparing),)
