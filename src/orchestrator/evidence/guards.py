"""What watches over the tests (thresholds, options, automation), and how a change loosens it. Reads texts only."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as NotReadable
from pathlib import PurePosixPath
from typing import Any

from orchestrator.evidence.finding import Finding, Kind, alarm, note
from orchestrator.evidence.places import is_automation
from orchestrator.evidence.reports import mapping
from orchestrator.evidence.words import listed

Texts = Mapping[str, str]

NAMES = {
    *("pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini", ".coveragerc", "noxfile.py", "package.json"),
    *(".orchestrator.toml", "Makefile", "makefile", "justfile", ".nycrc", ".nycrc.json", ".c8rc.json", ".mocharc.json"),
}
BUNDLED = re.compile(r"(?:jest|vitest|vite|playwright|karma)\.config\.\w+")
THRESHOLDS = {
    "coverage": re.compile(r"fail[-_]under['\"]?\s{0,9}[=: ]\s{0,9}['\"]?(\d{1,3}(?:\.\d{1,4})?)"),
    **{
        part: re.compile(rf"(?<![\w-])['\"]?{part}['\"]?\s{{0,9}}[:=]\s{{0,9}}(\d{{1,3}}(?:\.\d{{1,4}})?)")
        for part in ("branches", "functions", "lines", "statements")
    },
}
FORGIVING_RULE = re.compile(
    r"continue-on-error:\s{0,9}(?!false)\S|allow_failure:\s{0,9}true|--exit-zero\b"
    r"|--pass-?[wW]ith-?[nN]o-?[tT]ests\b|^\s*(?:- )?if:\s{0,9}(?:false\b|\$\{\{\s{0,9}false)"
)
FORGIVING_SHELL = re.compile(
    r"\|\|\s{0,9}(?:true\b|:(?:\s|$|\"|')|exit 0|echo\b)|;\s{0,9}(?:true|exit 0)\b|\bset \+e\b|^\t-@?[\w$({]{3}"
)
TESTING = re.compile(
    r"\b(?:tests?|pytest|unittest|check|lint|mypy|ruff|tsc|eslint|cov(?:erage)?|jest|vitest|mocha|tox|nox)\b"
)
RUNS_TESTS = re.compile(
    r"\b(?:pytest|unittest|(?:npm|pnpm|yarn|bun)(?: run)? test|make (?:test|check)|node --test"
    r"|jest|vitest|mocha|tox|nox)\b"
)
LEAVES_OUT = re.compile(r"(?:^|\s)(--ignore(?:-glob)?|--deselect|--collect-only|--co|--noconftest|-k|-m)(?=[\s=]|$)")
PYTEST_NAMES = ("python_files", "python_classes", "python_functions")
JS_LISTS = ("coveragePathIgnorePatterns", "testPathIgnorePatterns", "modulePathIgnorePatterns", "exclude")


def is_guard(path: str) -> bool:
    """A file that says how the tests are run, or by whom."""
    name = PurePosixPath(path).name
    return name in NAMES or is_automation(path) or name.endswith(".sh") or bool(BUNDLED.fullmatch(name))


def compare(before: Texts, after: Texts) -> Iterator[Finding]:
    """`before` and `after` hold the files for which `is_guard` is true."""
    yield from _thresholds(before, after)
    yield from _left_out(before, after)
    yield from _forgiven(before, after)
    yield from _automation(before, after)
    yield from _script(before, after)


def _thresholds(before: Texts, after: Texts) -> Iterator[Finding]:
    for path, text in before.items():
        for name, pattern in THRESHOLDS.items():
            old, new = _numbers([text], pattern), _numbers([after.get(path, "")], pattern)
            if old and (min(new) < min(old) or max(new) < max(old) if new else not _moved(old, after, pattern)):
                yield alarm(Kind.THRESHOLD, path, _lowered(old, new), (f"{name}: {old} → {new}",))


def _moved(old: list[float], after: Texts, pattern: re.Pattern[str]) -> bool:
    """Whether another file demands as much now."""
    return max(_numbers(after.values(), pattern), default=0) >= max(old)


def _lowered(old: list[float], new: list[float]) -> str:
    least = f"At least {max(old):g}% of the code had to be reached by tests"
    return f"{least}; now it is {min(new):g}%." if new else f"{least}; this demand is gone."


def _numbers(texts: Iterable[str], pattern: re.Pattern[str]) -> list[float]:
    return [float(number) for text in texts for number in pattern.findall(text)]


def _left_out(before: Texts, after: Texts) -> Iterator[Finding]:
    for what, say, grown in (
        (_omitted, alarm, "Files are newly left out when it is measured how much the tests reach"),
        (_excluded, note, "Lines of code are newly left out when it is measured how much the tests reach"),
        (_deselected, alarm, "Tests are newly left out"),
    ):
        old = {entry for path, text in before.items() for entry in what(path, text)}
        for path, text in after.items():
            if new := sorted(set(what(path, text)) - old):
                yield say(Kind.LEFT_OUT, path, f"{grown}: {listed(new)}.", tuple(new))
    yield from _narrowed(before, after)


def _narrowed(before: Texts, after: Texts) -> Iterator[Finding]:
    """Places or kinds of names where tests were looked for, and are not any more."""
    for path in before.keys() & after.keys():
        for what, sentence in (
            (_places, "Tests are looked for in fewer places"),
            (_measured, "Less of the code is measured"),
        ):
            old, new = set(what(path, before[path])), set(what(path, after[path]))
            if old and new and (lost := sorted(old - new)):
                yield alarm(Kind.LEFT_OUT, path, f"{sentence}: without {listed(lost)}.", tuple(lost))


def _omitted(path: str, text: str) -> Iterator[str]:
    run, report = _coverage(path, text)
    yield from (entry for part in (run, report) for entry in entries(part.get("omit")))
    if path.endswith(".json") or path == ".nycrc":
        known = mapping(text) or {}
        for part in (known, *(known.get(name) for name in ("jest", "nyc", "c8"))):
            if isinstance(part, dict):
                yield from (entry for name in JS_LISTS for entry in entries(part.get(name)))


def _excluded(path: str, text: str) -> Iterator[str]:
    _, report = _coverage(path, text)
    for name in ("exclude_lines", "exclude_also", "partial_branches", "partial_also"):
        yield from entries(report.get(name))


def _deselected(path: str, text: str) -> Iterator[str]:
    options = pytest_options(path, text)
    said = options.get("addopts", "")
    yield from LEAVES_OUT.findall(" ".join(said) if isinstance(said, list) else str(said))
    yield from entries(options.get("norecursedirs"))


def _places(path: str, text: str) -> Iterator[str]:
    options = pytest_options(path, text)
    for name in ("testpaths", *PYTEST_NAMES):
        yield from entries(options.get(name))


def _measured(path: str, text: str) -> Iterator[str]:
    run, _ = _coverage(path, text)
    for name in ("source", "include"):
        yield from entries(run.get(name))


def _coverage(path: str, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts `run` and `report` of what coverage.py is told."""
    name = PurePosixPath(path).name
    if name == "pyproject.toml":
        found = _deep(_toml(text), "tool", "coverage")
        return _deep(found, "run"), _deep(found, "report")
    prefix = {"setup.cfg": "coverage:", "tox.ini": "coverage:", ".coveragerc": ""}.get(name)
    ini = _ini(text) if prefix is not None else {}
    return ini.get(f"{prefix}run", {}), ini.get(f"{prefix}report", {})


