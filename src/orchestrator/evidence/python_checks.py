"""Counts what a piece of Python checks: which of it can fail, how often it runs, and whether a failure is hidden."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

Function = ast.FunctionDef | ast.AsyncFunctionDef
Lengths = Mapping[str, int]

CHECKING = ("assert", "expect", "verify", "check", "should", "ensure")  # how functions that check are called
CHECKS = {"fail", "raises", "warns"}
HIDES = {"", "Exception", "BaseException", "AssertionError"}
EQUAL = {"assertEqual", "assertIs", "assertAlmostEqual", "assertEquals", "assertListEqual", "assertDictEqual"}
UNSEEN = 10  # how often a loop counts whose length cannot be seen


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that is checked. What cannot fail, or fails unheard, has no sites and no weight."""

    sites: int = 0
    weight: int = 0
    text: str = ""
    unbounded: bool = False
    hollow: int = 0
    swallowed: int = 0


NOTHING = Seen()


@dataclass(frozen=True, slots=True)
class Helpers:
    """The functions beside the tests, by their bare names, and what each was found to check."""

    functions: Mapping[str, Function] = field(default_factory=dict)
    known: dict[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a statement: the helpers it may call, lists with a name, and the loops it stands in."""

    helpers: Helpers
    lengths: Lengths
    times: int = 1
    unbounded: bool = False


def tally(body: Iterable[ast.stmt], helpers: Helpers, lengths: Lengths) -> Iterator[Seen]:
    """Everything that these statements check. What can never be reached is not counted."""
    return _block(body, Around(helpers, lengths))


def added(parts: Iterable[Seen]) -> Seen:
    """All of it as one."""
    whole = list(parts)
    return Seen(
        sum(part.sites for part in whole),
        sum(part.weight for part in whole),
        unbounded=any(part.unbounded for part in whole),
        hollow=sum(part.hollow for part in whole),
        swallowed=sum(part.swallowed for part in whole),
    )


def size(node: ast.expr, lengths: Lengths) -> int | None:
    """How many things a list that is written out has, or None where that cannot be seen."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return None if any(isinstance(part, ast.Starred) for part in node.elts) else len(node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        return _range(node.args)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"items", "values", "keys"}
    ):
        return size(node.func.value, lengths)
    return lengths.get(node.id) if isinstance(node, ast.Name) else None


