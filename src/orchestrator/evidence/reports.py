"""Reads the reports that a project's own programs write, which are hostile until shown otherwise."""

import json
import os
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

MOST_BYTES = 20 << 20
LARGEST = 1e12  # a count or a size beyond this is nonsense


def content(path: Path) -> str | None:
    """What an ordinary file of a reasonable size says, or None. A link, a pipe or a device is not opened."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(handle, "rb") as file:  # noqa: PTH123 (it is a number already)
        known = os.fstat(handle)
        if not stat.S_ISREG(known.st_mode) or known.st_size > MOST_BYTES:
            return None
        data = file.read(MOST_BYTES + 1)
    try:
        return data.decode("utf-8-sig") if len(data) <= MOST_BYTES else None
    except UnicodeDecodeError:
        return None


def xml(text: str) -> ET.Element | None:
    """The root, or None for what is not well-formed or defines entities, which could grow without end."""
    tree, parser = ET.TreeBuilder(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    parser.EntityDeclHandler = parser.SkippedEntityHandler = _refused
    try:
        parser.Parse(text, True)
        return tree.close()
    except (expat.ExpatError, ValueError):
        return None


def _refused(name: str, *_: object) -> None:
    raise ValueError(name)


def mapping(text: str) -> dict[str, Any] | None:
    """An object of JSON, or None."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def number(value: object) -> float | None:
    """A share or a count as a report writes it, or None where it is none."""
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if 0 <= found < LARGEST else None
