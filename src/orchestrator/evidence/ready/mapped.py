"""Tells which lines of a file ran, where the engine has run what another program made of it: by the map in it. Pure."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import PurePosixPath
from typing import Any

from orchestrator.evidence import script_tests
from orchestrator.evidence.ready import v8
from orchestrator.evidence.ready.suite import Lines

MAP = re.compile(r"//[#@] sourceMappingURL=data:application/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)")
AROUND = re.compile(r"'use strict';async \([^()]*\)=>\{\{|\(\{\"Object\.<anonymous>\":function\([^()]*\)\{")
DIGITS = {char: at for at, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}
MORE, WHOLE = 32, 4  # the bit that says that a number goes on; the numbers of a place that is mapped
TYPES = re.compile(
    r"^[ \t]*(?:export\s+)?(?:declare\s[^{};]*|(?:default\s+)?interface\s[^{};]*|type\s+\w[^={};]*=[^{};]*"
    r"|import\s+type\s[^;]*?from|export\s+type\s*)(?P<end>[{;]|$)",
    re.MULTILINE,
)
Place = tuple[int, int, int, int]  # line and column of what ran, and of what it was made from


def lines(texts: Mapping[str, str], reports: Sequence[Mapping[str, Any]]) -> dict[str, Lines]:
    """For each file that was loaded. A line ran where it ran in one of the processes."""
    found: dict[str, Lines] = {}
    for script in (one for report in reports for one in report.get("scripts", ())):
        path = str(script["path"])
        if path in texts and (one := _measured(texts[path], str(script["source"]), script["functions"])):
            found[path] = v8.both(found[path], one) if path in found else one
    return found


def code(path: str, text: str) -> frozenset[int]:
    """The lines of a file that nobody has loaded on which something stands that can run: types cannot."""
    if PurePosixPath(path).suffix not in {".ts", ".tsx", ".mts", ".cts"}:
        return v8.code(text)
    one, bare = script_tests.script(text), list(text)
    for match in TYPES.finditer(one.bare):
        end = one.end(match.start("end")) if match["end"] == "{" else match.end()
        bare[match.start() : end] = [char if char == "\n" else " " for char in bare[match.start() : end]]
    return v8.code("".join(bare))


def _measured(text: str, source: str, functions: list[Any]) -> Lines | None:
    source = v8.BEYOND.sub("  ", source)
    if (mapped := MAP.findall(source)) and (places := list(_places(mapped[-1]))):
        return _by_map(text, source, functions, places)
    at = source.find(v8.BEYOND.sub("  ", text))
    return v8.measured(text, functions, at) if at >= 0 else None


def _by_map(text: str, source: str, functions: list[Any], places: list[Place]) -> Lines:
    """Of each line the first piece that something was made from says whether it ran."""
    counts = v8.counts(len(source), v8.spans(functions))
    starts = list(accumulate((len(line) + 1 for line in source.split("\n")), initial=0))
    around = AROUND.match(source)
    shift = around.end() if around else 0
    ran: dict[int, tuple[int, bool]] = {}
    for line, column, old, at in places:
        where = starts[line] + column + (0 if line else shift) if line < len(starts) else len(source)
        ran_here = where < len(source) and counts[where] > 0
        first, before = ran.get(old + 1, (at, False))
        if at < first or old + 1 not in ran:
            ran[old + 1] = (at, ran_here)
        elif at == first:
            ran[old + 1] = (at, before or ran_here)
    known = v8.code(text) & ran.keys()
    inner = [one for function in functions for one in function["ranges"][1:]]
    did = frozenset(number for number in known if ran[number][1])
    return Lines(did, known - did, len(inner), sum(int(one["count"]) > 0 for one in inner))


def _places(packed: str) -> Iterator[Place]:
    """What stands where, of a map that was made from one file."""
    try:
        said = json.loads(base64.b64decode(packed))
    except (ValueError, RecursionError):
        return
    line = column = file = old = at = 0
    for line, row in enumerate(str(said.get("mappings", "")).split(";")):
        column = 0
        for piece in filter(None, row.split(",")):
            numbers = list(_numbers(piece))
            column += numbers[0] if numbers else 0
            if len(numbers) >= WHOLE:
                file, old, at = file + numbers[1], old + numbers[2], at + numbers[3]
                if file == 0:
                    yield line, column, old, at


def _numbers(piece: str) -> Iterator[int]:
    value = shift = 0
    for char in piece:
        digit = DIGITS.get(char, 0)
        value += (digit & (MORE - 1)) << shift
        shift += 5
        if not digit & MORE:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
