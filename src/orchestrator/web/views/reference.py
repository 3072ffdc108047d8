"""The description of the API as a page to read: its calls by subject, and the shapes that they speak of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.telling.words import upper_first

Json = Mapping[str, Any]
OTHERS = "other"  # calls without a subject


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter, or a field of a shape. `shape` is the shape that it has, where that is described below."""

    name: str
    kind: str
    needed: bool = False
    text: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    text: str
    parts: tuple[Part, ...]
    body: Part | None
    answer: Part | None


@dataclass(frozen=True, slots=True)
class Subject:
    title: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    subjects: tuple[Subject, ...]
    shapes: tuple[Shape, ...]


def page(schema: Json) -> ReferencePage:
    """Read an OpenAPI document."""
    subjects: dict[str, list[Call]] = {}
    for path, methods in schema["paths"].items():
        for method, about in methods.items():
            subjects.setdefault((about.get("tags") or [OTHERS])[0], []).append(_call(method, path, about))
    return ReferencePage(
        tuple(Subject(upper_first(title), tuple(calls)) for title, calls in subjects.items()),
        tuple(_shapes(schema.get("components", {}).get("schemas", {}))),
    )


def _call(method: str, path: str, about: Json) -> Call:
    parts = tuple(
        _part(one["name"], one.get("schema", {}), one.get("required", False), one.get("description", ""))
        for one in about.get("parameters", ())
    )
    good: Json = next((answer for status, answer in about["responses"].items() if status.startswith("2")), {})
    text = about.get("description") or about["summary"]
    return Call(method.upper(), path, text, parts, _content(about.get("requestBody", {})), _content(good))


def _content(about: Json) -> Part | None:
    schema = about.get("content", {}).get("application/json", {}).get("schema")
    return _part("", schema) if schema else None


def _shapes(schemas: Json) -> Iterator[Shape]:
    for name, schema in sorted(schemas.items()):
        needed = set(schema.get("required", ()))
        fields = schema.get("properties", {}).items()
        parts = tuple(_part(field, about, field in needed, about.get("description", "")) for field, about in fields)
        yield Shape(name, _words(schema) or schema.get("description", ""), parts)


def _part(name: str, schema: Json, needed: bool = False, text: str = "") -> Part:
    return Part(name, _kind(schema), needed, text or schema.get("description", ""), _shape(schema))


def _shape(schema: Json) -> str:
    """The name of the shape that is meant here, also as one of several or in a list."""
    inner = [schema, schema.get("items", {}), *schema.get("anyOf", ())]
    return next((str(one["$ref"]).rsplit("/", 1)[-1] for one in inner if "$ref" in one), "")


def _kind(schema: Json) -> str:
    if "$ref" in schema:
        return _shape(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return _words(schema) or str(schema.get("format") or schema.get("type", "anything"))


def _words(schema: Json) -> str:
    return " or ".join(f"“{word}”" for word in schema.get("enum", [schema["const"]] if "const" in schema else ()))
