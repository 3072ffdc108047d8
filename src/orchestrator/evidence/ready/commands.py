"""Which commands really run the tests: followed through make, npm, tox and scripts to the program itself. Pure."""

import ast
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as NotReadable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready import makefile, shell
from orchestrator.evidence.ready.shell import LEFT, Call
from orchestrator.evidence.ready.stack import toml

DEPTH = 6
PYTHON = re.compile(r"(?:python(?:3(?:\.\d+)?)?|py)(?:\.exe)?")
# Programs that only start another one; with each, those of its options that take a value.
STARTERS: dict[tuple[str, ...], set[str]] = {
    ("uv", "run"): {
        "--python",
        "-p",
        "--with",
        "--extra",
        "--group",
        "--env-file",
        "--package",
        "--project",
        "--index",
    },
    ("poetry", "run"): set(),
    ("pipenv", "run"): set(),
    ("hatch", "run"): set(),
    ("pdm", "run"): set(),
    ("npx",): {"-p", "--package"},
    ("bunx",): set(),
    ("pnpm", "exec"): set(),
    ("yarn", "exec"): set(),
    ("xvfb-run",): set(),
    ("time",): set(),
    ("env",): set(),
    ("command",): set(),
    ("coverage", "run"): {"--source", "--rcfile", "--data-file", "--omit", "--include", "--context", "--concurrency"},
}
PYTHON_TESTS, SCRIPT_TESTS = {"pytest", "py.test", "unittest", "nose2"}, {"jest", "vitest", "mocha", "ava", "tap"}
OTHERS = {("go", "test"), ("cargo", "test"), ("mvn", "test"), ("mvn", "verify"), ("gradle", "test"), ("dotnet", "test")}
NOTHING_RUN = {
    "--co", "--collect-only", "--version", "-V", "-h", "--help", "--fixtures", "--markers", "--setup-plan",
    "--listTests", "--list", "list", "--dry-run", "--passWithNoTests=only",
}  # fmt: skip
PART = re.compile(
    r"^(?:-k|-m|--deselect|--ignore|--ignore-glob|--lf|--last-failed|--noconftest|--testNamePattern|-t|--grep|-o|--changed"
    r"|--test-name-pattern|--onlyChanged|--shard|--testPathPattern|--test-only)(?:=|$)"
)
VALUED = re.compile(
    r"^(?:-n|-p|-c|-W|-r|--maxfail|--timeout|--junitxml|--cov-report|--cov-config|--durations|--dist|--reporter|--rootdir"
    r"|--config|-o|--override-ini|--numprocesses|--cov-fail-under|--color|--tb|--top-level-directory|-s|-t|--pattern)$"
)
MANAGERS = {"npm", "pnpm", "yarn", "bun"}


@dataclass(frozen=True, slots=True)
class Testing:
    """A command that runs tests. `left`: why its failing passes; `part`: what it leaves out."""

    command: str
    language: str  # python, javascript, other
    folder: str = ""
    paths: tuple[str, ...] = ()
    part: str = ""
    left: str = ""

    @property
    def firm(self) -> bool:
        return not self.left and not self.part


def followed(call: Call, texts: Mapping[str, str], depth: int = 0) -> Iterator[Testing]:
    """The tests that come of a command; none where it is about something else, or where they could not be followed."""
    env, words = _started([*call.env], list(call.words))
    if not words or depth > DEPTH:
        return
    here = replace(call, words=tuple(words), env=tuple(env))
    name = PurePosixPath(words[0]).name
    inner = _inner(name, here, texts)
    if inner is None:
        for found in _own(name, here):
            yield replace(found, left=found.left or _replaced(here, texts))
        return
    for one in inner:
        for found in followed(one, texts, depth + 1):
            yield replace(found, command=call.said, left=LEFT.get(call.left, "") or found.left)


