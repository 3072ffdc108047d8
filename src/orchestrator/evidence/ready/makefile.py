"""What a target of a Makefile runs, and whether a failing line stops it. Reads, and runs nothing. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from orchestrator.evidence.ready import shell
from orchestrator.evidence.ready.shell import Call

NAMES = ("GNUmakefile", "makefile", "Makefile")
RULE = re.compile(r"^([^\s:=#][^:=#]*?)\s*::?(?!=)\s*([^#\n]*)")
VARIABLE = re.compile(r"^(?:export\s+|override\s+)?([\w.-]+)\s*(?::{0,3}|\?|\+)=\s*(.*)$")
USED = re.compile(r"\$(?:\(([\w.-]+)\)|\{([\w.-]+)\})")
# With these we cannot tell what is run by reading.
ODD = re.compile(
    r"^\s*(?:-?include|sinclude|ifn?eq|ifn?def|define|\.IGNORE|\.ONESHELL|\.SHELLFLAGS|load)\b", re.MULTILINE
)
IGNORES = re.compile(
    r"^\s*(?:export\s+)?(?:MAKEFLAGS|GNUMAKEFLAGS)\s*[:+?]?=.*(?:\bi|-i|--ignore-errors)", re.MULTILINE
)
SHELL = re.compile(r"^\s*(?:export\s+)?SHELL\s*[:?]?=\s*(\S+)\s*$", re.MULTILINE)
DEPTH = 12


@dataclass(frozen=True, slots=True)
class Made:
    """A Makefile as we read it."""

    variables: Mapping[str, str]
    needs: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, tuple[str, ...]]
    first: str = ""
    odd: str = ""  # why its failing may pass, or cannot be told


@dataclass(slots=True)
class _Reading:
    variables: dict[str, str] = field(default_factory=dict)
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)


def commands(call: Call, texts: Mapping[str, str]) -> list[Call]:
    """All commands that come of `make …`, those of what it needs first."""
    folder, targets, given, ignores, dry = _asked(call)
    where = str(PurePosixPath(folder)) if folder else ""
    path = next((one for name in NAMES if (one := f"{where}/{name}".lstrip("/")) in texts), "")
    if not path or dry:
        return []
    made = read(texts[path])
    made = replace(made, variables={**made.variables, **given})
    goals = targets or [made.variables.get(".DEFAULT_GOAL", made.first)]
    odd = "ignored" if ignores or IGNORES.search(texts[path]) else made.odd
    found = [one for goal in goals for one in _run(made, goal, where, DEPTH)]
    return [replace(one, left=odd or one.left) for one in found]


def _asked(call: Call) -> tuple[str, list[str], dict[str, str], bool, bool]:
    folder, targets, given = call.folder, [], {}
    ignores = dry = False
    words = list(call.words[1:])
    while words:
        word = words.pop(0)
        if word in {"-C", "--directory"} and words:
            folder = f"{folder}/{words.pop(0)}".strip("/")
        elif word in {"-n", "--dry-run", "--just-print", "-q", "-t", "-f"}:
            dry = True
        elif word == "--ignore-errors" or re.fullmatch(r"-[a-zA-Z]*i[a-zA-Z]*", word):
            ignores = True
        elif "=" in word and not word.startswith("-"):
            name, _, value = word.partition("=")
            given[name] = value
        elif not word.startswith("-") and not word.isdigit():
            targets.append(word)
    return folder, targets, given, ignores, dry


def read(text: str) -> Made:
    """Rules and variables. Of a target that is defined twice the last one counts, as make has it."""
    state = _Reading()
    current: list[str] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t"):
            for name in current:
                state.lines.setdefault(name, []).append(line[1:])
        elif found := VARIABLE.match(line):
            _variable(state, line, found)
            current = []
        elif rule := RULE.match(line):
            current = rule[1].split()
            needs, _, inline = rule[2].partition(";")
            for name in current:
                state.needs[name] = (*state.needs.get(name, ()), *needs.replace("|", " ").split())
                if inline.strip():
                    state.lines.setdefault(name, []).append(inline)
        elif line.strip() and not line.startswith("#"):
            current = []
    text_without = "\n".join(line for line in text.splitlines() if not line.startswith("\t"))
    return _made(state, text_without)


def _made(state: _Reading, text: str) -> Made:
    first = next((name for name in state.needs if not name.startswith(".") and "%" not in name), "")
    using = SHELL.search(text)
    odd = "unclear" if ODD.search(text) or (using and not using[1].endswith(("/sh", "/bash", "env"))) else ""
    return Made(state.variables, state.needs, {name: tuple(one) for name, one in state.lines.items()}, first, odd)


def _variable(state: _Reading, line: str, found: re.Match[str]) -> None:
    name, value = found[1], found[2].split(" #")[0].strip()
    if "+=" in line.split(value or "=", 1)[0]:
        state.variables[name] = f"{state.variables.get(name, '')} {value}".strip()
    elif "?=" not in line or name not in state.variables:
        state.variables[name] = value


def _run(made: Made, goal: str, folder: str, depth: int) -> Iterator[Call]:
    if depth == 0:
        return
    for need in made.needs.get(goal, ()):
        yield from _run(made, _filled(made, need), folder, depth - 1)
    for line in made.lines.get(goal, ()):
        yield from _line(made, line.strip(), goal, folder)


def _line(made: Made, line: str, goal: str, folder: str) -> Iterator[Call]:
    """Each line is a shell of its own, and its end decides."""
    prefix = re.match(r"[@+\s-]*", line)
    assert prefix is not None
    plain = _filled(made, line[prefix.end() :].replace("$@", goal))
    if "$(" in plain or "${" in plain:
        plain = re.sub(r"\$[({][^)}]*[)}]", "", plain)
    for one in shell.calls(plain.replace("$$", "$"), stops=False, folder=folder):
        yield replace(one, left="ignored") if "-" in prefix[0] else one


def _filled(made: Made, text: str, depth: int = 6) -> str:
    """With the variables of the Makefile put in."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return {"MAKE": "make"}.get(name, made.variables.get(name, ""))

    for _ in range(depth):
        if not USED.search(text):
            break
        text = USED.sub(value, text)
    return text


def targets(texts: Mapping[str, str]) -> Sequence[str]:
    """The names that `make` knows there."""
    path = next((name for name in NAMES if name in texts), "")
    return list(read(texts[path]).needs) if path else []
