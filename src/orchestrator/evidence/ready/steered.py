"""Finds what decides the outcome of Python tests instead of the tests, anywhere in a project. Reads texts only."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.evidence import outcomes
from orchestrator.evidence.finding import Kind, Severity
from orchestrator.evidence.places import beside_tests, is_test
from orchestrator.evidence.python_tests import module, name

# Hooks that many honest projects have. They are let be where they change nothing of what becomes of a test.
USUAL = {
    *("pytest_collection_modifyitems", "pytest_runtest_makereport", "pytest_sessionfinish", "pytest_unconfigure"),
    *("pytest_collect_file", "pytest_runtest_logreport", "pytest_report_teststatus"),
}
WRITTEN = {
    *("outcome", "longrepr", "wasxfail", "excinfo", "obj", "_obj", "exitstatus", "items", "__code__", "runtest"),
    *("when", "result", "passed", "failed", "session", "testsfailed"),
}
CALLED = {
    *("force_result", "skip", "xfail", "exit", "_exit", "remove", "pop", "clear", "setattr", "delattr", "exec", "eval"),
    *("pytest_deselected", "append", "insert", "__setattr__", "reset"),
}
MEASURING = {"coverage", "sys.settrace", "sys.setprofile", "threading.settrace", "sys.monitoring"}
FORGED = {"exec", "compile"}
SAID = "{} decides by itself what becomes of the tests: {}."


def fault(texts: Mapping[str, str], hooks: Iterable[str] = ()) -> str:
    """A sentence about the first thing that is wrong; empty where the tests decide. `hooks` were seen in a run."""
    python = {path: text for path, text in texts.items() if path.endswith(".py")}
    return next(_faults(python), "") or next(_seen(python, hooks), "")


def _faults(texts: Mapping[str, str]) -> Iterator[str]:
    for found in outcomes.compare({}, texts):
        if found.kind is Kind.OUTCOMES and found.severity is Severity.ALARM:
            named = [one for one in found.details if not _harmless(texts[found.path], one)]
            if named:
                yield SAID.format(found.path, ", ".join(named))
            elif not found.details:
                yield f"{found.path}: {_now(found.sentence)}"
    for path, text in texts.items():
        if not beside_tests(path) and (named := sorted(outcomes.HOOKS & _defined(text))):
            left = [one for one in named if not _harmless(text, one)]
            yield from [SAID.format(path, ", ".join(left))] * bool(left)
        if beside_tests(path) and (what := _measures(path, text)):
            yield f"{path} meddles with how it is measured what the tests reach: {what}."


def _now(sentence: str) -> str:
    """Findings speak of changes; here nothing is compared."""
    return sentence.replace("A file was added or changed that", "It is a file that").replace("The change ", "It ")


def _seen(texts: Mapping[str, str], hooks: Iterable[str]) -> Iterator[str]:
    """A hook that nobody defines in plain words is hidden, which no honest one is."""
    for one in hooks:
        hook, _, path = one.partition(" ")
        if hook in outcomes.HOOKS and (hook not in _defined(texts.get(path, "")) or not _harmless(texts[path], hook)):
            yield SAID.format(path, hook)


def _defined(text: str) -> set[str]:
    tree = module(text) if "pytest_" in text or "load_tests" in text else None
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)} if tree else set()


def _harmless(text: str, hook: str) -> bool:
    tree = module(text)
    if hook not in USUAL or tree is None:
        return False
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == hook]
    return bool(functions) and not any(_changes(node) for one in functions for node in ast.walk(one))


def _changes(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(_end(target) in WRITTEN for target in targets if not isinstance(target, ast.Name))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return _end(target) in WRITTEN and not isinstance(target, ast.Name)
        case ast.Delete():
            return True
        case ast.Call(func=function):
            return name(function) in CALLED
        case _:
            return False


def _end(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Starred):
        node = node.value
    return name(node)


def _measures(path: str, text: str) -> str:
    tree = module(text)
    for node in ast.walk(tree) if tree else ():
        match node:
            case ast.Import(names=names) if any(one.name.split(".")[0] == "coverage" for one in names):
                return "it loads the program that measures"
            case ast.ImportFrom(module="coverage"):
                return "it loads the program that measures"
            case ast.Attribute() if ast.unparse(node) in MEASURING:
                return ast.unparse(node)
            case ast.Call(func=ast.Name(id="compile"), args=[_, where, *_]) if is_test(path) or _is_conftest(path):
                if not (isinstance(where, ast.Constant) and str(where.value).startswith("<")):
                    return "it runs code under the name of another file"
    return ""


def _is_conftest(path: str) -> bool:
    return PurePosixPath(path).name == "conftest.py"
