"""Keeps what other services send: those that come while a commit goes on share the next one."""

import asyncio
from typing import Final

from orchestrator.store import arrivals
from orchestrator.store.arrivals import Arrival
from orchestrator.web.context import Transaction

AT_ONCE: Final = 200  # with one commit


class Intake:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._waiting: list[tuple[Arrival, asyncio.Future[bool]]] = []
        self._carrying: asyncio.Task[None] | None = None

    async def keep(self, arrival: Arrival) -> bool:
        """Whether it is new. When this returns, it is on the disk; raises what the transaction raises."""
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, kept))
        if self._carrying is None or self._carrying.done():
            self._carrying = asyncio.create_task(self._carry())
        return await kept

    async def _carry(self) -> None:
        """Until nothing waits; whoever went away meanwhile is kept all the same."""
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                fresh = await self._tx(arrivals.keep, [arrival for arrival, _ in batch])
            except Exception as problem:  # noqa: BLE001 - each of those who wait raises it
                _tell(batch, problem)
            else:
                _tell(batch, fresh)


def _tell(batch: list[tuple[Arrival, asyncio.Future[bool]]], found: set[tuple[str, str]] | Exception) -> None:
    """Of those with one key, the first is the new one."""
    for arrival, kept in batch:
        key = (arrival.channel, arrival.key)
        if isinstance(found, Exception):
            fresh = False
        else:
            fresh = key in found
            found.discard(key)
        if kept.done():
            continue
        if isinstance(found, Exception):
            kept.set_exception(found)
        else:
            kept.set_result(fresh)
