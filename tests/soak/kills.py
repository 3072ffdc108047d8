"""A thousand times kill -9: whole journeys on both databases, at every named point and in the middle of steps.

`KILLS=1000` says how often at least, `SEED=1` where chance begins. Each journey must end as the undisturbed one did.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ground import postgres
from ground.nursery import Nursery
from journeys import killed, points
from journeys.killed import Journey
from orchestrator.domain.project import WORKING

KILLS, SEED = int(os.environ.get("KILLS", "1000")), int(os.environ.get("SEED", "1"))
DATABASES = ("sqlite", "postgres")
TWICE = 2  # at the same point, where a journey passes it so often
AT_ONCE = 2  # journeys on each database


def plan(seed: int) -> tuple[Counter[str], Counter[str]]:
    """Half of the points, in turns, or the middles of all steps, at moments that the seed chooses."""
    every = sorted(points.everywhere())
    if seed % 3 == 2:
        return Counter(), Counter(dict.fromkeys(sorted(WORKING), 3))
    return Counter(dict.fromkeys(every[seed % 3 :: 2], TWICE)), Counter(dict.fromkeys(sorted(WORKING), 1))


async def one(nursery: Nursery, cluster: postgres.Cluster, folder: Path, database: str, seed: int) -> Journey:
    name = f"{database}_{seed}"
    url = await cluster.create(name) if database == "postgres" else None
    at, within = plan(seed)
    return await killed.journey(nursery, folder / name, url, points=at, middles=within, seed=seed)


async def main() -> int:
    began, deaths, journeys = time.monotonic(), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as temporary, postgres.running() as cluster:
        folder = Path(temporary)
        async with Nursery() as nursery:
            wanted = (await killed.journey(nursery, folder / "undisturbed")).story
            seed = SEED
            while deaths.total() < KILLS:
                which = [(database, seed + number) for number in range(AT_ONCE) for database in DATABASES]
                walked = await asyncio.gather(*(one(nursery, cluster, folder, *each) for each in which))
                for (database, each), journey in zip(which, walked, strict=True):
                    assert journey.story == wanted, f"{database}, seed {each}: it did not end as it should"
                    deaths[database] += journey.killer.deaths
                    journeys[database] += 1
                seed += AT_ONCE
                print(f"{dict(deaths)} deaths in {dict(journeys)} journeys", flush=True)
    print(f"{deaths.total()} deaths, {journeys.total()} journeys, none lost; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
