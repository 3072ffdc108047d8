"""Whether odd situations are tried: each way in with nothing, with nonsense, with very much, and with several at once.

What is found counts only where a test that passes hands it to that very way in. Where we cannot tell, we say so.
"""

import ast
import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evidence import tamper
from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.python_tests import Function, module, name
from orchestrator.evidence.ready import hollow, nodetests, odd_scripts, pytests, script_suites, scripts_read, steered
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.ready.ways_in import Way, ways_in
from orchestrator.evidence.words import counted

Texts = Mapping[str, str]
MUCH = 10_000
MOST_BITS = 64
NONE = "No test tries {} with {}."
NO_WAY = "There is no way in that we know how to look for: no route and no command."
NO_TESTS = "There are no tests, so nothing odd is tried."
UNSURE = "We cannot see that a test tries {} with {}, though some tests try that somewhere."
SORTS = {
    "empty": "nothing at all",
    "invalid": "what makes no sense",
    "huge": "very much at once",
    "concurrent": "several people at once",
}
TOGETHER = {
    "ThreadPoolExecutor",
    "ProcessPoolExecutor",
    "gather",
    "TaskGroup",
    "Thread",
    "create_task_group",
    "start_soon",
    "Barrier",
}
REFUSES = re.compile(r"^(?:400|404|409|413|415|422)$")


@dataclass(frozen=True, slots=True)
class Tried:
    """A test with what stands in it: the texts, the names it uses, and which sorts of odd things."""

    words: frozenset[str]
    texts: frozenset[str]
    sorts: frozenset[str]


async def odd_situations(look: Look) -> Found:
    if look.stack.language is Language.JAVASCRIPT:
        return await _odd_in_scripts(look)
    ways = await asyncio.to_thread(ways_in, look.texts)
    if wrong := await asyncio.to_thread(_cannot, look, ways):
        return wrong
    tried = await asyncio.to_thread(lambda: list(_all_tried(look.texts, None)))
    if lacking := _lacking(ways, tried, sure=True):
        return failed(lacking, look.read(pytests.tests(look.texts)))
    run = await pytests.first(look)
    passed = {(one.file, one.case) for one in run.passed} if not run.broken else set()
    passing = await asyncio.to_thread(lambda: list(_all_tried(look.texts, passed)))
    if lacking := _lacking(ways, passing, sure=False):
        return unchecked(lacking, run.evidence)
    return proven(f"{counted(len(ways), 'way')} in, each tried with {', '.join(SORTS.values())}.", run.evidence)


async def _odd_in_scripts(look: Look) -> Found:
    """The same, told by what stands in tests of JavaScript."""
    texts, tests = look.texts, nodetests.tests(look.texts)
    ways = await asyncio.to_thread(odd_scripts.ways_in, texts)
    if not tests:
        return failed(NO_TESTS)
    if not ways:
        return unchecked(NO_WAY)
    if wrong := await asyncio.to_thread(scripts_read.decided, texts):
        return failed(wrong, look.read(tests))
    tried = await asyncio.to_thread(odd_scripts.all_tried, texts, None)
    if lacking := _lacking_in_scripts(ways, tried, sure=True):
        return failed(lacking, look.read(tests))
    run = await script_suites.first(look)
    passing = [] if run.broken else await asyncio.to_thread(odd_scripts.all_tried, texts, run)
    if lacking := _lacking_in_scripts(ways, passing, sure=False):
        return unchecked(lacking, run.evidence)
    return proven(f"{counted(len(ways), 'way')} in, each tried with {', '.join(SORTS.values())}.", run.evidence)


def _lacking_in_scripts(ways: Iterable[odd_scripts.Way], tried: list[odd_scripts.Tried], *, sure: bool) -> str:
    """As `_lacking`, where a test is known by what stands in it."""
    anywhere = {sort for one in tried for sort in one.sorts}
    for way in ways:
        here = {sort for one in tried if way.named.search(one.text) for sort in one.sorts}
        for sort, words in SORTS.items():
            if sort not in anywhere:
                return NONE.format(way.called, words)
            if not sure and sort not in here:
                return UNSURE.format(way.called, words)
    return ""


def _cannot(look: Look, ways: tuple[Way, ...]) -> Found | None:
    if look.stack.unknown:
        return unchecked(look.stack.unknown)
    if not pytests.tests(look.texts):
        return failed(NO_TESTS)
    if not ways:
        return unchecked(NO_WAY)
    wrong = steered.fault(look.texts)
    return failed(wrong) if wrong else None


def _lacking(ways: Iterable[Way], tried: list[Tried], *, sure: bool) -> str:
    """What is tried nowhere, or, where we need not be sure, what is not seen to be tried at some way in."""
    anywhere = {sort for one in tried for sort in one.sorts}
    for way in ways:
        mine = [one for one in tried if _names(way, one)]
        here = {sort for one in mine for sort in one.sorts}
        for sort, words in SORTS.items():
            if sort not in anywhere:
                return NONE.format(way.called, words)
            if not sure and sort not in here:
                return UNSURE.format(way.called, words)
    return ""


