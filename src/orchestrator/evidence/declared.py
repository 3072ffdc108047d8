"""Which checks a project declares. The version that was approved last counts, not the one that the builder leaves."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from orchestrator.errors import NotUnderstood
from orchestrator.evidence import repository
from orchestrator.evidence.finding import Finding, Kind, alarm, note
from orchestrator.evidence.places import is_python_test
from orchestrator.evidence.words import listed, short

FILE = ".orchestrator.toml"
# All but the first two are read by ready.told.
PARTS = {"checks", "preview", "people", "hooks", "audit", "load", "migrations", "copies"}
MOST_CHECKS = 20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,59}")
SHELL = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>&1"}  # would be handed to the program as if it were a file
ABOUT_TESTS = re.compile(r"(?:^|[^a-z0-9])(?:tests?|specs?|e2e)(?:$|[^a-z0-9])")
RUNNERS = {
    "pytest": "pytest",
    "py.test": "pytest",
    "unittest": "unittest",
    "jest": "jest",
    "vitest": "jest",
    "mocha": "mocha",
}
CALLS = {"-m", "run", "exec", "npx", "--"}  # the word after one of these is the program
CONFIGURATION = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini", "package.json")
PYTEST_PARTS = {"setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]", "pyproject.toml": "[tool.pytest"}

NONE = "This project has no checks yet, so nothing can be proven."


class Origin(StrEnum):
    DECLARED = "declared"
    FOUND = "found"  # the project says nothing, but looks like one with the usual tests
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    command: tuple[str, ...]

    @property
    def runner(self) -> str:
        """The test program that is called, where it is one that we know."""
        if self.command[0].startswith("node") and "--test" in self.command:
            return "node"
        for before, word in zip(("--", *self.command), self.command, strict=False):
            if before in CALLS and (runner := RUNNERS.get(PurePosixPath(word).name)):
                return runner
        return ""

    @property
    def tests(self) -> bool:
        """Whether it is one that must run tests, so that running none is not a pass."""
        return bool(self.runner or any(ABOUT_TESTS.search(word.lower()) for word in (self.name, *self.command)))


@dataclass(frozen=True, slots=True)
class Declared:
    """`problem` is a sentence where there is nothing that could be run."""

    checks: tuple[Check, ...] = ()
    preview: tuple[str, ...] = ()  # the command that starts the app for a person to try
    origin: Origin = Origin.NOWHERE
    problem: str = ""


async def read(source: Path, commit: str, base: str | None = None) -> Declared:
    """The checks for `commit`: those that `base` declares, if it does; otherwise what the commit itself says."""
    here = await _files(source, commit)
    return choose(here, await _files(source, base) if base else {})


def choose(now: Mapping[str, str], agreed: Mapping[str, str]) -> Declared:
    """`agreed` is how the files were. It decides about the checks; how to start the app is what the new ones say."""
    new, old = parse_or_nothing(now.get(FILE)), parse_or_nothing(agreed.get(FILE))
    preview = new.preview or old.preview
    if old.checks:
        return replace(old, preview=preview)
    if usual := detect(agreed):
        return Declared(detect(now) or usual, preview, Origin.FOUND)
    if new.checks or new.problem:
        return replace(new, preview=preview)
    usual = detect(now)
    return Declared(usual, preview, Origin.FOUND) if usual else Declared(preview=preview, problem=NONE)


def parse(text: str) -> Declared:
    """Raises NotUnderstood, with a sentence that says what is the matter."""
    try:
        known = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise NotUnderstood(f"{FILE} cannot be read: {short(str(problem), 200)}.") from None
    if strange := sorted(known.keys() - PARTS):
        raise NotUnderstood(
            f"{FILE} has a part that we do not know: {listed(strange)}. "
            "It may have “checks” and “preview”, and “people”, “hooks”, “audit”, “load”, “migrations” and “copies”."
        )
    checks = tuple(_checks(_table(known, "checks")))
    return Declared(checks, _preview(_table(known, "preview")), Origin.DECLARED if checks else Origin.NOWHERE)


def detect(files: Mapping[str, str]) -> tuple[Check, ...]:
    """The usual tests of the usual kinds of project."""
    found = []
    if command := _python_tests(files):
        found.append(Check("tests", tuple(command.split())))
    if _npm_test(files.get("package.json", "")):
        found.append(Check("npm tests" if found else "tests", ("npm", "test")))
    return tuple(found)


def differences(agreed: Mapping[str, str], now: Mapping[str, str]) -> tuple[Finding, ...]:
    """What a change does to the declaration. Taking away or rewriting a check is an alarm; another one is not."""
    if agreed.get(FILE) == now.get(FILE):
        return ()
    try:
        new = parse(now.get(FILE, ""))
    except NotUnderstood as problem:
        return (alarm(Kind.CHECKS, FILE, f"The list of checks was changed and cannot be read any more. {problem}"),)
    before = parse_or_nothing(agreed.get(FILE)).checks or (detect(agreed) if new.checks else ())
    return tuple(_changes({check.name: check.command for check in before}, new))


def _changes(before: dict[str, tuple[str, ...]], now: Declared) -> Iterator[Finding]:
    after = {check.name: check.command for check in now.checks}
    if gone := [name for name in before if name not in after]:
        yield alarm(Kind.CHECKS, FILE, f"The change takes away checks that were agreed: {listed(gone)}.", tuple(gone))
    if other := [name for name in before if name in after and before[name] != after[name]]:
        details = tuple(f"{name}: {shlex.join(before[name])} → {shlex.join(after[name])}" for name in other)
        yield alarm(Kind.CHECKS, FILE, f"The change rewrites checks that were agreed: {listed(other)}.", details)
    if new := [name for name in after if name not in before]:
        details = tuple(f"{name}: {shlex.join(after[name])}" for name in new)
        yield note(Kind.CHECKS, FILE, f"The change adds checks: {listed(new)}.", details)


def parse_or_nothing(text: str | None) -> Declared:
    """As `parse`, with the sentence as `problem`."""
    try:
        return parse(text or "")
    except NotUnderstood as problem:
        return Declared(problem=str(problem))


def _table(known: dict[str, Any], name: str) -> dict[str, Any]:
    table = known.get(name, {})
    if not isinstance(table, dict):
        raise NotUnderstood(f"“{name}” in {FILE} must be a table: a line “[{name}]” with its entries below.")
    return table


def _checks(table: dict[str, Any]) -> Iterator[Check]:
    if len(table) > MOST_CHECKS:
        raise NotUnderstood(f"{FILE} declares {len(table)} checks; {MOST_CHECKS} is the most.")
    for name, command in table.items():
        if not NAME.fullmatch(name):
            shown = short(name, 60)
            raise NotUnderstood(f"“{shown}” in {FILE} cannot be the name of a check: letters, digits and spaces can.")
        yield Check(name, _command(f"the check “{name}”", command))


def _preview(table: dict[str, Any]) -> tuple[str, ...]:
    if strange := sorted(table.keys() - {"command"}):
        raise NotUnderstood(f"“preview” in {FILE} has an entry that we do not know: {listed(strange)}.")
    return _command("the preview", table["command"]) if table else ()


def _command(whose: str, command: object) -> tuple[str, ...]:
    if not isinstance(command, str):
        raise NotUnderstood(f"The command of {whose} in {FILE} must be a text between quotation marks.")
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        raise NotUnderstood(f"The command of {whose} in {FILE} has a quotation mark that is never closed.") from None
    if not words or not words[0] or "\0" in command:
        raise NotUnderstood(f"The command of {whose} in {FILE} is empty.")
    if shell := [word for word in words if word in SHELL or word.endswith(";")]:
        raise NotUnderstood(
            f"The command of {whose} in {FILE} uses “{shell[0]}”. It must be one command without a shell."
        )
    return words


def _python_tests(files: Mapping[str, str]) -> str:
    tests = [text for path, text in files.items() if is_python_test(path)]
    if "pytest.ini" in files or any(part in files.get(path, "") for path, part in PYTEST_PARTS.items()):
        return "python3 -m pytest -q"
    if not tests:
        return ""
    if "unittest" in "".join(tests) and not any("pytest" in text for text in tests):
        return "python3 -m unittest discover -s tests -v"
    return "python3 -m pytest -q"


def _npm_test(package: str) -> bool:
    try:
        scripts = json.loads(package or "{}").get("scripts", {})
        command = scripts.get("test", "")
    except (ValueError, AttributeError, RecursionError):
        return False
    return isinstance(command, str) and bool(command) and "no test specified" not in command


async def _files(source: Path, commit: str) -> dict[str, str]:
    """The files that say how a project is checked."""
    tree = await repository.tree(source, await repository.resolve(source, commit))
    wanted = {path: blob for path, blob in tree.items() if path in {FILE, *CONFIGURATION} or is_python_test(path)}
    return await repository.texts(source, wanted)
