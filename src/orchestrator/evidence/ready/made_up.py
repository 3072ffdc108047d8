"""Makes up what an address takes, by its schema: with a mark in every text, and in two turns that differ. Pure."""

import re
import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.evidence.ready.routes import DEPTH

Schema = Mapping[str, Any]
NAME = re.compile(r"user_?name|^user$|login|^name$|nick|full_?name|display", re.IGNORECASE)
MAIL = re.compile(r"e?-?mail", re.IGNORECASE)
PASSWORD = re.compile(r"pass(?:word|wd|phrase)?|^pw\d?$|^secret$", re.IGNORECASE)
MOST_ALONE = 4
LINK = re.compile(r"ur[il]$|link|website|homepage|href", re.IGNORECASE)


def mark() -> str:
    """A word that nobody else has ever written, and by which nobody knows us."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(18))


def body(schema: Schema, word: str, turn: int = 0, known: Mapping[str, str] | None = None, link: str = "") -> Any:
    """A value as the schema wants it; with another `turn` every part of it that can be different is.

    `known` are the ids of things by what they are: `list_id` is then the id of that list. `link` goes into addresses.
    """
    return _value(schema, "", (word, turn, known or {}, link), 0)


def smaller(schema: Schema) -> Iterator[Schema]:
    """The same with less in it: only what must be there, then beside that each of the others alone."""
    inner = schema.get("properties", {})
    needed = {name: one for name, one in inner.items() if name in schema.get("required", ())}
    if needed and len(needed) < len(inner):
        yield {**schema, "properties": needed}
    others = [name for name in inner if name not in needed]
    yield from ({**schema, "properties": {**needed, name: inner[name]}} for name in others[:MOST_ALONE])


Make = tuple[str, int, Mapping[str, str], str]


def _value(schema: Schema, name: str, make: Make, depth: int) -> Any:
    options = [schema["const"]] if "const" in schema else schema.get("enum")
    if depth > DEPTH or (isinstance(options, list) and options):
        return options[make[1] % len(options)] if options else None
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(found := schema.get(key), list) and found:
            real = [one for one in found if isinstance(one, dict) and one.get("type") != "null"] or found
            return _value(real[0], name, make, depth + 1)
    kind = _kind(schema)
    if kind in {"object", "array"}:
        return _several(schema, kind, name, make, depth)
    if kind in {"integer", "number"}:
        return _number(schema, kind, name, make)
    return make[1] == 0 if kind == "boolean" else None if kind == "null" else _text(schema, name, make)


def _several(schema: Schema, kind: str, name: str, make: Make, depth: int) -> Any:
    if kind == "array":
        if schema.get("maxItems") == 0:
            return []
        items = schema.get("items")
        return [_value(items if isinstance(items, dict) else {}, name, make, depth + 1)]
    inner = {key: one for key, one in schema.get("properties", {}).items() if isinstance(one, dict)}
    return {key: _value(one, key, make, depth + 1) for key, one in inner.items() if not one.get("readOnly")}


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    return "object" if "properties" in schema else str(kind)


def _number(schema: Schema, kind: str, name: str, make: Make) -> float:
    _, turn, known, _ = make
    if (own := known.get(re.sub(r"_?id$", "", name.lower()), "")).isdigit():
        return int(own)
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    most = schema.get("maximum", least + 100)
    value = min(least + 1 + 4 * turn, most) if turn or least + 1 <= most else least
    return int(value) if kind == "integer" else float(value)


def _text(schema: Schema, name: str, make: Make) -> str:
    word, turn, known, link = make
    if own := known.get(re.sub(r"_?id$", "", name.lower()), ""):
        return own
    day = 12 + turn
    formats = {
        "email": f"{word}@example.org",
        "date": f"2031-01-{day}",
        "date-time": f"2031-01-{day}T12:00:00Z",
        "time": f"{day}:00:00",
        "uri": f"https://example.org/{word}",
        "uuid": "-".join(secrets.token_hex(size) for size in (4, 2, 2, 2, 6)),
    }
    said = formats.get(str(schema.get("format")), formats["email"] if MAIL.search(name) else word)
    if link and (schema.get("format") in {"uri", "url"} or LINK.search(name)):
        said = link
    said = said.ljust(int(schema.get("minLength", 0)), "x")
    return said[: int(schema.get("maxLength", len(said)))]


def person(schema: Schema, name: str, email: str, password: str, known: Mapping[str, str]) -> dict[str, Any]:
    """What such a form wants of a person: the name, the mail, the password wherever it is asked for."""
    made = body(schema, name)
    if not isinstance(made, dict):
        return {}
    for key, value in made.items():
        if isinstance(value, str):
            if PASSWORD.search(key):
                made[key] = password
            elif MAIL.search(key):
                made[key] = email
            elif NAME.search(key):
                made[key] = name
            elif key in known:
                made[key] = known[key]
    return made


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each single value in an answer, with where it stands."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from leaves(one, f"{path}.{at}")
    else:
        yield path, value
