"""Takes up what came from other services: each lane in order, many lanes at once, and nothing twice."""

import asyncio
from collections.abc import Iterable

import structlog

from orchestrator import clock, faults
from orchestrator.channels.lanes import Lanes
from orchestrator.channels.ports import Channel, Refusal, TryAgain
from orchestrator.errors import OrchestratorError, Unreachable
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import arrivals
from orchestrator.store.arrivals import Waiting

log = structlog.get_logger(__name__)
LOOK_AGAIN_S = 5.0
AT_ONCE = 16
MOST_TRIES = 8
LONGEST_S = 300.0
OURS = "Something went wrong on our side while this was taken up."


async def forever(channels: dict[str, Channel]) -> None:
    """Take up what is there and what comes, until cancelled."""
    with runtime().bus.follow(arrivals.WAKES) as follower:
        lanes = Lanes(AT_ONCE, follower.wake)
        try:
            while True:
                waits = [await _round(channel, lanes) for channel in channels.values()]
                await follower.changed(within=min(waits))
        finally:
            await lanes.end()


async def _round(channel: Channel, lanes: Lanes) -> float:
    """Begin with what is first in each lane; returns in how many seconds something else is due."""
    found = await _open(channel.name)
    for waiting in _first_of_each_lane(found):
        lane = f"{channel.name} {waiting.lane}"
        if lanes.free(lane) and waiting.due_at <= clock.now():
            lanes.begin(lane, _take(channel, waiting))
    return _soonest(found)


async def _open(channel: str) -> list[Waiting]:
    try:
        return await read(arrivals.open, channel)
    except Unreachable as away:
        log.warning("arrivals.put_off", reason=str(away))
        return []


def _first_of_each_lane(found: Iterable[Waiting]) -> list[Waiting]:
    first: dict[str, Waiting] = {}
    for waiting in found:
        first.setdefault(waiting.lane, waiting)
    return list(first.values())


def _soonest(found: Iterable[Waiting]) -> float:
    """In how many seconds something is due that is not yet."""
    now = clock.now()
    later = [(waiting.due_at - now).total_seconds() for waiting in found if waiting.due_at > now]
    return max(0.05, min(later, default=LOOK_AGAIN_S))


async def _take(channel: Channel, waiting: Waiting) -> None:
    """Take up one. What cannot be helped is kept with the reason, for whoever runs the installation."""
    try:
        arrival = await read(arrivals.get, waiting.id)
        await channel.take(arrival)
        faults.point(f"taken:{channel.name}")
        await tx(arrivals.done, waiting.id)
    except Unreachable as away:
        log.warning("arrival.put_off", channel=channel.name, reason=str(away))
        await asyncio.sleep(1)
    except (Refusal, OrchestratorError) as refusal:
        await tx(arrivals.done, waiting.id, str(refusal))
    except TryAgain as problem:
        await _later(channel, waiting, str(problem), problem.seconds)
    except Exception:
        log.exception("arrival.failed", channel=channel.name, arrival=waiting.id)
        await _later(channel, waiting, OURS, None)


async def _later(channel: Channel, waiting: Waiting, problem: str, seconds: float | None) -> None:
    if waiting.tries + 1 >= MOST_TRIES:
        log.warning("arrival.given_up", channel=channel.name, arrival=waiting.id, reason=problem)
        await tx(arrivals.done, waiting.id, problem)
        return
    pause = min(LONGEST_S, 2.0**waiting.tries) if seconds is None else seconds
    await tx(arrivals.put_off, waiting.id, problem, pause)
