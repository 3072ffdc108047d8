"""Work as tasks of this process: for one process on SQLite or PostgreSQL. What it forgets, reconcile starts again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.errors import Unreachable
from orchestrator.ports import Work

log = structlog.get_logger(__name__)
Does = Mapping[str, Callable[[str, int], Awaitable[None]]]


class Local:
    def __init__(self, does: Does, at_once: Mapping[str, int], drain_s: float) -> None:
        self._does, self._drain_s = does, drain_s
        self._slots = {kind: asyncio.Semaphore(number) for kind, number in at_once.items()}
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._live: dict[Work, asyncio.Task[None]] = {}
        self._open = True

    async def start(self, db: AsyncSession, work: Work) -> None:
        db.info.setdefault("then", []).append(partial(self._begin, work))

    async def known(self, db: AsyncSession) -> set[Work]:
        del db
        return set(self._live)

    async def carry(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self._open = False
            if live := set(self._live.values()):
                await asyncio.wait(live, timeout=self._drain_s)
                for task in live:
                    task.cancel()
                await asyncio.wait(live)

    def _begin(self, work: Work) -> None:
        if self._open and work not in self._live:
            task = self._live[work] = asyncio.create_task(self._do(work))
            task.add_done_callback(lambda _: self._live.pop(work))

    async def _do(self, work: Work) -> None:
        lock = self._turns.setdefault((work.kind, work.project_id), asyncio.Lock())
        try:
            async with lock, self._slots[work.kind]:
                await self._does[work.kind](work.project_id, work.number)
        except Unreachable as away:
            log.warning("job.put_off", work=work, reason=str(away))
            await asyncio.sleep(1)
        except Exception:
            log.exception("job.failed", work=work)  # reconcile starts it again: a bug must not end the process
            await asyncio.sleep(1)  # but not in a tight loop
