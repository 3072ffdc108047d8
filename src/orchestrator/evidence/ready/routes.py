"""Which addresses an application has, as its own OpenAPI document says, and requests made up for each of them. Pure."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
PLACES = ("/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/swagger.json", "/api/schema/?format=json")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DEPTH = 8
LONG = "x" * 20_000
LARGEST = 1e15
ODD: tuple[Any, ...] = (
    "",
    None,
    -1,
    0,
    2**63,
    1e308,
    True,
    [],
    {},
    "\u0000",
    "ÄÖ😀\u202e",
    "' OR 1=1 --",
    "<script>",
    LONG,
)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation at one address."""

    method: str
    path: str  # with its {parameters}
    query: tuple[str, ...] = ()
    body: Mapping[str, Any] | None = None  # the schema of the JSON that it takes
    open: bool = False  # declared as public by the document itself
    form: Mapping[str, Any] | None = None  # the schema of the form that it takes
    words: str = ""  # what the document calls it

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, value: str = "1") -> str:
        """The address with something in place of its parameters."""
        return re.sub(r"\{[^}]+\}", value, self.path)


def read(document: Mapping[str, Any]) -> tuple[Route, ...]:
    """All operations of a document, whatever else is wrong with it."""
    paths = document.get("paths")
    guarded = bool(document.get("security"))
    return tuple(_routes(document, paths, guarded=guarded)) if isinstance(paths, dict) else ()


def _routes(document: Mapping[str, Any], paths: Mapping[str, Any], *, guarded: bool) -> Iterator[Route]:
    for path, item in paths.items():
        if not isinstance(item, dict):
            continue
        for method in METHODS:
            if isinstance(operation := item.get(method), dict):
                told = [*item.get("parameters", []), *operation.get("parameters", [])]
                query = tuple(str(one["name"]) for one in told if isinstance(one, dict) and one.get("in") == "query")
                public = guarded and operation.get("security") == []
                body, form = (_body(document, operation, kind) for kind in (JSON, FORM))
                tags = operation.get("tags")
                words = [
                    operation.get("operationId"),
                    operation.get("summary"),
                    *(tags if isinstance(tags, list) else []),
                ]
                said = " ".join(str(word) for word in words if word).lower()
                yield Route(method.upper(), str(path), query, body, public, form, said)


def _body(document: Mapping[str, Any], operation: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    content = (operation.get("requestBody") or {}).get("content", {})
    schema = (content.get(kind) or {}).get("schema")
    return _resolved(document, schema) if isinstance(schema, dict) else None


def _resolved(
    document: Mapping[str, Any], schema: Mapping[str, Any], within: tuple[str, ...] = (), depth: int = 0
) -> Mapping[str, Any]:
    """With what it refers to put in its place; of what lies within itself, only the first."""
    if isinstance(where := schema.get("$ref"), str):
        found: Any = document
        for part in where.removeprefix("#/").split("/"):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        fits = isinstance(found, dict) and where not in within
        return _resolved(document, found, (*within, where), depth + 1) if fits else {}

    def inner(one: Any) -> Mapping[str, Any] | None:
        fits = isinstance(one, dict) and one.get("$ref") not in within and depth <= DEPTH
        return _resolved(document, one, within, depth + 1) if fits else None

    schema = _sound(schema)
    known: dict[str, Any] = {}
    if "properties" in schema:
        made = {name: inner(one) for name, one in schema["properties"].items()}
        known["properties"] = {name: one for name, one in made.items() if one is not None}
    if "items" in schema:
        items = inner(schema["items"])
        known |= {"items": {}, "maxItems": 0} if items is None else {"items": items}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            known[key] = [one for one in map(inner, schema[key]) if one is not None]
    return {**schema, **known}


def _sound(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what is not as a schema has it: whoever wrote this may want to see us fall, or fill our memory."""
    return {key: one for key, one in schema.items() if key not in SOUND or SOUND[key](one)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_length(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= len(LONG) and value == int(value)


SOUND: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "maxItems"), _is_length),
    **dict.fromkeys(("enum", "required", "anyOf", "oneOf", "allOf"), lambda one: isinstance(one, list)),
    "properties": lambda one: isinstance(one, dict),
}


def fitting(schema: Mapping[str, Any], depth: int = 0) -> Any:
    """A value as the schema wants it."""
    if depth > DEPTH:
        return None
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return fitting(schema[key][0], depth + 1)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {name: fitting(one, depth + 1) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [fitting(schema.get("items", {}), depth + 1)]
    return {"integer": max(1, int(schema.get("minimum", 1))), "number": 1.5, "boolean": True}.get(
        str(kind), _text(schema)
    )


def _text(schema: Mapping[str, Any]) -> str:
    formats = {
        "email": "a@example.org",
        "date": "2026-01-31",
        "date-time": "2026-01-31T12:00:00Z",
        "uri": "https://example.org",
    }
    known = formats.get(str(schema.get("format")), "hello")
    return known.ljust(int(schema.get("minLength", 0)), "x")


def odd_bodies(schema: Mapping[str, Any], seed: int = 0) -> Iterator[bytes]:
    """Bodies that are wrong in one way each: no JSON, other kinds of values, missing parts, too much."""
    yield from (b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b'{"a":' * 500)
    good = fitting(schema)
    if not isinstance(good, dict):
        return
    chance = random.Random(seed)  # noqa: S311 - to make things up
    for name in good:
        yield json.dumps({other: value for other, value in good.items() if other != name}).encode()
        for value in chance.sample(ODD, 6):
            yield json.dumps({**good, name: value}).encode()
    yield json.dumps({name: {"deeper": [good] * 50} for name in good}).encode()


def odd_forms(schema: Mapping[str, Any], seed: int = 0) -> Iterator[dict[str, str]]:
    """Forms that are wrong in one way each: nothing in them, missing fields, odd texts, too much."""
    yield {}
    good = fitting(schema)
    if not isinstance(good, dict):
        return
    texts = {name: str(value) for name, value in good.items()}
    chance = random.Random(seed)  # noqa: S311 - to make things up
    for name in texts:
        yield {other: value for other, value in texts.items() if other != name}
        for odd in chance.sample([one for one in ODD if isinstance(one, str)], 4):
            yield {**texts, name: odd}


def odd_words(seed: int = 0) -> list[str]:
    """Values for parameters in addresses."""
    chance = random.Random(seed)  # noqa: S311
    return chance.sample(
        ["0", "-1", "9" * 30, "a" * 3000, "%00", "..%2f..%2fetc", "%F0%9F%98%80", "'", "null", "1e999"], 6
    )
