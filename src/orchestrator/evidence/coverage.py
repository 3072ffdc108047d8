"""How much of the code the tests reach, if the run left a report of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.evidence.reports import content, mapping, number, xml

PLACES = (
    "coverage.json",
    "coverage.xml",
    "reports/coverage.xml",
    "coverage/coverage.xml",
    "coverage/cobertura-coverage.xml",
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares from 0 to 1. `branches` is None where they were not looked at."""

    lines: float
    branches: float | None = None


Seen = dict[str, tuple[int, int, int]]


def seen(folder: Path) -> Seen:
    """The reports that are there before a run, so that an old one is not taken for a new one."""
    return {place: mark for place in PLACES if (mark := _mark(folder / place))}


def left(folder: Path, before: Seen) -> Coverage | None:
    """What a run in this folder reports, if it wrote a report."""
    for place in PLACES:
        if (mark := _mark(folder / place)) and mark != before.get(place) and (text := content(folder / place)):
            return from_json(text) if place.endswith(".json") else from_xml(text)
    return None


def from_xml(text: str) -> Coverage | None:
    root = xml(text)
    if root is None or root.tag != "coverage" or (lines := _share(root.get("line-rate"))) is None:
        return None
    return Coverage(lines, _share(root.get("branch-rate")) if number(root.get("branches-valid")) else None)


def from_json(text: str) -> Coverage | None:
    totals = (mapping(text) or {}).get("totals")
    if not isinstance(totals, dict) or (lines := _part(totals, "covered_lines", "num_statements")) is None:
        return None
    return Coverage(lines, _part(totals, "covered_branches", "num_branches"))


def _part(totals: dict[str, Any], covered: str, valid: str) -> float | None:
    some, whole = number(totals.get(covered)), number(totals.get(valid))
    return _share(some / whole) if some is not None and whole else None


def _share(value: object) -> float | None:
    found = number(value)
    return found if found is not None and found <= 1 else None


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        known = path.lstat()
    except OSError:
        return None
    return known.st_ino, known.st_size, known.st_mtime_ns
