"""Reads YAML that anybody may have written: plain values, no name twice, no more than a person writes."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

MOST = 400_000  # characters
ALIASES = 200


class _Loader(yaml.SafeLoader):
    """As the safe one, but what is named twice is refused: programs differ in which of the two they take."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    known: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        try:
            twice = key in known
        except TypeError:
            twice = True
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"“{key}” stands there twice", key_node.start_mark)
        known[key] = loader.construct_object(value_node, deep=True)
    return known


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(text: str) -> list[Any] | None:
    """The documents in a text; None where it is not YAML."""
    if len(text) > MOST or text.count("*") > ALIASES * 10 or text.count(": *") + text.count("- *") > ALIASES:
        return None
    try:
        return list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None


def mapping(text: str) -> dict[Any, Any] | None:
    """The one document in a text, where it is a mapping."""
    found = read(text)
    return found[0] if found and len(found) == 1 and isinstance(found[0], dict) else None


def part(value: object, *path: str) -> Any:
    """What stands at this place, None where nothing does."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def strings(value: object) -> list[str]:
    """A text, or a list of them."""
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value if isinstance(one, str | int | float)] if isinstance(value, list) else []


def mappings(value: object) -> Iterator[dict[Any, Any]]:
    """Those in a list that are mappings."""
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
