"""A whole journey on a server that is killed all the time, and what was left when it was over."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import count, walk
from journeys.caller import Caller, Event
from journeys.count import Story
from journeys.killing import Killer

QUICK = {"rate_limits": "off", "reconcile_s": 0.5, "stalled_s": 1, "drain_s": 0.5}
PATIENCE = 840
NOTHING: Counter[str] = Counter()


@dataclass(frozen=True)
class Journey:
    story: Story
    killer: Killer
    seconds: float
    log: str


def server(nursery: Nursery, folder: Path, database: str | None) -> Server:
    shared = {"jobs": "procrastinate"} if database else {}
    return nursery.server(folder / "data", database, **QUICK, **shared)


async def journey(
    nursery: Nursery,
    folder: Path,
    database: str | None = None,
    *,
    points: Counter[str] = NOTHING,
    middles: Counter[str] = NOTHING,
    seed: int = 1,
) -> Journey:
    """Walk to the end while the server dies at these points and in the middle of these steps; then count everything."""
    folder.mkdir(parents=True)
    one = server(nursery, folder, database)
    me, seen = Caller(one, within=PATIENCE), list[Event]()
    killer, began = Killer(one, points, middles, seed), time.monotonic()
    try:
        async with working(killer.keep_alive()), asyncio.timeout(me.within):
            await walk.aside(me, await walk.begin(me, "aside"))
            project = await walk.begin(me)
            async with count.looking(one, project) as look, working(me.follow(project, seen), killer.strike(look)):
                await walk.walk(me, project)
                await count.settled(one, me, project, seen)
            await count.again(one, me, project)
            story = await count.journey(one, me, project, seen)
        return Journey(story, killer, time.monotonic() - began, one.log)
    finally:
        await me.close()
        await one.kill()
        await one.http.aclose()
        await processes.gone(folder, within=20)


@asynccontextmanager
async def working(*doing) -> AsyncIterator[None]:
    """These go on meanwhile, and end with this. One that breaks is heard of."""
    tasks = [asyncio.create_task(one) for one in doing]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [error for error in ended if isinstance(error, Exception)], ended
