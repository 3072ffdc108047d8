"""Nonsense at every address, from people who are let in there: whatever is turned away at the door says nothing."""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import asks, people, routes, things, told
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, failed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.things import Thing
from orchestrator.evidence.words import counted, listed

SECONDS = 60.0
GUESTS = 3  # so that one who is told to wait is relieved by the next
FEWEST = 3  # pieces of nonsense that an address took in, where there are so many
REFUSED = frozenset({401, 403})
TURNED_AWAY = REFUSED | {429}
LONGEST_WAIT_S = 2.0
HOOKS = re.compile(r"hook", re.IGNORECASE)
KEEPS, TAKES, LEAVES = KINDS = range(3)  # what a request may do: nothing of the kind, take a thing away, end a visit
ENDS = re.compile(r"log-?_?out|sign-?_?(?:out|off)|password|session|token|/me/?$|account", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is let in, or a stranger, and what is theirs."""

    person: Person
    things: Sequence[Thing] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Wrong:
    """A piece of nonsense; parameters in its `path` are filled in with things of whoever sends it."""

    route: Route
    path: str
    body: bytes | None = None
    form: Mapping[str, str] | None = None


@dataclass(slots=True)
class Trial:
    """How far it came: what each address took in, and why the rest was turned away."""

    guests: deque[Guest]
    admin: Guest | None
    left: deque[Wrong]
    until: float
    reached: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    sent: int = 0


async def nonsense(asked: Asked) -> Found:
    """Never a 5xx, whatever is sent to any address."""
    if not asked.routes:
        return unchecked(asks.NO_ROUTES)
    pieces = {route.name: list(wrong(route, at)) for at, route in enumerate(asked.routes)}
    trial = Trial(*await _guests(asked), deque(in_turn(pieces)), time.monotonic() + SECONDS)
    while trial.left and time.monotonic() < trial.until:
        piece = trial.left.popleft()
        came: httpx.Response | None = None
        try:
            came = await _sent(trial, piece)
            how = str(came.status_code) if came.status_code >= httpx.codes.INTERNAL_SERVER_ERROR else ""
        except httpx.RemoteProtocolError:
            how = "no answer"
        if how:
            said = f"sent: {(piece.body or str(piece.form or '').encode())[:200]!r}"
            where = f"{piece.route.method} {piece.path[:200]}"
            return failed(f"{piece.route.name} breaks on nonsense ({how}).", asked.seen(where, came, said))
    return _judged(asked, trial, pieces)


def _judged(asked: Asked, trial: Trial, pieces: Mapping[str, Sequence[Wrong]]) -> Found:
    said = f"{sum(trial.reached.values())} of {trial.sent} requests were let in at {counted(len(pieces), 'address')}"
    evidence = asked.seen("nonsense", said=said)
    lacking = [name for name, known in pieces.items() if trial.reached[name] < min(FEWEST, len(known))]
    if not lacking:
        return proven(f"Nonsense broke none of its {counted(len(pieces), 'address')}: {said}.", evidence)
    where = f"{counted(len(lacking), 'address')} of {len(pieces)} ({listed(lacking[:3])}{' …' * (len(lacking) > 3)})"  # noqa: PLR2004
    if not any(guest.known for guest in trial.guests):
        return unchecked(f"Nonsense did not get past the door of {where}: nobody of ours could sign in.", evidence)
    if set(lacking) & trial.refused:
        return unchecked(f"Nonsense did not get past the door of {where}: none of our people is let in.", evidence)
    return unchecked(f"There was no time for enough nonsense at {where}: it lets in only so much.", evidence)


async def _guests(asked: Asked) -> tuple[deque[Guest], Guest | None]:
    """Fresh people, for nonsense may take from them what others still need; a stranger where nobody can sign in."""
    found: deque[Guest] = deque()
    admin = None
    try:
        for _ in range(GUESTS):
            person = await people.another(asked)
            found.append(Guest(person, await things.all_made(person, asked)))
        if told.told(asked.look.texts).people.admin:
            admin = Guest(await people.another(asked, admin=True))
    except NotPossible:
        pass
    return found or deque([Guest(Person("", "", "", asked.client), known=False)]), admin


def in_turn(pieces: Mapping[str, Sequence[Wrong]]) -> Iterator[Wrong]:
    """In turn over all addresses, so that each gets what counts; those that may take things or people away come last.

    What there is beyond that is for the time that is left.
    """
    most = max(map(len, pieces.values()))
    for turns in (range(FEWEST), range(FEWEST, most)):
        for kind in KINDS:
            rest = [known for known in pieces.values() if _ends(known[0].route) == kind]
            yield from (known[turn] for turn in turns for known in rest if turn < len(known))


def _ends(route: Route) -> int:
    if ENDS.search(route.path):
        return LEAVES
    return TAKES if route.method == "DELETE" else KEEPS


async def _sent(trial: Trial, piece: Wrong) -> httpx.Response:
    """By whoever is next; who is told to wait is relieved, and the piece comes up again later."""
    guest = trial.guests[0]
    trial.guests.rotate(-1)
    answer = await _by(guest, piece)
    if answer.status_code in REFUSED and trial.admin and not _is_a_door(piece.route):
        answer = await _by(trial.admin, piece)
    trial.sent += 1
    handled = answer.status_code != httpx.codes.TOO_MANY_REQUESTS and _is_a_door(piece.route)
    if answer.status_code not in TURNED_AWAY or handled:
        trial.reached[piece.route.name] += 1
        return answer
    if answer.status_code in REFUSED:
        trial.refused.add(piece.route.name)
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        trial.left.append(piece)
        wait = answer.headers.get("retry-after", "1")
        await asyncio.sleep(min(LONGEST_WAIT_S, float(wait) if wait.isdigit() else 1.0) / len(trial.guests))
    return answer


async def _by(guest: Guest, piece: Wrong) -> httpx.Response:
    headers = {"content-type": "application/json"} if piece.body is not None else {}
    given = {"data": piece.form} if piece.form is not None else {"content": piece.body, "headers": headers}
    return await people.begun(guest.person.client, piece.route.method, _filled(piece, guest), **given)


def _is_a_door(route: Route) -> bool:
    """Where it is for the address itself to refuse: who may come in, and whether a call is signed."""
    return route.open or any(known.search(route.path) for known in (people.SIGNS_IN, people.REGISTERS, HOOKS))


def _filled(piece: Wrong, guest: Guest) -> str:
    """With things of their own in place of parameters, where they have any, so that what lies behind is reached."""
    own = (things.fill(piece.path, thing) for thing in guest.things)
    path = next((one for one in own if one is not None), piece.path)
    return things.PARAMETER.sub("1", path)


def wrong(route: Route, seed: int) -> Iterator[Wrong]:
    """Wrong bodies at the address of a real thing first, then odd values in the address; at least one request."""
    odd = routes.odd_words(seed)
    if route.body is not None:
        yield from (Wrong(route, route.path, body) for body in list(routes.odd_bodies(route.body, seed))[:60])
    if route.form is not None:
        yield from (Wrong(route, route.path, form=form) for form in routes.odd_forms(route.form, seed))
    for name in route.query:
        yield from (Wrong(route, f"{route.path}?{name}={word}") for word in odd)
    if "{" in route.path:
        yield from (Wrong(route, route.at(word), b"{}" if route.body else None) for word in odd)
    elif route.body is None and route.form is None and not route.query:
        yield Wrong(route, route.path)
