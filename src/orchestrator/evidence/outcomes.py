"""Python that decides the outcome of tests instead of the tests: hooks of test programs, impostors, early exits."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.evidence.finding import Finding, Kind, alarm, note
from orchestrator.evidence.places import TAKEN_IN, beside_tests, is_product, is_test
from orchestrator.evidence.python_tests import module
from orchestrator.evidence.words import listed

Texts = Mapping[str, str]

HOOKS = {
    *("pytest_runtest_makereport", "pytest_collection_modifyitems", "pytest_runtest_protocol", "pytest_runtest_call"),
    *("pytest_pyfunc_call", "pytest_sessionfinish", "pytest_report_teststatus", "pytest_ignore_collect"),
    *("pytest_runtestloop", "pytest_cmdline_main", "pytest_pycollect_makeitem", "pytest_runtest_logreport"),
    *("pytest_collect_file", "pytest_unconfigure", "load_tests"),
}
LEFT_OUT = {"collect_ignore", "collect_ignore_glob"}
RUNNERS = {"unittest", "pytest", "_pytest", "TestCase", "TestResult", "TextTestResult", "TextTestRunner", "TestProgram"}
ENDS = {"os._exit", "os.abort", "os.kill", "sys.exit", "sys.excepthook", "builtins.exit", "builtins.AssertionError"}
EXITS = {"os._exit", "os.abort"}
IMPOSTORS = {"unittest", "pytest", "_pytest", "coverage"}
MARK = "PYTEST_CURRENT_TEST"  # stands in the environment while pytest runs a test
KNOWS = "whether it is being tested"
TEST_MODULES = {"pytest", "unittest"}
PRAGMA = "pragma: no cover"


def compare(before: Texts, after: Texts) -> Iterator[Finding]:
    """`before` and `after` hold Python files. Only what a change adds or rewrites is a finding."""
    for path, text in after.items():
        if text != before.get(path):
            yield from _taken_in(path)
            if beside_tests(path) or PurePosixPath(path).name in TAKEN_IN:
                yield from _tests(path, before.get(path, ""), text)
            elif is_product(path):
                yield from _product(path, before.get(path, ""), text)


def _taken_in(path: str) -> Iterator[Finding]:
    at = PurePosixPath(path)
    if at.name in TAKEN_IN:
        yield alarm(Kind.OUTCOMES, path, "A file was added or changed that Python runs by itself before every check.")
    impostor = at.stem if at.suffix == ".py" and len(at.parts) == 1 else at.parts[0]
    if impostor in IMPOSTORS:
        yield alarm(
            Kind.OUTCOMES, path, "A file was added or changed that takes the place of the program that runs the tests."
        )


def _tests(path: str, before: str, after: str) -> Iterator[Finding]:
    """A program beside the tests, which they start, may well end at once; a test may not."""
    old, new = _deciding(before), _deciding(after)
    if named := [name for name, shape in new.items() if shape != old.get(name) and name != KNOWS]:
        say = alarm if _within_the_run(path) or set(named) - EXITS else note
        sentence = f"The change decides by itself what becomes of tests: {listed(named)}."
        yield say(Kind.OUTCOMES, path, sentence, tuple(named))


def _within_the_run(path: str) -> bool:
    return is_test(path) or PurePosixPath(path).name in TAKEN_IN | {"conftest.py"}


def _product(path: str, before: str, after: str) -> Iterator[Finding]:
    old, new = _deciding(before), _deciding(after)
    if KNOWS in new.keys() - old.keys():
        yield alarm(Kind.OUTCOMES, path, "The app looks whether it is being tested, and may behave otherwise then.")
    if EXITS & (new.keys() - old.keys()):
        yield note(Kind.OUTCOMES, path, "The app can end at once without a word, which would also end its tests.")
    if after.count(PRAGMA) > before.count(PRAGMA):
        sentence = "Lines of code are newly left out when it is measured how much the tests reach."
        yield note(Kind.LEFT_OUT, path, sentence)


def _deciding(text: str) -> dict[str, str]:
    """Name by name, what in a file can decide the outcome of tests, and how it is written."""
    tree = module(text)
    return dict(part for node in ast.walk(tree) for part in _parts(node)) if tree else {}


def _parts(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name in HOOKS:
            yield node.name, ast.dump(node)
        case ast.Assign(targets=targets):
            yield from ((name, ast.dump(node)) for target in targets if (name := _named(target)))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) if name := _named(target):
            yield name, ast.dump(node)
        case ast.Call(func=function) if (name := _dotted(function)) in EXITS:
            yield name, "called"
        case ast.Call(func=ast.Name(id="setattr"), args=[whose, *_]) if _root(whose) in RUNNERS:
            yield f"setattr({_dotted(whose)})", ast.dump(node)
        case ast.Compare(left=ast.Constant(value=name), comparators=[among]) if _asks(name, _dotted(among)):
            yield KNOWS, "asked"
        case ast.Subscript(slice=ast.Constant(value=name)) | ast.Call(args=[ast.Constant(value=name), *_]) if (
            name == MARK
        ):
            yield KNOWS, "asked"


def _asks(name: object, among: str) -> bool:
    return name == MARK or (name in TEST_MODULES and among == "sys.modules")


def _root(node: ast.expr) -> str:
    return _dotted(node).partition(".")[0]


def _named(target: ast.expr) -> str:
    """What is written over, if it belongs to the test programs or to how a program ends."""
    name = _dotted(target)
    mine = name in LEFT_OUT or name in ENDS or ("." in name and name.split(".")[0] in RUNNERS)
    return name if mine else ""


def _dotted(node: ast.expr) -> str:
    """`a.b.c`; of anything else nothing."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
