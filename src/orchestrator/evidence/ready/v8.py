"""Reads what the engine of JavaScript measured by itself, which no comment in a file can switch off. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlsplit

from orchestrator.evidence import script_tests
from orchestrator.evidence.ready.suite import Lines

BEYOND = re.compile("[\U00010000-\U0010ffff]")  # letters that the engine counts twice
Spans = list[tuple[int, int, int]]  # from, to, how often


def lines(texts: Mapping[str, str], reports: Iterable[Mapping[str, Any]], folder: str) -> dict[str, Lines]:
    """For each file that was loaded. A line ran where it ran in one of the processes."""
    found: dict[str, Lines] = {}
    for report in reports:
        for path, functions in _scripts(report, folder):
            if path in texts:
                one = measured(texts[path], functions)
                found[path] = both(found[path], one) if path in found else one
    return found


def code(text: str) -> frozenset[int]:
    """The lines on which something stands that can run."""
    return frozenset(number for number, _, _ in _code(text))


def _scripts(report: Mapping[str, Any], folder: str) -> Iterator[tuple[str, list[Any]]]:
    for script in report.get("result", ()):
        place = unquote(urlsplit(str(script.get("url", ""))).path)
        if place.startswith(f"{folder}/"):
            yield place.removeprefix(f"{folder}/"), script.get("functions", [])


def measured(text: str, functions: list[Any], within: int = 0) -> Lines:
    """Of a file that was run as it is, `within` so many letters of what was put around it."""
    text = BEYOND.sub("  ", text)
    inner = [one for function in functions for one in function["ranges"][1:]]
    often = counts(len(text) + within, spans(functions))[within:]
    ran = {number for number, start, end in _code(text) if any(often[start:end])}
    return Lines(frozenset(ran), code(text) - ran, len(inner), sum(int(one["count"]) > 0 for one in inner))


def spans(functions: list[Any]) -> Spans:
    """What the engine counted, piece by piece."""
    return [
        (int(one["startOffset"]), int(one["endOffset"]), int(one["count"]))
        for function in functions
        for one in function["ranges"]
    ]


def counts(length: int, pieces: Spans) -> list[int]:
    """How often each letter ran: of the spans around it the smallest one says it."""
    found = [1] * length
    for start, end, often in sorted(pieces, key=lambda one: (one[0], -one[1])):
        found[start:end] = [often] * max(0, min(end, length) - start)
    return found


def _code(text: str) -> Iterator[tuple[int, int, int]]:
    """Line by line, where its first piece of code stands."""
    bare = script_tests.script(text).plain
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n"), len(text) + 1]
    for number, (start, end) in enumerate(pairwise(starts), 1):
        piece = bare[start : end - 1]
        if any(char.isalnum() for char in piece):
            first = start + next(at for at, char in enumerate(piece) if char.isalnum() or char in "'\"`")
            yield number, first, first + 1


def both(one: Lines, other: Lines) -> Lines:
    ran = one.ran | other.ran
    return Lines(ran, (one.missed | other.missed) - ran, max(one.branches, other.branches), max(one.taken, other.taken))
