"""Reads tests that are written in Python: what each checks, and whether it can fail. Nothing of them is run."""

import ast
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod

from orchestrator.evidence.cases import Case, Suite
from orchestrator.evidence.python_checks import Helpers, added, size, tally, truth

Function = ast.FunctionDef | ast.AsyncFunctionDef
SKIPS = {"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure"}
SKIP_CALLS = {"skip", "skipTest", "SkipTest", "importorskip", "xfail"}
MOCKS = {"Mock", "MagicMock", "AsyncMock", "PropertyMock", "create_autospec", "patch", "monkeypatch", "mocker"}
WARNING = threading.Lock()  # the filters of warnings belong to the whole process


@dataclass(frozen=True, slots=True)
class Support:
    """What tests may call or build on, gathered over all files of tests: by its bare name, as they import it."""

    helpers: Helpers = field(default_factory=Helpers)
    bases: frozenset[str] = frozenset()


def module(text: str) -> ast.Module | None:
    """The text as a tree, or None where Python would not read it or it is nested beyond reason."""
    with WARNING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def support(modules: Iterable[ast.Module]) -> Support:
    functions: dict[str, Function] = {}
    bases: set[str] = set()
    for tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test"):
                functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                bases |= {name(base) for base in node.bases}
    return Support(Helpers(functions), frozenset(bases))


def suite(tree: ast.Module | None, beside: Support) -> Suite:
    """The tests of a file, as the usual programs would find them."""
    if tree is None:
        return Suite({}, readable=False)
    known = dict(_constants(tree))
    try:
        cases = {case.name: case for case in _cases(tree.body, beside, known, "", _marked_module(tree))}
    except RecursionError:
        return Suite({}, readable=False)
    named = (getattr(node, "id", None) or getattr(node, "attr", None) for node in ast.walk(tree))
    return Suite(cases, mocks=sum(one in MOCKS for one in named))


def name(node: ast.AST) -> str:
    """The last part of a dotted name, called or not: `skip` of `pytest.mark.skip("why")`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _cases(
    body: Iterable[ast.stmt], beside: Support, known: Mapping[str, int], within: str, skipped: bool
) -> Iterator[Case]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield _case(node, beside, known, f"{within}{node.name}", skipped)
        elif isinstance(node, ast.ClassDef) and _collected(node, beside):
            yield from _cases(node.body, beside, known, f"{within}{node.name}.", skipped or _marked(node))
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _cases(_inner(node), beside, known, within, skipped)


def _inner(node: ast.If | ast.Try | ast.With) -> list[ast.stmt]:
    """What is defined under a condition that is not plainly false."""
    if isinstance(node, ast.If):
        return [*(node.body if truth(node.test) is not False else ()), *node.orelse]
    return [*node.body, *(node.orelse if isinstance(node, ast.Try) else ())]


def _case(node: Function, beside: Support, known: Mapping[str, int], full: str, skipped: bool) -> Case:
    rows = [size(_rows(mark), known) for mark in node.decorator_list if name(mark) == "parametrize"]
    seen = list(tally(node.body, beside.helpers, known))
    whole = added(seen)
    return Case(
        full,
        _body(node),
        sites=whole.sites,
        weight=whole.weight * prod(row for row in rows if row is not None),
        unbounded=None in rows or whole.unbounded,
        hollow=whole.hollow,
        swallowed=whole.swallowed,
        skipped=skipped or _marked(node) or _skips_itself(node),
        expects=tuple(one.text for one in seen if one.text),
    )


def _rows(mark: ast.expr) -> ast.expr:
    arguments = mark.args if isinstance(mark, ast.Call) else []
    named = [word.value for word in mark.keywords if word.arg == "argvalues"] if isinstance(mark, ast.Call) else []
    return (named or arguments[1:2] or [mark])[0]


def _collected(node: ast.ClassDef, beside: Support) -> bool:
    """Whether tests in this class are found: by its name, by what it is built on, or by what is built on it."""
    bases = [name(base) for base in node.bases if name(base) != "object"]
    hidden = any(
        isinstance(line, ast.Assign) and any(name(target) == "__test__" for target in line.targets)
        for line in node.body
        if isinstance(line, ast.Assign) and truth(line.value) is False
    )
    return not hidden and (bool(bases) or node.name.startswith("Test") or node.name in beside.bases)


def _marked(node: Function | ast.ClassDef) -> bool:
    return any(name(mark) in SKIPS for mark in node.decorator_list)


def _marked_module(tree: ast.Module) -> bool:
    """`pytestmark = pytest.mark.skip`, or a skip of the whole file."""
    for line in tree.body:
        if isinstance(line, ast.Assign) and any(name(target) == "pytestmark" for target in line.targets):
            marks = line.value.elts if isinstance(line.value, ast.List | ast.Tuple) else [line.value]
            if any(name(mark) in SKIPS for mark in marks):
                return True
        if isinstance(line, ast.Expr | ast.Raise) and _skip_calls(line):
            return True
    return False


def _skips_itself(node: Function) -> bool:
    return any(_skip_calls(line) for line in node.body)


def _skip_calls(node: ast.AST) -> bool:
    calls = (found for found in ast.walk(node) if isinstance(found, ast.Call | ast.Raise))
    return any(name(call if isinstance(call, ast.Call) else call.exc or call) in SKIP_CALLS for call in calls)


def _constants(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The lengths of the lists that a file names at its top."""
    for line in tree.body:
        if isinstance(line, ast.Assign) and (length := size(line.value, {})) is not None:
            yield from ((name(target), length) for target in line.targets)


def _body(node: Function) -> str:
    """What a test does, without its own name, its description, texts and numbers."""
    first, *rest = node.body
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return "\n".join(_shape(line) for line in (rest if described else node.body))


def _shape(node: ast.stmt) -> str:
    """Word by word, so that likeness can be told from the words."""
    words = []
    for part in ast.walk(node):
        words.append(type(part).__name__)
        words += [str(value) for key in ("id", "attr", "arg") if (value := getattr(part, key, None))]
    return " ".join(words)
