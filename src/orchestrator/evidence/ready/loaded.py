"""Whether it keeps up with twice the traffic that its people expect: so much is sent to it, second by second."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

import httpx

from orchestrator.domain.ready.report import State
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import people
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.proof import Found, unchecked
from orchestrator.evidence.ready.told import told
from orchestrator.evidence.words import counted

FOR_S = 10
MOST_A_SECOND = 400  # that we can send without being what is slow
MOST_ERRORS = 0.01
FEWEST_SHOWN = 0.5  # of the answers, that are no refusals: to turn people away costs nothing
PATIENCE_S = 3.0
UNTOLD = "Nobody says how many requests a second are expected (`[load] expected` in .orchestrator.toml)."
TOO_MANY = "So many requests a second are expected that we cannot send twice as many."
LIMITED = "It lets in only so many requests from one place, so twice the expected traffic could not be tried."
TURNED_AWAY = "It turned most of us away, and to turn people away is no work."
LATE = "Our own machine was too busy to send so many requests in time."


class Came(NamedTuple):
    """The code of an answer, 0 for none, and how long it took."""

    code: int
    seconds: float


async def twice(asked: Asked) -> Found:
    """For ten seconds, at even distances, whether or not the answers before have come."""
    if "load" not in asked.known:
        asked.known["load"] = await _twice(asked, told(asked.look.texts).expected)
    found: Found = asked.known["load"]
    return found


async def _twice(asked: Asked, expected: float) -> Found:
    if not expected:
        return unchecked(UNTOLD)
    if expected * 2 > MOST_A_SECOND:
        return unchecked(TOO_MANY)
    paths = [route.path for route in asked.routes if route.method == "GET" and "{" not in route.path][:10] or ["/"]
    async with asked.app.client(**await _signed_in(asked)) as client, asyncio.TaskGroup() as group:
        began, sent = time.monotonic(), []
        for number in range(int(expected * 2 * FOR_S)):
            await asyncio.sleep(max(0.0, began + number / (expected * 2) - time.monotonic()))
            sent.append(group.create_task(_one(client, paths[number % len(paths)])))
        took = time.monotonic() - began
    state, sentence, said = judged(expected, took, [task.result() for task in sent])
    return Found(state, sentence, (asked.seen("twice the expected traffic", said=said),))


async def _signed_in(asked: Asked) -> dict[str, object]:
    """As one of its people, where there are any: what strangers are shown may be less work."""
    try:
        ana, _ = await people.two(asked)
    except NotPossible:
        return {}
    return {"headers": ana.client.headers, "cookies": ana.client.cookies}


async def _one(client: httpx.AsyncClient, path: str) -> Came:
    began = time.monotonic()
    try:
        code = (await client.get(path, timeout=PATIENCE_S)).status_code
    except httpx.TransportError:
        code = 0
    return Came(code, time.monotonic() - began)


def judged(expected: float, took: float, came: Sequence[Came]) -> tuple[State, str, str]:
    """What is to be said of it, and the figures. `took` is how many seconds we needed to send all of them."""
    limited = sum(one.code == httpx.codes.TOO_MANY_REQUESTS for one in came)
    wrong = sum(one.code == 0 or one.code >= httpx.codes.INTERNAL_SERVER_ERROR for one in came)
    shown = sum(httpx.codes.is_success(one.code) for one in came)
    p95 = sorted(one.seconds for one in came)[int(len(came) * 0.95)]
    said = (
        f"{counted(len(came), 'request')} in {took:.1f} s, {len(came) / took:.0f} a second where {expected:g} are "
        f"expected: {wrong} failed, p95 {p95 * 1000:.0f} ms"
    )
    if wrong > len(came) * MOST_ERRORS:
        return State.FAILED, f"It does not keep up: {said}.", said
    for stands, why in (
        (limited > len(came) * MOST_ERRORS, LIMITED),
        (took > FOR_S * 1.1, LATE),
        (shown < len(came) * FEWEST_SHOWN, TURNED_AWAY),
    ):
        if stands:
            return State.NOT_CHECKED, why, said
    return State.PROVEN, f"It keeps up: {said}.", said
