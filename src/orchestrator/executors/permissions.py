"""What a builder may do when it asks: by the kind of what it wants and where, never by its words for it. Pure.

It is good manners, not the wall: a builder need not ask. What holds it is that it runs within bounds and that its work
is looked at afterwards.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

WRITES = frozenset({"edit", "delete", "move"})
LEAVES_READING = WRITES | {"switch_mode"}

READ_ONLY = "The builder asked to change something while it was only meant to read. We did not let it."
OUTSIDE = "The builder asked for something outside its own folder. We did not let it."
PATHS = ("path", "file_path", "filePath", "abs_path", "notebook_path")  # where builders put paths in their input


class Option(Protocol):
    """One of the answers that a builder offers to its own question."""

    @property
    def kind(self) -> str: ...
    @property
    def option_id(self) -> str: ...


def refusal(kind: str | None, paths: Iterable[Path], allowed: Sequence[Path], *, read_only: bool) -> str:
    """Why not, in a sentence; empty where it may. `paths` are real ones, with no link left to follow."""
    if read_only and kind in LEAVES_READING:
        return READ_ONLY
    if not all(any(path.is_relative_to(place) for place in allowed) for path in paths):
        return OUTSIDE
    return ""


def choice(options: Iterable[Option], *, allow: bool) -> str | None:
    """The answer to pick, for this once rather than for always. None where nothing fits: the question is dropped."""
    offered = {option.kind: option.option_id for option in options}
    wanted = ("allow_once", "allow_always") if allow else ("reject_once", "reject_always")
    return next((offered[kind] for kind in wanted if kind in offered), None)


def mentioned(raw_input: Any) -> set[str]:
    """The paths in a builder's own description of a step."""
    if not isinstance(raw_input, dict):
        return set()
    return {value for name in PATHS if isinstance(value := raw_input.get(name), str) and value}
