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
from journeys import walk
from journeys.caller import Caller
from journeys.test_stop import AGENT, Place

TIMES = 10
AT = {"priming": "it looks around", "planning": "it plans", "building": "it builds", "repairing": "it repairs"}


async def once(place: Place, number: int, taken: dict[str, list[float]]) -> None:
    """One project, stopped at every step on its way."""
    me, name = place.me, f"stop-{number}"
    project = await walk.begin(me, name)
    place.mood(project, "busy prime plan-feature")
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", f"{name}-write")
    await walk.answer(me, project, f"{name}-vision", "VISION_DOC")
    taken["priming"].append(await stops(place, project, name, "priming"))
    place.mood(project, "busy plan-feature")
    await place.resumes(project, f"{name}-priming")
    await walk.answer(me, project, f"{name}-roadmap", "ROADMAP")
    taken["planning"].append(await stops(place, project, name, "planning"))
    place.mood(project, "busy")
    await place.resumes(project, f"{name}-planning")
    await walk.answer(me, project, f"{name}-plan", "PHASE_START")
    taken["building"].append(await stops(place, project, name, "building"))
    place.mood("slow", "")
    place.mood(project, "slow")
    await place.resumes(project, f"{name}-building")
    taken["checking"].append(await stops(place, project, name, "checking", 1))
    place.forget("slow")
    place.mood(project, "busy")
    await place.resumes(project, f"{name}-checking")
    await walk.answer(me, project, f"{name}-wish", "PHASE_COMPLETE", "changes", "Bigger letters, please.")
    taken["repairing"].append(await stops(place, project, name, "repairing"))


async def stops(place: Place, project: str, name: str, step: str, count: int = 3) -> float:
    return await place.stops(project, step, count, key=f"{name}-{step}-pause")


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
                    await once(Place(server, me, folder), number, taken)
                await me.close()
            assert processes.of(folder) == []
    said = "the builder with two tools that it started and forgot"
    figures = [Figure(f"while {what}", "500 ms", *spread(taken[step]), said) for step, what in AT.items()]
    publish("stop", [*figures, Figure("while we check", "500 ms", *spread(taken["checking"]), "the project’s tests")])


if __name__ == "__main__":
    asyncio.run(main())
