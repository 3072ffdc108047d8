"""Keeps a server alive that dies: at named points, in the middle of steps, or by chance; and writes down where."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence

from ground.server import Server
from journeys.caller import Event

DIED = re.compile(r"^died at (\S+)$", re.MULTILINE)
# How long a step may have been going on when it is cut short, in seconds.
SPREAD = {"merging": 0.1, "undoing": 0.1, "priming": 0.2, "planning": 0.3, "building": 1.5, "checking": 2.0}
USUAL_SPREAD = 1.0


class Killer:
    """`points` says how often to die at each, `middles` in how many steps of each kind to be killed by chance."""

    def __init__(self, server: Server, points: Counter[str], middles: Counter[str], seed: int) -> None:
        self.server, self.rng = server, random.Random(seed)
        self.points, self.middles = points.copy(), middles.copy()
        self.hit: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self._read = 0

    @property
    def deaths(self) -> int:
        return self.hit.total() + self.cut.total()

    async def keep_alive(self) -> None:
        """Start it again whenever it has ended, to die at whichever of the points that are left comes first."""
        while True:
            await self.server.start(",".join(sorted(+self.points)))
            assert self.server.child
            await self.server.child.wait()
            said = self.server.log
            for name in DIED.findall(said[self._read :]):
                self.hit[name] += 1
                self.points[name] -= 1
            self._read = len(said)

    async def strike(self, seen: Sequence[Event]) -> None:
        """Kill it in the middle of a step, at a moment that the seed chooses."""
        while (+self.middles).total():
            step = at(seen)
            if self.middles[step] <= 0 or not self.server.running or not await self.server.ready():
                await asyncio.sleep(0.01)
                continue
            await asyncio.sleep(self.rng.uniform(0, SPREAD.get(step, USUAL_SPREAD)))
            if at(seen) == step and self.server.running:
                self.middles[step] -= 1
                self.cut[step] += 1
                await self.server.kill()


def at(seen: Sequence[Event]) -> str:
    """The step at which a follower believes the project to be."""
    return next((str(data["step"]) for _, kind, data in reversed(seen) if kind == "project.moved"), "")
