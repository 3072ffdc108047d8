"""Whether each change leaves a trace of who did what, and when: we change things as Ana and look what was written down.

The row of the thing itself is no trace: a trace names the person, what was done, to what, and a time that is true.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator import clock
from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence.ready import derived, made_up, people, routes, things, told, traces
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, failed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.things import Thing
from orchestrator.evidence.ready.traces import Record
from orchestrator.evidence.words import counted, short

AUDIT = re.compile(r"/(?:audit|events?|history|activity|activities|logs?|trail)\b[\w/-]*$", re.IGNORECASE)
MADE = r"(?:POST|(?i:creat|add(?:ed|s)?\b|made\b|insert|post(?:ed)?\b|\bnew\b|submit|upload|publish|start|open))"
MOVED = r"(?:PUT|PATCH|(?i:updat|chang|edit|modif|renam|replac|moved|saved|\bset\b|\bput\b|patch|archiv))"
GONE = r"(?:DELETE|(?i:delet|remov|destroy|archiv|trash|discard|revok|cancel|\bgone\b))"
DONE = {"POST": MADE, "PUT": MOVED, "PATCH": MOVED, "DELETE": GONE}
PERSON = re.compile(
    r"user|actor|who|\bby\b|_by$|person|account|owner|\bsub\b|author|principal|member|login", re.IGNORECASE
)
POINTS = re.compile(r"id$|ref|object|target|entity|resource|subject|key$", re.IGNORECASE)
SLACK = timedelta(seconds=3)
MOST, LOOKS, BETWEEN_S, LONG = 24, 10, 0.1, 6
SAID = {"who": "by whom", "what": "what was done", "which": "to what", "when": "when"}
FILED, PRINTED, ENTERED = "file", "line", "entry"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did: by which words a trace may name the person and the thing, and between which moments."""

    route: Route
    names: frozenset[str]
    ids: frozenset[str]
    thing: Thing
    word: str  # in what was handed in
    path: str
    began: datetime
    ended: datetime


@dataclass(slots=True)
class Trail:
    """What was changed, and the traces of it by their names."""

    person: Person
    done: list[Change] = field(default_factory=list)
    kept: dict[str, Record] = field(default_factory=dict)
    lacking: dict[str, tuple[str, ...]] = field(default_factory=dict)


def lacks(record: Record, change: Change) -> tuple[str, ...]:
    """Which of who, what, which and when this record does not say."""
    cells = [(key, value) for key, value in record.items() if value not in {None, ""}]
    known = {
        "who": any(_names(key, str(value), change) for key, value in cells),
        "what": any(_does(str(value), change) for _, value in cells),
        "which": any(_is_it(key, str(value), change) for key, value in cells),
        "when": any(_within(value, change) for _, value in cells),
    }
    return tuple(name for name, there in known.items() if not there)


def _names(key: str, value: str, change: Change) -> bool:
    return any(name in value for name in change.names) or (value in change.ids and bool(PERSON.search(key)))


def _does(value: str, change: Change) -> bool:
    """A word for what was done, beside what people wrote."""
    for own in (change.word, change.thing.mark, *change.names):
        value = value.replace(own, "")
    ways = DONE[change.route.method] if change.path == change.thing.path else f"{DONE[change.route.method]}|{MOVED}"
    if change.route.method == "POST" and change.path != change.thing.path:
        ways = f"{ways}|(?i:{re.escape(change.path.rstrip('/').rpartition('/')[2])})"  # such as …/publish
    return bool(re.search(ways if change.route.method != "DELETE" else GONE, value))


def _is_it(key: str, value: str, change: Change) -> bool:
    """The thing by its words, its address, or its id; a short id counts only where ids stand."""
    id, kind = re.escape(change.thing.id), re.escape(change.thing.kind)
    if any(own in value for own in (change.word, change.thing.mark)) or value.partition("?")[0].endswith(change.path):
        return True
    if value == change.thing.id:
        points = POINTS.search(key) or (kind and re.search(kind, key, re.IGNORECASE))
        return len(value) >= LONG or bool(points and not PERSON.search(key))
    return bool(kind and re.search(rf"{kind}s?[\s/:#=-]{{0,3}}(?:id[\s:#=]*)?{id}(?!\w)", value, re.IGNORECASE))


def _within(value: Any, change: Change) -> bool:
    return any(change.began - SLACK <= moment <= change.ended + SLACK for moment in moments(value))


def moments(value: Any) -> list[datetime]:
    """The times that a value may mean: seconds or milliseconds since 1970, or a date and time as usually written."""
    text = str(value).strip()
    if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}", text):
        number = float(text) / (10 ** max(0, len(text.partition(".")[0]) - 10))
        return [datetime.fromtimestamp(number, UTC)]
    try:
        found = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return []
    return [found] if found.tzinfo else [found.replace(tzinfo=UTC), found.astimezone(UTC)]


async def audited(asked: Asked) -> Found:
    if not asked.document:
        return unchecked("It does not say which addresses it has (OpenAPI), so nothing could be changed in it.")
    ana, ben = await people.two(asked)
    trail, his = Trail(ana), Trail(ben)
    await _driven(asked, trail, MOST)
    await _driven(asked, his, 1)
    later = await _seen(asked, ana, 0)
    evidence = asked.seen("what was written down for each change", said=_shown(trail))
    if trail.lacking:
        name, parts = next(iter(trail.lacking.items()))
        missing = "who did what, and when" if len(parts) == len(SAID) else " and ".join(SAID[part] for part in parts)
        return failed(f"{name} leaves no trace of {missing}.", evidence)
    if gone := [name for name, row in trail.kept.items() if name.startswith(FILED) and later.get(name) != row]:
        return failed(f"A trace was taken away or written over later: {short(gone[0], 60)}.", evidence)
    if trail.done and (his.lacking or not his.done):
        return unchecked("What another person changes could not be told from what Ana does.", evidence)
    return _enough(asked, trail, evidence)


