"""What somebody makes in a running application, how it is found again, and which addresses are about it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from orchestrator.evidence.ready import addresses, made_up, people, routes
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.routes import Route

NOT_THINGS = re.compile(
    r"log-?_?(?:in|out)|sign-?_?(?:in|up|out|off)|register|token|session|/auth\b|password|hook|refresh|verify|reset"
    r"|api-?_?key|/users/?$|/accounts/?$|/people/?$|/members/?$|callback",
    re.IGNORECASE,
)
MACHINE_ROOM = re.compile(r"^/(?:health\w*|livez|readyz|up|_health|metrics|openapi\.json|docs|redoc|static|favicon)\b")
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
ENDS = re.compile(r"/(?:cancel|close|end|finish|complete|archive|reset|remove|delete|destroy)/?$", re.IGNORECASE)
PARAMETER = re.compile(r"\{([^}]+)\}")
ID = re.compile(r"^(?:id|uuid|_id|slug|key|pk)$", re.IGNORECASE)
MOST = 12
UNFIT = frozenset({400, 404, 409, 422})  # what was handed in could not be taken as it was


@dataclass(slots=True)
class Thing:
    """`filled` are the values of the parameters by which its address is reached, and `id` is its own."""

    made_by: Route
    path: str
    id: str
    mark: str
    filled: dict[str, str]

    @property
    def kind(self) -> str:
        return kind_at(self.made_by.path)


def kind_at(path: str) -> str:
    """What an address is about: “note”, for /notes."""
    return singular(_last_word(path))


def makers(asked: Asked) -> list[Route]:
    """Addresses at which something is made by handing something in, those that need nothing else first."""
    found = [one for one in changing(asked) if one.method == "POST" and (one.body or one.form)]
    return sorted(found, key=lambda one: one.path.count("{"))[:MOST]


def changing(asked: Asked) -> list[Route]:
    """All addresses that change what is kept, but for those by which people come and go, and webhooks."""
    known = routes.read(asked.document)
    return [one for one in known if one.method in CHANGES and not NOT_THINGS.search(f"{one.path} {one.words}")]


def readable(asked: Asked) -> list[str]:
    """The addresses that can be read just so, but for those of the machine room."""
    known = routes.read(asked.document)
    plain = [one.path for one in known if one.method == "GET" and "{" not in one.path]
    return [path for path in plain if not MACHINE_ROOM.match(path)]


def about(asked: Asked, thing: Thing) -> Iterator[tuple[Route, str]]:
    """The addresses that are about this very thing, filled in: by their path, by what they ask, by what they take."""
    below = thing.made_by.path.rstrip("/") + "/{"
    for route in routes.read(asked.document):
        if NOT_THINGS.search(route.path):
            continue
        names = PARAMETER.findall(route.path)
        own = route.path.startswith(below) or any(_named(name, thing.kind) for name in names)
        if own and (path := fill(route.path, thing)) is not None and path != thing.path:
            yield route, path
        elif not names and (asking := next((name for name in route.query if points(name, thing.kind)), "")):
            yield route, f"{route.path}?{asking}={thing.id}"
        elif not names and route.method in CHANGES and any(points(name, thing.kind) for name in _taken(route)):
            yield route, route.path


def unsaid(asked: Asked, thing: Thing) -> Iterator[tuple[Route, str]]:
    """What may be there without being told: other methods at its own address, and addresses that only the code has."""
    known = {one.name for one in routes.read(asked.document)}
    plain = [addresses.PARAMETER.sub("{}", one.path) for one in routes.read(asked.document)]
    for path in {
        path for route, path in about(asked, thing) if route.path.count("/") == thing.made_by.path.count("/") + 1
    }:
        for method in CHANGES:
            if not any(f"{method} {one.path}" in known and fill(one.path, thing) == path for one in _templates(asked)):
                yield Route(method, path, body=thing.made_by.body, form=thing.made_by.form), path
    for one in addresses.of(asked.look.texts):
        if "{}" in one.plain and not any(path.endswith(one.plain) for path in plain):
            path = one.plain.replace("{}", thing.id)
            yield Route(one.method, path, body=thing.made_by.body if one.method in CHANGES else None), path


def late(route: Route) -> int:
    """What takes a thing away, or brings it to its end, is tried after all else."""
    return 2 if route.method == "DELETE" else int(bool(ENDS.search(route.path)))


def _templates(asked: Asked) -> list[Route]:
    return [one for one in routes.read(asked.document) if "{" in one.path]


def _taken(route: Route) -> list[str]:
    """The names of what it takes."""
    return [*(route.body or {}).get("properties", {}), *(route.form or {}).get("properties", {})]


def points(name: str, kind: str) -> bool:
    """Whether something of this name says which one of this kind."""
    return bool(ID.match(name)) or _named(name, kind)


def fill(path: str, thing: Thing) -> str | None:
    """The address with the values of this thing in place of its parameters; None where it needs more than that."""
    left = [name for name in PARAMETER.findall(path) if name not in thing.filled]
    if len(left) > 1:
        return None
    values = {**thing.filled, **dict.fromkeys(left, thing.id)}
    return PARAMETER.sub(lambda found: values[found[1]], path)


async def make(
    person: Person, route: Route, within: Sequence[Thing] = (), *, word: str = "", link: str = ""
) -> Thing | None:
    """Something new of this person’s, with this word in its texts; None where that did not work."""
    parent = next((one for one in within if fill(route.path, one) and "{" in route.path), None)
    if "{" in route.path and parent is None:
        return None
    path = fill(route.path, parent) if parent else route.path
    word = word or made_up.mark()
    known = {one.kind: one.id for one in within}
    answer = await hand_in(person, route, str(path), word, known=known, link=link)
    if not answer.is_success and not answer.is_redirect:
        return None
    filled = dict(parent.filled) if parent else {}
    if parent:
        left = [name for name in PARAMETER.findall(route.path) if name not in filled]
        filled |= dict.fromkeys(left, parent.id)
    id = id_of(answer, route) or await _found(person, str(path), word)
    return Thing(route, str(path), id, word, filled) if id else None


async def hand_in(person: Person, route: Route, path: str, word: str, turn: int = 0, **more: Any) -> httpx.Response:
    """All that the address takes, and where that does not go together, less of it: nobody can guess everything."""
    first = await person.ask(route.method, path, **handed(route, word, turn, **more))
    if first.status_code in UNFIT:
        for less in smaller(route):
            answer = await person.ask(route.method, path, **handed(less, word, turn, **more))
            if answer.is_success or answer.is_redirect:
                return answer
    return first


def smaller(route: Route) -> Iterator[Route]:
    """The same with less that is handed in."""
    if route.body is not None:
        yield from (replace(route, body=one) for one in made_up.smaller(route.body))
    elif route.form is not None:
        yield from (replace(route, form=one) for one in made_up.smaller(route.form))


def handed(route: Route, word: str, turn: int = 0, **more: Any) -> dict[str, Any]:
    """What such an address takes, with this word in its texts, as JSON or as a form; nothing where it takes nothing."""
    if route.body is not None:
        return {"json": made_up.body(route.body, word, turn, **more)}
    if route.form is None:
        return {}
    made = made_up.body(route.form, word, turn, **more)
    return {"data": {key: str(one) for key, one in made.items()}} if isinstance(made, dict) else {}


async def all_made(person: Person, asked: Asked, *, word: str = "", link: str = "") -> list[Thing]:
    """One of everything that this person can make."""
    made: list[Thing] = []
    for route in makers(asked):
        if thing := await make(person, route, made, word=word, link=link):
            made.append(thing)
    return made


def id_of(answer: httpx.Response, route: Route) -> str:
    said = people.said_in(answer)
    inner = next((one for one in said.values() if isinstance(one, dict)), {}) if isinstance(said, dict) else {}
    for one in (said, inner):
        if isinstance(one, dict) and (found := _own_id(one, singular(_last_word(route.path)))):
            return found
    location = answer.headers.get("location", "").rstrip("/")
    return location.rpartition("/")[2] if location.partition("?")[0].endswith(tuple("0123456789abcdef")) else ""


def _own_id(said: Mapping[str, Any], kind: str) -> str:
    for key, value in said.items():
        if (ID.match(key) or _named(key, kind)) and isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return ""


async def _found(person: Person, path: str, mark: str) -> str:
    """Its id from the list in which it stands."""
    said = people.said_in(await person.ask("GET", path))
    rows = said if isinstance(said, list) else list(said.values()) if isinstance(said, dict) else []
    flat = [one for row in rows for one in (row if isinstance(row, list) else [row]) if isinstance(one, dict)]
    return next((_own_id(one, "") for one in flat if mark in str(one)), "")


def _named(parameter: str, kind: str) -> bool:
    """Whether a parameter is the id of such a thing: `note_id`, `noteId`, `note`."""
    plain = re.sub(r"[^a-z]", "", parameter.lower().partition(":")[0])
    return bool(kind) and plain in {kind, f"{kind}id", f"{kind}uuid", f"{kind}slug", f"{kind}key"}


def _last_word(path: str) -> str:
    words = [word for word in path.strip("/").split("/") if word and "{" not in word]
    return re.sub(r"[^a-z]", "", words[-1].lower()) if words else ""


def singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
