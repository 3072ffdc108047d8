"""Finds Python tests that a project's own settings or names keep from being run. Reads texts only."""

import ast
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TypeGuard

from orchestrator.evidence import tamper
from orchestrator.evidence.guards import LEAVES_OUT
from orchestrator.evidence.places import NOT_OURS, TEST_FOLDERS, is_python_test
from orchestrator.evidence.python_checks import Helpers, added, tally, truth
from orchestrator.evidence.python_tests import Function, module
from orchestrator.evidence.ready import settings_of_pytest as settings
from orchestrator.evidence.words import counted, listed

Texts = Mapping[str, str]
OFF = re.compile(
    r"_*(?:x+|no|not|dont|off|disabled|old|skip|skipped|broken|todo|ignore|tmp|tst|tets)?_*test_?\w+", re.IGNORECASE
)
SKIPPED_FOLDERS = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")


def fault(texts: Texts) -> str:
    """A sentence about the first tests that are left out; empty where all are run."""
    return next(_faults({path: text for path, text in texts.items() if not _foreign(path)}), "")


def _faults(texts: Texts) -> Iterator[str]:
    yield from _options(texts)
    files = {path: suite for path, suite in tamper.suites(texts).items() if path.endswith(".py") and suite.cases}
    yield from _settings(texts, files)
    yield from _misnamed(texts)
    yield from _unread(texts)
    for path in filter(is_python_test, texts):
        yield from _twice(path, texts[path])
        yield from _switched_off(path, texts[path])


def _options(texts: Texts) -> Iterator[str]:
    """What each call of pytest is told to leave out."""
    words = settings.added(texts)
    where, _ = settings.read(texts)
    if found := [word for word in LEAVES_OUT.findall(f" {' '.join(words)} ") if _leaves_out(word, words)]:
        yield f"{where} tells the test program to leave tests out: {listed(list(dict.fromkeys(found)))}."


def _leaves_out(word: str, words: list[str]) -> bool:
    """`-m "not nothing"` and the like are not told apart: whoever leaves tests out may say so on another day."""
    return any(one.startswith(word) for one in words)


def _settings(texts: Texts, files: Mapping[str, object]) -> Iterator[str]:
    where, said = settings.read(texts)
    for what, hidden in (
        ("testpaths", _elsewhere),
        ("norecursedirs", _not_entered),
        ("python_files", _named_otherwise),
    ):
        patterns = settings.words(said.get(what))
        if patterns and (lost := [path for path in files if hidden(path, patterns)]):
            yield f"“{what}” in {where} leaves out {counted(len(lost), 'file')} of tests: {listed(lost)}."
    yield from _prefixes(texts, where, said)


def _prefixes(texts: Texts, where: str, said: Mapping[str, object]) -> Iterator[str]:
    functions, classes = settings.words(said.get("python_functions")), settings.words(said.get("python_classes"))
    for path, text in texts.items():
        if is_python_test(path) and (tree := module(text)):
            lost = [one.name for one in tree.body if functions and _test(one) and not _starts(one, functions)]
            lost += [one.name for one in tree.body if classes and _group(one) and not _starts(one, classes)]
            if lost:
                yield f"The names that {where} asks for leave out tests in {path}: {listed(lost)}."


def _elsewhere(path: str, places: list[str]) -> bool:
    return not any(
        fnmatch(path, f"{place.strip('/').removeprefix('./') or '*'}{ending}")
        for place in places
        for ending in ("", "/*")
        if place not in {".", "./"}
    ) and not {".", "./"} & set(places)


def _not_entered(path: str, patterns: list[str]) -> bool:
    folders = PurePosixPath(path).parts[:-1]
    return any(fnmatch(folder, pattern) for folder in folders for pattern in patterns if pattern not in SKIPPED_FOLDERS)


def _named_otherwise(path: str, patterns: list[str]) -> bool:
    return not any(fnmatch(PurePosixPath(path).name, pattern) for pattern in patterns)


def _misnamed(texts: Texts) -> Iterator[str]:
    """Tests in a file whose name no test program looks at, and that no test takes in."""
    imported = {word for path, text in texts.items() if path.endswith(".py") for word in _imports(text)}
    for path, text in texts.items():
        at = PurePosixPath(path)
        if at.suffix == ".py" and not is_python_test(path) and at.stem not in imported | {"conftest", "__init__"}:
            tree = module(text) if "def test" in text else None
            lost = [one.name for one in tree.body if _test(one) and _checks(one)] if tree else []
            if lost and (TEST_FOLDERS & set(at.parts[:-1]) or "test" in at.stem or len(lost) > 1):
                yield f"The tests in {path} are never run, because of its name: {listed(lost)}."


def _unread(texts: Texts) -> Iterator[str]:
    for path, text in texts.items():
        if is_python_test(path) and module(text) is None:
            yield f"{path} cannot be read as Python, so its tests cannot run."


def _twice(path: str, text: str) -> Iterator[str]:
    """A test that another one of the same name takes the place of, or that is taken away again."""
    tree = module(text)
    for body in (tree.body, *(one.body for one in tree.body if isinstance(one, ast.ClassDef))) if tree else ():
        seen: set[str] = set()
        for line in body:
            if _test(line):
                if line.name in seen:
                    yield f"{path} has two tests of the name “{line.name}”, and only one of them is run."
                seen.add(line.name)
            elif gone := [one for one in _names(line) if one in seen]:
                yield f"{path} takes tests away after it has defined them: {listed(gone)}."
            elif _names(line) == ["__test__"] and isinstance(line, ast.Assign) and truth(line.value) is False:
                yield f"{path} has tests that are switched off by “__test__”."


def _names(line: ast.stmt) -> list[str]:
    """The names that a statement gives another meaning, or takes away."""
    targets = line.targets if isinstance(line, ast.Assign | ast.Delete) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _switched_off(path: str, text: str) -> Iterator[str]:
    """What looks like a test, checks something, and has a name by which it is not found, and nobody calls it."""
    tree = module(text)
    if tree is None:
        return
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for body in (tree.body, *(one.body for one in tree.body if isinstance(one, ast.ClassDef))):
        for line in body:
            if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef) and not line.name.startswith("test"):
                fixture = bool(line.decorator_list)
                if OFF.fullmatch(line.name) and line.name not in used and not fixture and _checks(line):
                    yield f"“{line.name}” in {path} looks like a test that was switched off by its name."
        for line in body:
            if isinstance(line, ast.If) and truth(line.test) is False:
                lost = [one.name for part in line.body for one in ast.walk(part) if _test(one)]
                if lost:
                    yield f"Tests in {path} stand where they are never reached: {listed(lost)}."


def _test(node: ast.AST) -> TypeGuard[Function]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _group(node: ast.AST) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef) and node.name.startswith("Test") and any(_test(one) for one in node.body)


def _starts(node: ast.AST, patterns: list[str]) -> bool:
    called = getattr(node, "name", "")
    return any(called.startswith(one) or ("*" in one and fnmatch(called, one)) for one in patterns)


def _checks(node: Function) -> bool:
    return added(tally(node.body, Helpers(), {})).sites > 0


def _imports(text: str) -> Iterator[str]:
    tree = module(text) if "import" in text else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (part for one in node.names for part in one.name.split("."))


def _foreign(path: str) -> bool:
    return bool(NOT_OURS & set(PurePosixPath(path).parts))