def _enough(asked: Asked, trail: Trail, evidence: Evidence) -> Found:
    """Proven only where most of what changes things was tried, and each way of changing."""
    if not trail.done:
        return unchecked("Nothing could be changed in it by somebody who is signed in.", evidence)
    wanted = {one.name: one.method for one in things.changing(asked)}
    driven = {change.route.name for change in trail.done}
    left = wanted.keys() - driven
    if len(left) > len(driven) or {wanted[name] for name in left} - {change.route.method for change in trail.done}:
        return unchecked(f"Only {len(driven)} of {len(wanted)} addresses that change things could be tried.", evidence)
    said = f"{counted(len(trail.done), 'change')} at {len(driven)} of {len(wanted)} addresses that change things"
    return proven(f"{said}, each with a trace of who did what, and when.", evidence)


async def _driven(asked: Asked, trail: Trail, most: int) -> None:
    """Make, change and take away what can be, and look for the trace of each."""
    made: list[Thing] = []
    for route in things.makers(asked):
        if len(trail.done) < most:
            look = await _before(asked, trail.person)
            if thing := await things.make(trail.person, route, made):
                made.append(thing)
                await _traced(asked, trail, look, _change(trail.person, route, thing, thing.mark, thing.path, look))
    for thing in (*made, *await _come(asked, trail, made)):
        await _changed(asked, trail, thing, made, most)


async def _changed(asked: Asked, trail: Trail, thing: Thing, known: list[Thing], most: int) -> None:
    """All that can be done with it, and at once with what comes of that: the next thing may end it."""
    for route, path in sorted(things.about(asked, thing), key=lambda one: things.late(one[0])):
        if route.method != "GET" and len(trail.done) < most:
            look, word = await _before(asked, trail.person), made_up.mark()
            answer = await things.hand_in(trail.person, route, path, word, 1)
            if answer.is_success or answer.is_redirect:
                await _traced(asked, trail, look, _change(trail.person, route, thing, word, path, look))
                for new in await _come(asked, trail, known):
                    await _changed(asked, trail, new, known, most)


async def _come(asked: Asked, trail: Trail, known: list[Thing]) -> list[Thing]:
    """What has come into being by what was done; it is known from now on."""
    words = {change.word for change in trail.done}
    come = await derived.found(trail.person, asked, known, words)
    known += come
    return come


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood before a change."""

    known: Mapping[str, Record]
    printed: int
    at: datetime


async def _before(asked: Asked, person: Person) -> Before:
    printed = len(asked.app.log)
    known = await _seen(asked, person, printed)
    return Before(known, len(asked.app.log), clock.now())


def _change(person: Person, route: Route, thing: Thing, word: str, path: str, look: Before) -> Change:
    return Change(route, person.named, frozenset(person.ids), thing, word, path, look.at, clock.now())


async def _traced(asked: Asked, trail: Trail, look: Before, change: Change) -> None:
    """Look for its trace, a moment longer where it is not there at once."""
    trail.done.append(change)
    best: tuple[str, ...] = tuple(SAID)
    for _ in range(LOOKS):
        now = await _seen(asked, trail.person, look.printed)
        for name, record in now.items():
            if name not in look.known and name not in trail.kept:
                best = min(best, lacks(record, change), key=len)
                if not best:
                    trail.kept[name] = record
                    return
        await asyncio.sleep(BETWEEN_S)
    trail.lacking.setdefault(change.route.name, best)


async def _seen(asked: Asked, person: Person, since: int) -> dict[str, Record]:
    """All records that there are now: in its files, in what it printed since then, at its audit address."""
    folders = (asked.app.data, asked.look.place.checkout)
    rows = await asyncio.to_thread(traces.written, folders)
    found = {f"{FILED} {name}": row for name, row in rows.items()}
    found |= {f"{PRINTED} {at}": known for at, line in _lines(asked, since) if (known := traces.parsed(line))}
    for path in _audits(asked):
        answer = await person.ask("GET", path)
        if answer.is_success and "json" in answer.headers.get("content-type", ""):
            found |= {
                f"{ENTERED} {path} {sorted(one.items())!r}": one for one in traces.entries(people.said_in(answer))
            }
    return found


def _lines(asked: Asked, since: int) -> Iterator[tuple[int, str]]:
    """What it printed since then, each line with where in its log it begins, so that none counts twice."""
    at = since
    for line in bytes(asked.app.log[since:]).split(b"\n"):
        yield at, line.decode(errors="replace")
        at += len(line) + 1


def _audits(asked: Asked) -> list[str]:
    own = [one.path for one in routes.read(asked.document) if one.method == "GET" and AUDIT.search(one.path)]
    declared = told.told(asked.look.texts).audit
    return list(dict.fromkeys([declared, *(path for path in own if "{" not in path)] if declared else own))[:3]


def _shown(trail: Trail) -> str:
    rows = [" ".join(f"{key.strip('.')}={value}" for key, value in record.items()) for record in trail.kept.values()]
    lacking = [
        f"{name}: nothing says {', '.join(SAID[part] for part in parts)}" for name, parts in trail.lacking.items()
    ]
    return "\n".join(short(row, 300) for row in (*lacking, *rows))
