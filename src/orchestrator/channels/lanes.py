"""Work in lanes: one thing at a time in each, a limited number of lanes at once, and nothing left when it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Lanes:
    """Tasks by the name of their lane; `freed` is called whenever one of them is done."""

    def __init__(self, at_once: int, freed: Callable[[], None]) -> None:
        self._at_once, self._freed = at_once, freed
        self._busy: dict[str, asyncio.Task[None]] = {}

    def free(self, lane: str) -> bool:
        return lane not in self._busy and len(self._busy) < self._at_once

    def begin(self, lane: str, work: Coroutine[Any, Any, None]) -> None:
        """Do it in this lane, which is free."""
        task = self._busy[lane] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._leave(lane))

    def _leave(self, lane: str) -> None:
        del self._busy[lane]
        self._freed()

    async def end(self) -> None:
        """Let go of all that is being done."""
        tasks = set(self._busy.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
