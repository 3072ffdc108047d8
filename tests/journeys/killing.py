"""Keeps a server alive that dies: at named points, in the middle of steps, or by chance; and writes down where."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from ground.server import Server
from journeys import points

DIED = re.compile(r"^died at (\S+)$", re.MULTILINE)
# How long a step may have been going on when it is cut short, in seconds.
SPREAD = {"merging": 0.1, "undoing": 0.1, "priming": 0.1, "planning": 0.2, "building": 1.5, "checking": 2.0}
USUAL_SPREAD = 1.0
PAUSE = 0.01
Look = Callable[[], Awaitable[tuple[str, int]]]  # at which step the project stands, and how often builders were begun


class Killer:
    """`points` says how often to die at each, `middles` in how many steps of each kind to be killed by chance."""

    def __init__(self, server: Server, points: Counter[str], middles: Counter[str], seed: int) -> None:
        self.server, self.rng = server, random.Random(seed)
        self.points, self.middles = points.copy(), middles.copy()
        self.hit: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self._read = 0
        self._begun = 0  # how often builders had been begun when it was killed last

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

    async def strike(self, look: Look) -> None:
        """Kill it in the middle of a step, at a moment that the seed chooses. `look` reads the rows, whoever lives."""
        while (+self.middles).total():
            step, begun = await look()
            if self.middles[step] <= 0 or not self.server.running or not await self._is_at_it(step, begun):
                await asyncio.sleep(PAUSE)
                continue
            if (
                await self._stays(look, step, self.rng.uniform(0, SPREAD.get(step, USUAL_SPREAD)))
                and self.server.running
            ):
                self.middles[step] -= 1
                self.cut[step] += 1
                await self.server.kill()
                self._begun = (await look())[1]

    async def _is_at_it(self, step: str, begun: int) -> bool:
        """Of a builder the rows say so; what takes no builder is begun as soon as the server is ready."""
        return begun > self._begun if step in points.BUILDERS else await self.server.is_ready()

    async def _stays(self, look: Look, step: str, seconds: float) -> bool:
        """Whether it is still there after so long; the moment that it is not, nobody waits any more."""
        until = time.monotonic() + seconds
        while (await look())[0] == step:
            if (left := until - time.monotonic()) <= 0:
                return True
            await asyncio.sleep(min(left, PAUSE))
        return False
