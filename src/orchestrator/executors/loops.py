"""Notices a builder that does the same thing again and again while nothing changes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

Look = Callable[[], Awaitable[str]]


class Loops:
    """`look` says how things stand; it is asked only when something has been repeated often enough to be suspicious."""

    def __init__(self, look: Look, repeats: int) -> None:
        self._look, self._repeats, self._half = look, repeats, max(1, repeats // 2)
        self._counts: Counter[str] = Counter()
        self._stood: dict[str, str] = {}
        self._suspects: asyncio.Queue[str] = asyncio.Queue()

    def add(self, deed: str) -> None:
        self._counts[deed] += 1
        if self._counts[deed] in {self._half, self._repeats}:
            self._suspects.put_nowait(deed)

    async def found(self) -> None:
        """Returns when something was done `repeats` times and, from half of them on, nothing had changed."""
        while True:
            deed = await self._suspects.get()
            stands = await self._look()
            if self._counts[deed] >= self._repeats and self._stood.get(deed) == stands:
                return
            self._stood[deed] = stands
            self._counts[deed] = self._half
