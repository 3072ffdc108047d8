"""Finds Python tests that prove nothing: they check nothing, or pass without their checks ever being reached."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from orchestrator.evidence import tamper
from orchestrator.evidence.python_tests import Function, module, name
from orchestrator.evidence.ready.suite import Result, Run
from orchestrator.evidence.words import counted, listed

Texts = Mapping[str, str]
Place = tuple[str, str]  # of a file and a test in it
TOLERATED = 10  # of a hundred tests, how many may only see that nothing breaks
CHECKING = re.compile(
    r"assert|expect|verify|check|should|ensure|raise|warn|fail|match|compare|validate|must|require", re.IGNORECASE
)
# Of a skip these conditions hold by themselves for as long as the machine is the one that it is.
MACHINE = {"sys.platform", "sys.version_info", "os.name", "platform.system", "platform.machine"}


def fault(texts: Texts) -> str:
    """A sentence about tests that cannot fail, told by reading; empty where there are none too many."""
    cases = {
        (path, case.name): case
        for path, suite in tamper.suites(texts).items()
        if path.endswith(".py")
        for case in suite.cases.values()
    }
    if cannot := [key for key, case in cases.items() if not case.sites and (case.hollow or case.swallowed)]:
        return f"{counted(len(cannot), 'test')} cannot fail, whatever the app does: {_named(cannot)}."
    functions = defined(texts)
    nothing = [key for key, case in cases.items() if not case.sites and not _checks(functions.get(key))]
    if len(nothing) * 100 > TOLERATED * len(cases):
        return f"{len(nothing)} of {counted(len(cases), 'test')} check nothing: {_named(nothing)}."
    return ""


def unreached(texts: Texts, run: Run) -> str:
    """A sentence about tests that passed although their own lines did not run, by what was measured."""
    functions = defined(texts)
    found = []
    for one in run.passed:
        function, lines = functions.get((one.file, one.case)), run.lines.get(one.file)
        if function and lines and not _reached(function, lines.ran):
            found.append((one.file, one.case))
    if not found:
        return ""
    which = sorted(set(found))
    return f"{counted(len(which), 'test')} passed without reaching what is to be checked: {_named(which)}."


def never_ran(texts: Texts, run: Run) -> str:
    """A sentence about tests that are there, by reading, and of which the run knows nothing."""
    known = {(one.file, one.case) for one in run.results} | {(one.file, "") for one in run.results if not one.case}
    built_on = {base for text in texts.values() if (tree := module(text)) for base in _bases(tree)}
    lost = [
        key
        for key in defined(texts)
        if key not in known and (key[0], "") not in known and key[1].split(".")[0] not in built_on
    ]
    if not lost:
        return ""
    return f"{counted(len(lost), 'test')} {'is' if len(lost) == 1 else 'are'} there and never run: {_named(lost)}."


def excused(texts: Texts, one: Result) -> bool:
    """Whether a skip depends on the kind of machine alone."""
    function = defined(texts).get((one.file, one.case))
    marks = function.decorator_list if function else []
    return any(
        isinstance(mark, ast.Call)
        and name(mark) in {"skipif", "skipIf", "skipUnless"}
        and mark.args
        and _machine(mark.args[0])
        for mark in marks
    )


def defined(texts: Texts) -> dict[Place, Function]:
    """The functions of all tests that are found by reading."""
    return {
        (path, case): function
        for path, suite in tamper.suites(texts).items()
        if path.endswith(".py") and (tree := module(texts[path]))
        for case, function in _functions(tree.body, "")
        if case in suite.cases
    }


def _functions(body: Iterable[ast.stmt], within: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _functions(node.body, within)


def _checks(function: Function | None) -> bool:
    """By the name of something that it calls, which may come from elsewhere: `response.raise_for_status()`."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call)) if function else ()
    return any(CHECKING.search(name(call.func)) for call in calls)


def _reached(function: Function, ran: frozenset[int]) -> bool:
    checks = [line for node in ast.walk(function) if (line := _check(node))]
    body = [line.lineno for line in function.body if not _says_only(line)]
    wanted = checks or body
    return not wanted or bool(ran & set(wanted))


def _check(node: ast.AST) -> int:
    """The line of something that checks; 0 of anything else."""
    if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and CHECKING.search(name(node.func))):
        return node.lineno
    return 0


def _says_only(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))


def _machine(condition: ast.expr) -> bool:
    found = [ast.unparse(node) for node in ast.walk(condition) if isinstance(node, ast.Attribute)]
    calls = [ast.unparse(node.func) for node in ast.walk(condition) if isinstance(node, ast.Call)]
    named = [node.id for node in ast.walk(condition) if isinstance(node, ast.Name)]
    alone = {"sys", "os", "platform"}
    return (
        bool(found)
        and set(named) <= alone
        and all(any(one.startswith(known) for known in MACHINE) for one in found)
        and all(one.startswith(("sys.platform.startswith", "platform.")) for one in calls)
    )


def _bases(tree: ast.Module) -> set[str]:
    return {name(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}


def _named(keys: list[Place]) -> str:
    return listed([f"{path}: {case}" for path, case in keys])