def _started(env: list[str], words: list[str]) -> tuple[list[str], list[str]]:
    """Without the programs that only start it."""
    while words:
        if shell.ASSIGNMENT.fullmatch(words[0]):
            env.append(words.pop(0))
        elif PYTHON.fullmatch(PurePosixPath(words[0]).name) and (at := _module(words)):
            words = words[at:]
        elif words[0] == "timeout" and len(words) > 2:  # noqa: PLR2004 - its time and the program
            words = words[2:]
        elif found := next((one for one in STARTERS if _named(words, len(one)) == one), None):
            words = _skipped(words[len(found) :], STARTERS[found])
            if found == ("coverage", "run") and words[:1] == ["-m"]:
                words = words[1:]
        else:
            break
    return env, words


def _named(words: Sequence[str], most: int) -> tuple[str, ...]:
    return (PurePosixPath(words[0]).name, *words[1:most])


def _module(words: Sequence[str]) -> int:
    """Where the name of the module stands that Python is to run, 0 where there is none."""
    for at, word in enumerate(words[1:], 1):
        if word == "-m":
            return at + 1
        if not word.startswith("-") and words[at - 1] not in {"-W", "-X"}:
            return 0
    return 0


def _skipped(words: list[str], valued: set[str]) -> list[str]:
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-m":
        at += 2 if words[at] in valued else 1
    return words[at:]


def _own(name: str, call: Call) -> Iterator[Testing]:
    """What runs tests itself."""
    language = _language(name, call.words)
    if not language:
        return
    rest = list(call.words[1:])
    said = " ".join((*call.env, *rest))
    part = "only shows which tests there are" if NOTHING_RUN & {*rest, *said.split()} else ""
    part = part or next((f"leaves tests out (“{word}”)" for word in said.split() if PART.match(word)), "")
    if language == "other" or name in {"tox", "nox"}:
        part = part or "could not be followed to the tests themselves"
    if "ADDOPTS" in said or "NODE_OPTIONS" in said:
        part = part or "is given options by way of the environment"
    paths = tuple(_paths(name, rest)) if language != "other" else ()
    yield Testing(call.said, language, call.folder, paths, part, LEFT.get(call.left, ""))


def _replaced(call: Call, texts: Mapping[str, str]) -> str:
    """A file of the project that is run in place of the program of that name."""
    at = _at(call, call.words[0])
    places = (at, f"{at}.py", f"{at}/__init__.py", f"{at}/__main__.py", f"node_modules/.bin/{at}")
    return next((f"is not the program of that name, but {one} of the project" for one in places if one in texts), "")


def _language(name: str, words: Sequence[str]) -> str:
    if name in PYTHON_TESTS:
        return "python"
    if name in SCRIPT_TESTS or (name == "node" and "--test" in words) or tuple(words[:2]) == ("playwright", "test"):
        return "javascript"
    return "other" if tuple(words[:2]) in OTHERS else ""


def _paths(name: str, words: Sequence[str]) -> Iterator[str]:
    """The files and folders that it is told to look at."""
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif VALUED.match(word) and not (name == "unittest" and word == "-s"):
            skip = True
        elif not word.startswith("-") and word not in {"discover", "run", "test"} and "=" not in word:
            yield word.split("::")[0].rstrip("/") if at or name else word


def _inner(name: str, call: Call, texts: Mapping[str, str]) -> list[Call] | None:
    """The commands behind a command; None where it is a program itself."""
    if name in {"make", "gmake"}:
        return makefile.commands(call, texts)
    if name in MANAGERS:
        return _package_script(call, texts)
    if name == "tox":
        return _tox(call, texts)
    if name == "nox":
        return _nox(call, texts)
    if name in {"sh", "bash", "dash"} or name.endswith(".sh") or _is_script(call, texts):
        return _script(name, call, texts)
    return None


def _is_script(call: Call, texts: Mapping[str, str]) -> bool:
    text = texts.get(_at(call, call.words[0]), "")
    return "/" in call.words[0] and bool(re.match(r"#!.*\b(?:ba|da)?sh\b", text))