def truth(node: ast.AST) -> bool | None:
    """Whether something is plainly true or false; None where that depends."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return bool(node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and (inner := truth(node.operand)) is not None:
        return not inner
    return None


def _range(given: list[ast.expr]) -> int | None:
    numbers = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, int)]
    if not numbers or len(numbers) != len(given) or 0 in numbers[2:]:
        return None
    return len(range(*numbers[:3]))


def _block(body: Iterable[ast.stmt], around: Around) -> Iterator[Seen]:
    for node in body:
        yield from _statement(node, around)
        if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return


def _statement(node: ast.stmt, around: Around) -> Iterator[Seen]:
    match node:
        case ast.Assert():
            yield from _assert(node, around)
        case ast.If():
            yield from _if(node, around)
        case ast.For() | ast.AsyncFor():
            yield from _expression(node.iter, around)
            yield from _block(node.body, _loop(around, size(node.iter, around.lengths)))
            yield from _block(node.orelse, around)
        case ast.While():
            yield from _expression(node.test, around)
            yield from _block(node.body, _loop(around, None if truth(node.test) is not False else 0))
        case ast.Try():
            yield from _try(node, around)
        case ast.With() | ast.AsyncWith():
            yield from _with(node, around)
        case ast.Match():
            for branch in node.cases:
                yield from _block(branch.body, around)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield from _block(node.body, around)
        case _:
            yield from _expression(node, around)


def _if(node: ast.If, around: Around) -> Iterator[Seen]:
    known = truth(node.test)
    yield from _expression(node.test, around)
    if known is None or known:
        yield from _block(node.body, around)
    if not known:
        yield from _block(node.orelse, around)


def _try(node: ast.Try, around: Around) -> Iterator[Seen]:
    hidden = any(_hides(handler) for handler in node.handlers)
    yield from (_swallow(seen) if hidden else seen for seen in _block(node.body, around))
    for handler in node.handlers:
        yield from _block(handler.body, around)
    yield from _block([*node.orelse, *node.finalbody], around)


def _hides(handler: ast.ExceptHandler) -> bool:
    """Whether a failed check may end here with nobody being told."""
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    caught = {_last(kind) if kind else "" for kind in types}
    tells = any(
        isinstance(part, ast.Raise | ast.Assert) or (isinstance(part, ast.Call) and _checks(_last(part.func)))
        for line in handler.body
        for part in ast.walk(line)
    )
    return bool(caught & HIDES) and not tells


def _with(node: ast.With | ast.AsyncWith, around: Around) -> Iterator[Seen]:
    hidden = False
    for item in node.items:
        yield from _expression(item.context_expr, around)
        call = item.context_expr
        if isinstance(call, ast.Call) and _last(call.func) == "suppress":
            hidden = hidden or bool({_last(kind) for kind in call.args} & HIDES)
    yield from (_swallow(seen) if hidden else seen for seen in _block(node.body, around))


def _swallow(seen: Seen) -> Seen:
    return replace(seen, sites=0, weight=0, swallowed=seen.swallowed + seen.sites)


def _loop(around: Around, length: int | None) -> Around:
    times = around.times * (UNSEEN if length is None else length)
    return replace(around, times=times, unbounded=around.unbounded or length is None)


def _assert(node: ast.Assert, around: Around) -> Iterator[Seen]:
    parts = node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else [node.test]
    for part in parts:
        yield _seen(part, around, hollow=_cannot_fail(part), sites=_width(part))
    yield from _expression(node.test, around)


def _width(node: ast.expr) -> int:
    """Several things compared at once: `(a, b) == (1, 2)`, `a == b == c`."""
    if not isinstance(node, ast.Compare):
        return 1
    sides = [node.left, *node.comparators]
    widths = {len(side.elts) if isinstance(side, ast.Tuple) else 0 for side in sides}
    return len(node.ops) * (max(widths.pop(), 1) if len(widths) == 1 else 1)


def _expression(node: ast.AST, around: Around) -> Iterator[Seen]:
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        name = _last(call.func)
        if name in around.helpers.functions:
            yield _helper(name, around)
        elif _checks(name):
            yield _seen(call, around, hollow=_call_cannot_fail(name, call.args), sites=1)


def _helper(name: str, around: Around) -> Seen:
    """What a helper checks, wherever it is called. One that calls itself is counted once."""
    helpers = around.helpers
    if name not in helpers.known:
        helpers.known[name] = NOTHING
        helpers.known[name] = added(_block(helpers.functions[name].body, Around(helpers, {})))
    found = helpers.known[name]
    return replace(found, weight=found.weight * around.times, unbounded=found.unbounded or around.unbounded)


def _seen(node: ast.expr, around: Around, *, hollow: bool, sites: int) -> Seen:
    if hollow:
        return Seen(hollow=1, text=_expects(node))
    return Seen(sites, sites * around.times, _expects(node), around.unbounded)


def _expects(node: ast.expr) -> str:
    """How something is compared, and with what: the names of things may change without harm."""
    said = [_last(node.func)] if isinstance(node, ast.Call) else []
    for part in ast.walk(node):
        if isinstance(part, ast.Compare):
            said += [type(operator).__name__ for operator in part.ops]
        elif isinstance(part, ast.Constant):
            said.append(repr(part.value))
    return " ".join(said)


def _checks(name: str) -> bool:
    return name in CHECKS or name.lower().startswith(CHECKING)


def _cannot_fail(node: ast.expr) -> bool:
    if truth(node):
        return True
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return any(truth(part) for part in node.values)
    if (
        isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and isinstance(node.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE)
    ):
        return _same(node.left, node.comparators[0])
    return False


def _call_cannot_fail(name: str, given: list[ast.expr]) -> bool:
    if name == "assertTrue":
        return bool(given) and bool(truth(given[0]))
    if name == "assertFalse":
        return bool(given) and truth(given[0]) is False
    if name in {"assertIsNone", "assertIsNotNone"}:
        return bool(given) and isinstance(given[0], ast.Constant)
    return name in EQUAL and len(given) > 1 and _same(given[0], given[1])


def _same(one: ast.expr, other: ast.expr) -> bool:
    """The same thing twice. A call twice is not: it may well answer otherwise the second time."""
    if isinstance(one, ast.Constant) and isinstance(other, ast.Constant):
        return True
    calls = any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(one))
    return not calls and ast.dump(one) == ast.dump(other)


def _last(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
