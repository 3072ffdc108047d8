"""Reads what an approved plan names: its files, its tests, and what was said that it takes. Pure."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import PurePosixPath

from orchestrator.domain import plan as plans

PARTS = ("the files (Files)", plans.TESTS)
TEXTS = (plans.TESTS, plans.CRITERIA)
OURS = (".agents/", ".orchestrator.toml")  # plans and papers: not what a plan is about
MADE = frozenset({"uv.lock", "poetry.lock", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "Cargo.lock", "go.sum"})
UNITS = {"minute": 60, "hour": 3600}
_MARKED = re.compile(r"`([^`\s]+)`")
_BARE = re.compile(r"(?<![\w`/.])((?:[\w.-]+/)+[\w.-]*|\.?[\w-]+\.[A-Za-z]\w{0,7}|README|LICENSE|Makefile)(?![\w`])")
_TEST = re.compile(r"`(test_\w+)`|\b(test_\w+)\b(?!\.\w)")
_TIME = re.compile(r"^Usually (?:about |\d+ to )?(\d+|under a) (minute|hour)s?\b")
_SUM = r"\d[\d,]*(?:\.\d+)?"


def files(markdown: str) -> tuple[str, ...]:
    """The places that the plan names as files of its work; a folder ends with a stroke."""
    found = plans.sections(markdown[: plans.LONGEST])
    text = "\n".join(found.get(part, "") for part in PARTS)
    named = [*_MARKED.findall(text), *_BARE.findall(_MARKED.sub(" ", text))]
    return tuple(dict.fromkeys(place for one in named if (place := _place(one))))


def _place(word: str) -> str:
    """A word as a path; nothing where it is none."""
    path = word.strip(".,;:()").removeprefix("./") if not word.startswith(".") else word.rstrip(",;:()")
    looks = "/" in path or "." in path[1:] or path.startswith(".") or path in {"README", "LICENSE", "Makefile"}
    fits = looks and not path.startswith(("/", "http", "-")) and ".." not in path and "::" not in path
    return path if fits and not path.startswith(OURS) and not _TEST.fullmatch(path) else ""


def tests(markdown: str) -> tuple[str, ...]:
    """The test cases that the plan names as programs name them."""
    found = plans.sections(markdown[: plans.LONGEST])
    text = "\n".join(found.get(part, "") for part in TEXTS)
    return tuple(dict.fromkeys(first or second for first, second in _TEST.findall(text)))


def named(path: str, planned: Iterable[str]) -> bool:
    """Whether a plan speaks of this file: by its path, its folder, a pattern, or its name alone."""
    return any(_names(one, path) for one in planned)


def _names(planned: str, path: str) -> bool:
    if planned.endswith("/"):
        return f"/{path}".find(f"/{planned}") >= 0
    if any(sign in planned for sign in "*?["):
        return fnmatch(path, planned)
    at = PurePosixPath(path)
    return path == planned or path.endswith(f"/{planned}") or (planned.isupper() and at.stem == planned)


def matters(path: str) -> bool:
    """Whether a changed file is a person's or builder's work: no paper of ours, and nothing that a tool made."""
    return not path.startswith(OURS) and PurePosixPath(path).name not in MADE


def usually(sentence: str, symbol: str) -> tuple[float | None, float | None]:
    """The most seconds and money that a sentence such as “Usually 2 to 4 minutes and about €0.40” speaks of."""
    time = _TIME.match(sentence)
    seconds = float(1 if time[1] == "under a" else int(time[1])) * UNITS[time[2]] if time else None
    sums = re.findall(rf"{re.escape(symbol)}({_SUM})", sentence)
    return seconds, float(sums[-1].replace(",", "")) if sums else None
