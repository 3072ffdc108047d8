"""The vision and its phases as the starter reads them from .agents/project.json, whatever else is in it."""

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from orchestrator.executors.starter import words

PLACE = ".agents/project.json"


class Unable(Exception):
    """The starter cannot do what was asked; the text is a sentence for the person."""


# Named tuples, because loading dataclasses would take a fifth of the time that the starter has to start.
class Feature(NamedTuple):
    id: str
    title: str
    description: str
    priority: str


class Criterion(NamedTuple):
    id: str
    text: str
    feature: str


class Phase(NamedTuple):
    number: int
    title: str
    outcome: str
    features: tuple[Feature, ...]
    criteria: tuple[Criterion, ...]


class Project(NamedTuple):
    name: str
    summary: str
    who: str
    problem: str
    journey: tuple[str, ...]
    features: tuple[Feature, ...]
    phases: tuple[Phase, ...]

    def phase(self, number: int) -> Phase:
        for phase in self.phases:
            if phase.number == number:
                return phase
        raise Unable(f"There is no phase {number} in {PLACE}, so there is nothing to do.")

    def why(self, feature: Feature) -> str:
        return words.why(feature.title, self.journey, self.problem, self.summary)


def read(folder: Path) -> Project:
    """Raises Unable with a sentence where there is no vision, or none that can be read."""
    try:
        found = json.loads((folder / PLACE).read_text("utf-8"))
    except FileNotFoundError:
        raise Unable(
            f"There is no {PLACE} here. I make prototypes out of it, so without it I can do nothing."
        ) from None
    except (OSError, ValueError):
        raise Unable(f"{PLACE} cannot be read. It should be JSON text.") from None
    if not isinstance(found, dict):
        raise Unable(f"{PLACE} does not hold what I expect: an object with name, features and phases.")
    return _project(found)


def _project(found: dict[str, Any]) -> Project:
    features = {id: _feature(id, item) for item in _dicts(found, "features") if (id := words.plain(item.get("id")))}
    return Project(
        words.plain(found.get("name"), 120) or "A prototype",
        words.prose(found.get("summary")),
        words.prose(found.get("who")),
        words.prose(found.get("problem")),
        tuple(words.prose(step, 1000) for step in _list(found, "journey")),
        tuple(features.values()),
        tuple(_phase(item, features) for item in _dicts(found, "phases") if _number(item)),
    )


def _feature(id: str, item: dict[str, Any]) -> Feature:
    title = words.plain(item.get("title")) or f"Feature {id}"
    return Feature(id, title, words.prose(item.get("description"), 1000), words.plain(item.get("priority"), 20))


def _phase(item: dict[str, Any], features: dict[str, Feature]) -> Phase:
    ids = dict.fromkeys(words.plain(id) for id in _list(item, "features"))
    number = _number(item)
    return Phase(
        number,
        words.plain(item.get("title")) or f"Phase {number}",
        words.prose(item.get("outcome")),
        tuple(features[id] for id in ids if id in features),
        _told_apart(_criterion(number, place, entry) for place, entry in enumerate(_dicts(item, "criteria"), 1)),
    )


def _criterion(phase: int, place: int, item: dict[str, Any]) -> Criterion:
    id = words.plain(item.get("id"), 40) or f"P{phase}.{place}"
    return Criterion(id, words.prose(item.get("text"), 1000), words.plain(item.get("feature")))


def _told_apart(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Two criteria never share an id, even where the file says so."""
    known: dict[str, Criterion] = {}
    for criterion in criteria:
        others = (f"{criterion.id} ({number})" for number in itertools.count(2))
        id = next(name for name in itertools.chain([criterion.id], others) if name not in known)
        known[id] = criterion._replace(id=id)
    return tuple(known.values())


def _number(item: dict[str, Any]) -> int:
    number = item.get("number")
    return number if isinstance(number, int) and number > 0 else 0


def _list(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _dicts(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in _list(found, key) if isinstance(item, dict)]
