"""Which addresses an application answers at, by its code: FastAPI, Flask, Starlette, Django, Express. Pure."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready import product

METHODS = {"get", "post", "put", "patch", "delete"}
SCRIPT = re.compile(r"\b\w+\.(get|post|put|patch|delete)\(\s*[\"'`](/[^\"'`]*)[\"'`]\s*,")
PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>|:\w+|\$\{[^}]*\}")
# What can answer calls over a network, also where it is not known how its addresses are declared.
SERVERS = {
    *(
        "fastapi",
        "flask",
        "starlette",
        "django",
        "aiohttp",
        "tornado",
        "sanic",
        "bottle",
        "falcon",
        "pyramid",
        "litestar",
    ),
    *(
        "quart",
        "robyn",
        "cherrypy",
        "twisted",
        "http",
        "socketserver",
        "wsgiref",
        "xmlrpc",
        "grpc",
        "websockets",
        "socket",
    ),
    *("strawberry", "ariadne", "graphene", "uvicorn", "gunicorn", "hypercorn", "asgiref", "rest_framework", "ninja"),
    *("express", "koa", "fastify", "hapi", "@hapi/hapi", "next", "@nestjs/core", "restify", "hono", "socket.io"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """One method at one path. `told` is what the code itself says of it to its callers; `hidden` from them."""

    method: str
    path: str
    file: str
    told: str = ""
    hidden: bool = False

    @property
    def plain(self) -> str:
        """With its parameters made the same."""
        return PARAMETER.sub("{}", self.path).rstrip("/") or "/"


def of(texts: Mapping[str, str]) -> list[Address]:
    """All that can be found."""
    found: list[Address] = []
    for path in product.files(texts):
        if tree := module(texts[path]):
            found += _python(path, tree)
    for path, text in texts.items():
        if path.endswith((".js", ".ts", ".mjs")) and not beside_tests(path) and "node_modules/" not in path:
            found += [Address(one[1].upper(), one[2], path) for one in SCRIPT.finditer(text)]
    return list(dict.fromkeys(found))


def _python(path: str, tree: ast.Module) -> Iterator[Address]:
    prefixes = _prefixes(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call):
                    yield from _decorated(path, call, node, prefixes)
        elif isinstance(node, ast.Call):
            yield from _called(path, node)


def _called(path: str, node: ast.Call) -> Iterator[Address]:
    name, where = _last(node.func), _text(node.args[0] if node.args else None)
    if where and where.startswith("/") and name in {"Route", "add_api_route", "add_route", "add_url_rule"}:
        yield Address("GET", where, path)
    elif where is not None and name in {"path", "re_path"} and path.endswith("urls.py"):
        yield Address("GET", f"/{where}", path)


def _prefixes(tree: ast.Module) -> dict[str, str]:
    """What routers put before their addresses."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            given = {one.arg: one.value for one in node.value.keywords}
            prefix = _text(given.get("prefix")) or _text(given.get("url_prefix"))
            if prefix:
                found[node.targets[0].id] = prefix
    return found


def _decorated(
    path: str, call: ast.Call, node: ast.FunctionDef | ast.AsyncFunctionDef, prefixes: Mapping[str, str]
) -> Iterator[Address]:
    name = _last(call.func)
    given = {one.arg: one.value for one in call.keywords}
    where = _text(call.args[0] if call.args else given.get("path"))
    if where is None or name not in METHODS | {"route", "api_route", "websocket"}:
        return
    owner = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    told = ast.get_docstring(node) or _text(given.get("summary")) or _text(given.get("description")) or ""
    shown = given.get("include_in_schema")
    hidden = isinstance(shown, ast.Constant) and shown.value is False
    methods = [name] if name in METHODS else [one.lower() for one in _texts(given.get("methods"))] or ["get"]
    for method in methods:
        yield Address(method.upper(), prefixes.get(owner, "") + where, path, told, hidden)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts(node: ast.expr | None) -> list[str]:
    rows = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else []
    return [text for one in rows if (text := _text(one))]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
