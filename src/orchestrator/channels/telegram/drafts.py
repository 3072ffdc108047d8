"""Shows in a private chat how a reply is being written: at once that we think, then its words, about once a second."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from orchestrator.bus import Follower
from orchestrator.channels.telegram.calls import Calls
from orchestrator.channels.telegram.markup import LONGEST, parts
from orchestrator.channels.telegram.showing import place
from orchestrator.channels.telegram.visits import Visit
from orchestrator.errors import Unreachable
from orchestrator.ports import ANEW
from orchestrator.runtime import read, runtime
from orchestrator.store import messages

EVERY_S = 1.0
LONGEST_S = 120.0
NUMBERS = 2**31 - 1


class Drafts:
    """Replies that are being written. Nothing depends on them: what fails here is not seen, and that is all."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._tasks: set[asyncio.Task[None]] = set()

    @contextmanager
    def listening(self, visit: Visit, project_id: str) -> Iterator[None]:
        """Say that we think. What is written in answer to what is said within is shown while it is written."""
        chat, topic = place(visit.room.address)
        self._begin(self._calls.types(chat, topic))
        if not visit.alone:
            yield
            return
        with ExitStack() as stack:  # follow before anything can be said
            follower = stack.enter_context(runtime().bus.follow(project_id, words=True))
            yield
            self._begin(self._show(stack.pop_all(), follower, visit.number % NUMBERS or 1, chat, project_id))

    async def end(self) -> None:
        """Let go of all of them."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, stack: ExitStack, follower: Follower, number: int, chat: int, project_id: str) -> None:
        with stack:
            written, shown, begun = "", "", time.monotonic()
            while time.monotonic() - begun < LONGEST_S:
                await asyncio.sleep(EVERY_S)
                await follower.changed(within=LONGEST_S)
                if await self._is_over(follower, project_id):
                    return
                written = _more(written, follower)
                now = parts(written[:LONGEST])[0] if written.strip() else ""
                if now and now != shown:
                    shown = now
                    if not await self._calls.draft(chat, number, now):
                        return

    async def _is_over(self, follower: Follower, project_id: str) -> bool:
        """Whether the reply is there: then its message takes the place of the draft."""
        moved, follower.moved = follower.moved, False
        if not moved:
            return False
        try:
            newest = await read(messages.newest, project_id, 1)
        except Unreachable:
            return True
        return bool(newest) and newest[-1].role != "user"


def _more(written: str, follower: Follower) -> str:
    """With the pieces that came; one that begins anew takes the place of those before."""
    while follower.tokens:
        piece = follower.tokens.popleft()
        written = piece.removeprefix(ANEW) if piece.startswith(ANEW) else written + piece
    return written
