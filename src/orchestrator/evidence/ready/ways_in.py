"""The ways into a Python program: its routes and its commands, told by how they are declared. Pure."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evidence.python_tests import Function, module, name
from orchestrator.evidence.ready import product

Texts = Mapping[str, str]
VERBS = {"get", "post", "put", "patch", "delete", "route", "api_route", "websocket"}
LISTS = {"path", "re_path", "Route", "add_url_rule"}
COMMANDS = {"command", "callback"}  # of click and typer
NOT_GIVEN = {"self", "cls", "request", "req", "response", "ctx", "context", "db", "session", "settings"}
PIECE = re.compile(r"<[^>]*>|\{[^}]*\}|:\w+")
READS = {"args", "form", "json", "get_json", "files", "data", "body", "stream", "query_params", "values"}


@dataclass(frozen=True, slots=True)
class Way:
    """`address` matches how a test names it; `called` is how people do."""

    called: str
    path: str
    function: str
    address: re.Pattern[str]
    words: tuple[str, ...] = ()  # names by which a test calls it


def ways_in(texts: Texts) -> tuple[Way, ...]:
    """Those into which something can be put."""
    found = [way for path in product.files(texts) if (tree := module(texts[path])) for way in _ways(path, tree)]
    return tuple({(way.called, way.path): way for way in found}.values())


def _ways(path: str, tree: ast.Module) -> Iterator[Way]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in (one for one in node.decorator_list if isinstance(one, ast.Call)):
                yield from _marked(path, node, mark)
        elif isinstance(node, ast.Call):
            yield from _listed(path, node)
    if _takes_words(tree):
        main = [
            node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in {"main", "cli", "run"}
        ]
        yield Way(f"the command in {path}", path, "main", re.compile(r"(?!)"), tuple(main or ["main"]))


def _listed(path: str, node: ast.Call) -> Iterator[Way]:
    """Routes that stand in a list, as Django and Starlette have them."""
    match node:
        case ast.Call(func=function, args=[ast.Constant(value=str(address)), view, *_]) if name(function) in LISTS:
            yield _route("", f"/{address.lstrip('/^').rstrip('$')}", path, name(view))


def _marked(path: str, node: Function, mark: ast.Call) -> Iterator[Way]:
    verb = name(mark.func)
    if verb in VERBS and mark.args and isinstance(mark.args[0], ast.Constant) and isinstance(mark.args[0].value, str):
        address = mark.args[0].value
        if address.startswith("/") and (PIECE.search(address) or _given(node) or _reads(node)):
            yield _route("" if verb in {"route", "api_route"} else verb, address, path, node.name)
    elif verb in COMMANDS and isinstance(mark.func, ast.Attribute) and _given(node):
        yield Way(
            f"the command “{node.name}”",
            path,
            node.name,
            re.compile(rf"^{node.name.replace('_', '[-_]')}$"),
            (node.name,),
        )


def _route(verb: str, address: str, path: str, function: str) -> Way:
    pieces = [re.escape(piece) for piece in PIECE.split(address)]
    pattern = r"(?:[^/\s?]*|\{\})".join(pieces)
    return Way(
        f"{verb.upper()} {address}".strip(),
        path,
        function,
        re.compile(rf"^(?:https?://[^/]*|\{{\}})?{pattern}/?(?:\?.*)?$"),
    )


def _given(node: Function) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return any(one.arg not in NOT_GIVEN for one in arguments)


def _reads(node: Function) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in READS for part in ast.walk(node))


def _takes_words(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name(node.func) == "ArgumentParser":
            return True
        if isinstance(node, ast.Attribute) and node.attr == "argv" and name(node.value) == "sys":
            return True
    return False
