"""One at a time per repository: between the tasks of this process and between processes."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from orchestrator.errors import NotPossible

PATIENCE = 120.0  # longer than the longest git command
FIRST_LOOK, LAST_LOOK = 0.002, 0.05


class Locks:
    """Tasks of one process queue in order; between processes a lock of the kernel counts, asked for again and again.

    No thread waits: a blocked thread can neither be cancelled nor spared.
    """

    def __init__(self) -> None:
        self._queues: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def held(self, file: Path, patience: float = PATIENCE) -> AsyncIterator[int]:
        """Gives the open file. A program that inherits it keeps the lock until it ends, even when we are killed."""
        queue = self._queues.setdefault(file, asyncio.Lock())
        try:
            async with asyncio.timeout(patience) as waiting, queue, locked(file) as lock:
                waiting.reschedule(None)
                yield lock
        except TimeoutError:
            if not waiting.expired():
                raise
            raise NotPossible(
                "Something else is still at work on this app's files. We go on when it is done."
            ) from None


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[int]:
    """Hold the kernel's lock on this file, which goes with the process; wait for it as long as it takes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        look = FIRST_LOOK
        while not _taken(lock):
            await asyncio.sleep(look)
            look = min(look * 1.5, LAST_LOOK)
        yield lock
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