def _names(way: Way, one: Tried) -> bool:
    return any(way.address.match(text) for text in one.texts) or bool(set(way.words) & one.words)


def _all_tried(texts: Texts, passed: set[tuple[str, str]] | None) -> Iterator[Tried]:
    helpers, suites = dict(_helpers(texts)), tamper.suites(texts)
    for key, function in hollow.defined(texts).items():
        if (passed is None or key in passed) and suites[key[0]].cases[key[1]].sites:
            yield _tried(function, helpers)


def _helpers(texts: Texts) -> Iterator[tuple[str, Function]]:
    for path, text in texts.items():
        if beside_tests(path) and path.endswith(".py") and (tree := module(text)):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test"):
                    yield node.name, node


def _tried(function: Function, helpers: Mapping[str, Function]) -> Tried:
    nodes = list(_nodes(function, helpers))
    words = {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    texts |= {_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)}
    return Tried(frozenset(words), frozenset(texts), frozenset(_sorts(nodes, words)))


def _nodes(function: Function, helpers: Mapping[str, Function]) -> Iterator[ast.AST]:
    """Of a test, its marks and what it calls beside it."""
    waiting, seen = [function], {function.name}
    while waiting:
        one = waiting.pop()
        for part in (*one.decorator_list, *one.body):
            for node in _used(part):
                yield node
                if (word := name(node) if isinstance(node, ast.Name) else "") in helpers and word not in seen:
                    seen.add(word)
                    waiting.append(helpers[word])
        for argument in one.args.args:
            if argument.arg in helpers and argument.arg not in seen:
                seen.add(argument.arg)
                waiting.append(helpers[argument.arg])


def _used(part: ast.AST) -> Iterator[ast.AST]:
    """Everything within, but for values that stand there for nothing."""
    if isinstance(part, ast.Expr) and not isinstance(part.value, ast.Call | ast.Await | ast.Yield):
        return
    yield part
    for child in ast.iter_child_nodes(part):
        yield from _used(child)


def _sorts(nodes: list[ast.AST], words: set[str]) -> Iterator[str]:
    checked = {id(node) for part in nodes if isinstance(part, ast.Assert) for node in ast.walk(part)}
    handed = [node for node in nodes if id(node) not in checked]
    if any(_empty(node) for node in handed):
        yield "empty"
    if any(_nonsense(node) for node in handed) and _refuses(nodes):
        yield "invalid"
    if any(_huge(node) for node in nodes):
        yield "huge"
    if words & TOGETHER:
        yield "concurrent"


def _empty(node: ast.AST) -> bool:
    """An empty thing that is handed to something."""
    match node:
        case ast.Call(args=given, keywords=named):
            return any(map(_nothing, [*given, *(word.value for word in named)]))
        case ast.Dict(values=values):
            return any(map(_nothing, values))
        case ast.List(elts=values) | ast.Tuple(elts=values):
            return any(map(_nothing, values))
    return False


def _nothing(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return value is None or (isinstance(value, str | bytes) and not value.strip())
        case ast.Dict(keys=keys):
            return not keys
        case ast.List(elts=values) | ast.Tuple(elts=values):
            return not values
    return False


def _nonsense(node: ast.AST) -> bool:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Constant(value=str(text)):
            return (
                not text.isascii()
                or "\0" in text
                or bool(re.search(r"[<>{};]|--|\.\./|\bnot\b|nan|abc|wrong|x{3}", text))
            )
        case ast.Constant(value=bytes(data)):
            return not data.isascii() or b"\0" in data
    return False


def _refuses(nodes: Iterable[ast.AST]) -> bool:
    """Whether it is expected that it is refused: an error, or an answer that says so."""
    return any(
        (isinstance(node, ast.Call) and name(node.func) in {"raises", "assertRaises", "assertRaisesRegex"})
        or (isinstance(node, ast.Constant) and REFUSES.match(str(node.value)) is not None)
        or (isinstance(node, ast.Attribute) and node.attr in {"exit_code", "returncode", "HTTPError"})
        for node in nodes
    )


def _huge(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=str() | bytes()), right=right):
            return _number(right) >= MUCH
        case ast.BinOp(op=ast.Mult(), left=ast.List(), right=right):
            return _number(right) >= MUCH
        case ast.Call(func=ast.Name(id="range"), args=[*_, last]):
            return _number(last) >= MUCH
    return False


def _number(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(op=ast.Pow(), left=ast.Constant(value=int(base)), right=ast.Constant(value=int(power))) if (
            power < MOST_BITS
        ):
            return int(base**power)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _number(left) * _number(right)
        case ast.BinOp(op=ast.LShift(), left=ast.Constant(value=int(base)), right=ast.Constant(value=int(power))) if (
            power < MOST_BITS
        ):
            return base << power
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _number(left) + _number(right)
    return 0


def _pattern(node: ast.JoinedStr) -> str:
    """`f"/notes/{id}"` as `/notes/x`."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)


PROOFS = (Proof("F3", odd_situations),)
