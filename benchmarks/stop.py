"""From a Stop until nothing of the project's work is left, at every step at which a program works for it."""

import asyncio
import shlex
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from _measure import Figure, publish, spread

import processes
from ground.nursery import Nursery
from journeys.caller import Caller
from journeys.test_stop import AGENT, Place, stopped_everywhere

TIMES = 10
AT = {"priming": "it looks around", "planning": "it plans", "building": "it builds", "repairing": "it repairs"}


async def main() -> None:
    taken: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("moods", "targets"):
            (folder / name).mkdir()
        command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
        async with Nursery() as nursery:
            server = nursery.server(folder / "data", rate_limits="off", builder_command=command)
            async with server:
                me = Caller(server)
                for number in range(TIMES):
                    _, took = await stopped_everywhere(Place(server, me, folder), f"stop-{number}")
                    for step, seconds in took.items():
                        taken[step].append(seconds)
                await me.close()
            assert processes.of(folder) == []
    said = "the builder with two tools that it started and forgot"
    figures = [Figure(f"while {what}", "500 ms", *spread(taken[step]), said) for step, what in AT.items()]
    publish("stop", [*figures, Figure("while we check", "500 ms", *spread(taken["checking"]), "the project’s tests")])


if __name__ == "__main__":
    asyncio.run(main())
