"""Wait for something, with a deadline. The only place in the tests that sleeps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")
PAUSE = 0.02


async def until(look: Callable[[], Awaitable[Seen] | Seen], within: float = 20) -> Seen:
    """What `look` returned when it first was true. Raises TimeoutError, with what it saw last."""
    deadline = time.monotonic() + within
    while not (seen := await _looked(look)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {within} seconds it was still {seen!r}: {look}")
        await asyncio.sleep(PAUSE)
    return seen


async def _looked(look: Callable[[], Awaitable[Seen] | Seen]) -> Seen:
    seen = look()
    return await seen if isinstance(seen, Awaitable) else seen


def blocking(look: Callable[[], Seen], within: float = 20) -> Seen:
    """The same where no event loop runs."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {within} seconds it was still {seen!r}: {look}")
        time.sleep(PAUSE)
    return seen