def pytest_options(path: str, text: str) -> dict[str, Any]:
    """What pytest is told in one of the files that it reads."""
    name = PurePosixPath(path).name
    if name == "pyproject.toml":
        found = _deep(_toml(text), "tool", "pytest")
        return {**found, **_deep(found, "ini_options")}
    part = {"setup.cfg": "tool:pytest", "tox.ini": "pytest", "pytest.ini": "pytest"}.get(name)
    return _ini(text).get(part, {}) if part else {}


def _forgiven(before: Texts, after: Texts) -> Iterator[Finding]:
    """Lines that let a failure pass as a success. Where they are not about tests they are only said."""
    old = {line for text in before.values() for line in _forgiving(text)}
    for path, text in after.items():
        if new := [line for line in _forgiving(text) if line not in old]:
            serious = any(FORGIVING_RULE.search(line) or TESTING.search(line) for line in new)
            sentence = f"{_lines(new)} a failed check pass as a success."
            yield (alarm if serious else note)(Kind.FORGIVEN, path, sentence, tuple(new))


def _lines(new: list[str]) -> str:
    return "A new line lets" if len(new) == 1 else f"{len(new):,} new lines let"


def _forgiving(text: str) -> list[str]:
    short = (line[:2_000] for line in text.splitlines())
    return [line.strip()[:200] for line in short if FORGIVING_RULE.search(line) or FORGIVING_SHELL.search(line)]


def _automation(before: Texts, after: Texts) -> Iterator[Finding]:
    for path in filter(is_automation, before):
        if path not in after:
            yield alarm(Kind.AUTOMATION, path, "Something that ran the checks by itself was taken away.")
        elif len(RUNS_TESTS.findall(after[path])) < len(RUNS_TESTS.findall(before[path])):
            yield alarm(Kind.AUTOMATION, path, "What runs the checks by itself runs fewer of them now.")
        elif before[path] != after[path]:
            yield note(Kind.AUTOMATION, path, "What runs the checks by itself was changed.")


def _script(before: Texts, after: Texts) -> Iterator[Finding]:
    """The command behind `npm test`."""
    for path in before:
        if PurePosixPath(path).name == "package.json" and (old := _test_script(before[path])):
            new = _test_script(after.get(path, ""))
            if new != old:
                sentence = (
                    "The command that runs the tests was rewritten."
                    if new
                    else "The command that runs the tests is gone."
                )
                yield alarm(Kind.CHECKS, path, sentence, (f"{old} → {new}",))


def _test_script(text: str) -> str:
    return str(_deep(mapping(text) or {}, "scripts").get("test", ""))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _ini(text: str) -> dict[str, dict[str, Any]]:
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except NotReadable:
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}


def _deep(known: Mapping[str, Any], *path: str) -> dict[str, Any]:
    found: Any = known
    for name in path:
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return dict(found) if isinstance(found, Mapping) else {}


def entries(value: object) -> list[str]:
    """A list, or the words and lines of a text that stands for one."""
    if isinstance(value, str):
        return [entry for line in value.splitlines() for entry in re.split(r"[,\s]+", line) if entry]
    return [str(entry) for entry in value] if isinstance(value, list) else []
