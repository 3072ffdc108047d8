"""Things that nobody handed in: they come with others, such as the invoice of an order, and are found by reading."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.evidence.ready import people, routes, things
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.things import Thing

TELLING = 6  # characters from which on an id says by itself whose it is
NUMBERS = ("number", "no", "n", "position")


@dataclass(frozen=True, slots=True)
class Kind:
    """What some addresses are about: where all of it is listed, and the parameter that says which."""

    place: str  # with its {parameters}
    parameter: str
    within: Thing | None

    @property
    def word(self) -> str:
        return things.kind_at(self.place)

    @property
    def listed(self) -> str:
        """The address of that list, as she would go there."""
        return (things.fill(self.place, self.within) or "") if self.within else self.place


def wanted(asked: Asked, known: Sequence[Thing]) -> list[Kind]:
    """What there are addresses about, and nothing is known that fits them."""
    fit = {route.name for thing in known for route, _ in things.about(asked, thing)}
    found: dict[str, Kind] = {}
    for route in routes.read(asked.document):
        if route.name not in fit and "{" in route.path and not things.NOT_THINGS.search(route.path):
            kind = _kind(route, known)
            found.setdefault(kind.place, kind)
    return list(found.values())


def _kind(route: Route, known: Sequence[Thing]) -> Kind:
    within, start = None, 0
    for thing in known:
        own = f"{thing.made_by.path.rstrip('/')}/{{"
        if route.path.startswith(own) and "{" in route.path[len(own) :] and len(own) > start:
            within, start = thing, len(own)
    place, _, rest = route.path[start:].partition("{")
    return Kind((route.path[:start] + place).rstrip("/"), rest.partition("}")[0], within)


async def found(person: Person, asked: Asked, known: Sequence[Thing], marks: Collection[str]) -> list[Thing]:
    """One of each kind that is there now, of those that can be told from what is somebody else’s."""
    kinds = wanted(asked, known)
    come: list[Thing] = []
    answers: dict[str, Any] = {}
    for kind in kinds:
        for path in _places(asked, kind, known):
            if path not in answers:
                answer = await person.ask("GET", path)
                answers[path] = people.said_in(answer) if answer.is_success else None
            if thing := _thing(kind, path, answers[path], marks):
                come.append(thing)
                break
    return come


def _places(asked: Asked, kind: Kind, known: Sequence[Thing]) -> Iterator[str]:
    """Where it is listed; where nothing lists it, wherever it may be spoken of."""
    if any(one.method == "GET" and one.path.rstrip("/") == kind.place for one in routes.read(asked.document)):
        yield kind.listed
        return
    for thing in known:
        if kind.within is None or kind.within is thing:
            yield from (path for route, path in things.about(asked, thing) if route.method == "GET" and not route.query)
    if kind.within is None:
        yield from things.readable(asked)


def _thing(kind: Kind, path: str, said: Any, marks: Collection[str]) -> Thing | None:
    rows = _rows(said) if path == kind.listed else [row for found in _called(said, kind.word) for row in _rows(found)]
    for row in rows:
        id = _id(row, kind)
        text = str(row)
        mark = id if len(id) >= TELLING and not id.isdigit() else next((one for one in marks if one in text), "")
        if id and mark:
            filled = dict(kind.within.filled) if kind.within else {}
            if kind.within:
                left = [name for name in things.PARAMETER.findall(kind.place) if name not in filled]
                filled |= dict.fromkeys(left, kind.within.id)
            return Thing(Route("GET", kind.place), path, id, mark, filled)
    return None


def _rows(said: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, wherever in the answer it stands, or the only one."""
    if isinstance(said, list):
        return [one for one in said if isinstance(one, dict)]
    if not isinstance(said, dict):
        return []
    lists = [_rows(one) for one in said.values() if isinstance(one, list)]
    return next((one for one in lists if one), [said])


def _called(said: Any, word: str, depth: int = routes.DEPTH) -> Iterator[Any]:
    """What stands under such a name."""
    if depth and isinstance(said, dict):
        for key, one in said.items():
            if things.singular(key.lower()) == word:
                yield one
            yield from _called(one, word, depth - 1)
    elif depth and isinstance(said, list):
        for one in said:
            yield from _called(one, word, depth - 1)


def _id(row: Mapping[str, Any], kind: Kind) -> str:
    name = kind.parameter.partition(":")[0]
    for key in (name, *(key for key in row if things.points(key, kind.word)), *NUMBERS):
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return ""