def _at(call: Call, path: str) -> str:
    parts: list[str] = []
    for part in PurePosixPath(call.folder, path).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _script(name: str, call: Call, texts: Mapping[str, str]) -> list[Call]:
    """A script of the project, or a command line in quotation marks."""
    words = list(call.words) if name.endswith(".sh") or name not in {"sh", "bash", "dash"} else list(call.words[1:])
    options = ""
    while words and words[0].startswith("-"):
        options += words.pop(0)
        if "o" in options and words and words[0] == "pipefail":
            options += words.pop(0)
    if not words:
        return []
    if "c" in options.replace("pipefail", ""):
        return list(shell.calls(words[0], stops="e" in options.replace("pipefail", ""), folder=call.folder))
    text = texts.get(_at(call, words[0]), "")
    first = text.split("\n", 1)[0] if text.startswith("#!") else ""
    stops = (bool(re.search(r"\s-\w*e", first)) and not options) or "e" in options.replace("pipefail", "")
    return list(shell.calls(text, stops=stops, pipes="pipefail" in options, folder=call.folder))


def _package_script(call: Call, texts: Mapping[str, str]) -> list[Call]:
    words = [word for word in call.words[1:] if not word.startswith("-")]
    if words[:1] == ["run"]:
        words = words[1:]
    if not words or words[0] in {"install", "ci", "i", "add", "exec"}:
        return []
    try:
        known = json.loads(texts.get(_at(call, "package.json"), "{}")).get("scripts", {})
        text = known.get({"t": "test", "tst": "test"}.get(words[0], words[0]), "")
    except (ValueError, AttributeError, RecursionError):
        return []
    more = shlex.join(call.words[call.words.index("--") + 1 :]) if "--" in call.words else ""
    found = shell.calls(f"{text} {more}", stops=False, folder=call.folder) if isinstance(text, str) and text else ()
    return list(found)


def _tox(call: Call, texts: Mapping[str, str]) -> list[Call]:
    """What tox runs in its environments: the lines of `commands`, one by one."""
    text = texts.get(_at(call, "tox.ini")) or _legacy(texts, _at(call, "pyproject.toml"))
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except NotReadable:
        return []
    chosen = [f"testenv:{one}" for one in _chosen(call.words)]
    names = [name for name in chosen if parser.has_option(name, "commands")] or ["testenv"]
    found: list[Call] = []
    for name in names:
        if not parser.has_section(name):
            continue
        part = parser[name]
        forgiven = (part.get("ignore_outcome") or "").strip().lower() in {"true", "1", "yes", "on"}
        for line in (part.get("commands") or "").replace("\\\n", " ").splitlines():
            found += _tox_line(line.strip(), call, forgiven=forgiven)
    return found


def _tox_line(line: str, call: Call, *, forgiven: bool) -> Iterator[Call]:
    plain = re.sub(r"\{posargs:?([^{}]*)\}", r"\1", line)
    left = "ignored" if forgiven or plain.startswith(("-", "!", "|")) else ""
    for one in shell.calls(plain.lstrip("-!|* "), stops=True, folder=call.folder):
        yield replace(one, left=left or one.left)


def _chosen(words: Sequence[str]) -> list[str]:
    for at, word in enumerate(words):
        if word in {"-e", "--env", "run-parallel"} and at + 1 < len(words):
            return words[at + 1].split(",")
    return []


def _legacy(texts: Mapping[str, str], path: str) -> str:
    known = toml(texts, path).get("tool", {})
    text = known.get("tox", {}).get("legacy_tox_ini", "") if isinstance(known, dict) else ""
    return text if isinstance(text, str) else ""


def _nox(call: Call, texts: Mapping[str, str]) -> list[Call]:
    """What its sessions run, where the words stand there as they are."""
    tree = module(texts.get(_at(call, "noxfile.py"), ""))
    found = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run":
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            left = "ignored" if any(one.arg == "success_codes" for one in node.keywords) else ""
            if words and len(words) == len(node.args):
                found.append(Call(tuple(words), (), call.folder, left))
    return found
