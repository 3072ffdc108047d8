"""Answers for the stand-in of a model's API: words with what belongs to them, one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

from ground.model_values import Asked, Gives


def says(reply: str, *, how: Gives | None = None, **fields: Any) -> Gives:
    """The words, and whatever else the output has; `how` brings pace, usage and the rest."""
    return replace(how or Gives(), args={"reply": reply, **fields})


def by_turn(*gives: Gives) -> Callable[[Asked], Gives]:
    """One after the other. A request too many is a fault, told when the stand-in closes."""
    waiting: Iterator[Gives] = iter(gives)

    def answer(asked: Asked) -> Gives:
        for given in waiting:
            return given
        raise AssertionError(f"Nobody expected a request number {len(gives) + 1}: {asked.said[-1:]}")

    return answer


def last(*gives: Gives) -> Callable[[Asked], Gives]:
    """One after the other, and the last one again and again."""
    waiting = iter(gives[:-1])

    def answer(_: Asked) -> Gives:
        return next(waiting, gives[-1])

    return answer


def filled(schema: dict[str, Any], text: str, whole: dict[str, Any] | None = None) -> Any:
    """A small value that the schema takes, with the text wherever words may stand."""
    whole = whole or schema
    while inner := _inside(schema, whole):
        schema = inner
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if schema.get("type") == "object":
        return {name: filled(schema["properties"][name], text, whole) for name in schema.get("required", [])}
    if schema.get("type") == "array":
        return [filled(schema["items"], text, whole)] * schema.get("minItems", 0)
    return _plain(schema, text)


def _inside(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any] | None:
    """What is meant by a schema that only leads to another one."""
    if "$ref" in schema:
        return reduce(lambda found, step: found[step], schema["$ref"].removeprefix("#/").split("/"), whole)
    several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    return several[0] if several else None


def _plain(schema: dict[str, Any], text: str) -> Any:
    words = text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), "x")
    least = schema.get("minimum", 0)
    return {"integer": least, "number": least, "boolean": False, "null": None}.get(schema.get("type", ""), words)
