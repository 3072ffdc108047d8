"""Puts a fault into a line of Python that the tests reach, to see whether they notice. Pure.

A value is replaced by another of its own kind, so that what only calls the code goes on as if nothing were wrong.
"""

import ast
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evidence.python_tests import Function, module

HELPER = """
def _other_(v):
    if isinstance(v, bool): return not v
    if isinstance(v, (int, float, complex)): return v + 1
    if isinstance(v, str): return v + "~"
    if isinstance(v, bytes): return v + b"~"
    if isinstance(v, list): return v[:-1] if v else [0]
    if isinstance(v, tuple) and type(v) is tuple: return tuple(map(_other_, v)) if v else (0,)
    if isinstance(v, (set, frozenset)): return type(v)(list(v)[1:]) if v else type(v)([0])
    if isinstance(v, dict): return {k: _other_(x) for k, x in v.items()} if v else {"other": 0}
    return "other" if v is None else None
""".strip().splitlines()
FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What we broke, and the whole file with the fault in it."""

    path: str
    line: int
    function: str
    what: str
    text: str


def faults(
    texts: Mapping[str, str], ran: Mapping[str, frozenset[int]], most: int, chance: random.Random
) -> list[Fault]:
    """Up to so many faults, each in another function as long as there are some, in lines that ran."""
    found: dict[str, list[Fault]] = {}
    for path in sorted(ran):
        for one in _in(path, texts[path], ran[path]):
            found.setdefault(f"{path} {one.function}", []).append(one)
    functions = sorted(found)
    chance.shuffle(functions)
    chosen = [found[name][0] for name in functions]
    more = [one for name in functions for one in found[name][1:]]
    return [one for one in chosen + more if one.text][:most]


def _in(path: str, text: str, ran: frozenset[int]) -> Iterator[Fault]:
    tree = module(text)
    for function in _functions(tree) if tree else ():
        for node in sorted(_own(function), key=lambda one: not isinstance(one, ast.Return)):
            if isinstance(node, ast.stmt | ast.expr) and node.lineno in ran and (what := _breakable(node)):
                yield Fault(path, node.lineno, function.name, what, _broken(text, node.lineno, node.col_offset))


def _functions(tree: ast.Module) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _own(function: Function) -> Iterator[ast.AST]:
    """What belongs to a function, without those within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _breakable(node: ast.AST) -> str:
    match node:
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            return "another value is returned"
        case ast.If() | ast.While():
            return "a condition is turned round" if isinstance(node, ast.If) else ""
        case ast.Compare(ops=[one]) if type(one) in FLIPPED:
            return "a comparison is turned round"
    return ""


def _broken(text: str, line: int, column: int) -> str:
    """The file with the fault at this place; empty where it could not be written."""
    tree = module(text)
    if tree is None:
        return ""
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) == line and getattr(node, "col_offset", -1) == column and _breakable(node):
            _turn(node)
            break
    at = _after_head(tree)
    helper = ast.parse("\n".join(HELPER)).body
    tree.body[at:at] = helper
    try:
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    except (RecursionError, ValueError):
        return ""


def _turn(node: ast.AST) -> None:
    match node:
        case ast.Return(value=ast.expr() as value):
            node.value = ast.Call(ast.Name("_other_", ast.Load()), [value], [])
        case ast.If():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Compare(ops=[one]):
            node.ops = [FLIPPED[type(one)]()]


def _after_head(tree: ast.Module) -> int:
    """Behind the description and what must come first."""
    at = 0
    for number, line in enumerate(tree.body):
        first = number == 0 and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
        if first or (isinstance(line, ast.ImportFrom) and line.module == "__future__"):
            at = number + 1
    return at
