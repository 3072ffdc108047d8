"""Texts made safe to stand in a comment on GitHub: nobody is called, and nothing is drawn by them. Pure."""

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 60_000  # characters; GitHub takes 65,536, and a marker and a link want room
SIGNS: Final = re.compile(r"[\\`*_\[\]<>|~]")
CALLS: Final = re.compile(r"(?<![\w@])@(?=[A-Za-z0-9])")
REFERS: Final = re.compile(r"(?<!\w)(#|GH-)(?=\d)")
QUIET: Final = "\u2060"  # joins words, takes no room, and ends a mention
HIDES: Final = re.compile(r"<!(?=--)")


def words(text: str) -> str:
    """A text without markup, in one line."""
    return uncalled(SIGNS.sub(r"\\\g<0>", " ".join(text.split())))


def cell(texts: Sequence[str]) -> str:
    """Some of them in a cell of a table."""
    return "<br>".join(words(text) for text in texts)


def prose(text: str) -> str:
    """A text with markup that may have been written by anybody, or by a model."""
    return uncalled(HIDES.sub("&lt;!", text))


def uncalled(text: str) -> str:
    """Nobody is called by it, and no other issue refers to it."""
    return REFERS.sub(rf"\1{QUIET}", CALLS.sub(f"@{QUIET}", text))


def fitting(text: str, link: str) -> str:
    """A text that GitHub takes: of one that is too long the beginning, and where all of it is."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n\n… [All of it is here]({link})"


def table(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| **{words(label)}** | {said} |" for label, said in rows)])
