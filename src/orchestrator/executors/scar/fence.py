"""Marks in a conversation that cannot be mistaken: SCAR answers an unknown command when all before it is over. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fence:
    """Around one command: named after the job and how often it was asked for, so that it is found again."""

    before: str
    after: str


def around(key: str, time: int) -> Fence:
    mark = hashlib.sha256(f"{key} {time}".encode()).hexdigest()[:16]
    return Fence(f"/fence-{mark}-a", f"/fence-{mark}-z")


def answered(messages: Sequence[str], mark: str) -> bool:
    return any(_is(message, mark) for message in messages)


def within(messages: Sequence[str], fence: Fence) -> list[str] | None:
    """What stands between the two marks, or after the first while the second is missing; None without the first.

    Set up twice, because we were killed in between, the first mark is there twice: the last one counts.
    """
    begun = [place for place, text in enumerate(messages) if _is(text, fence.before)]
    if not begun:
        return None
    rest = messages[begun[-1] + 1 :]
    ended = next((place for place, text in enumerate(rest) if _is(text, fence.after)), len(rest))
    return list(rest[:ended])


def _is(message: str, mark: str) -> bool:
    return re.match(rf"Unknown command: {re.escape(mark)}(?![\w-])", message) is not None
