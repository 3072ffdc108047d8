"""From a word on Telegram or GitHub to the first sign that it was heard, and from an answer to its flips everywhere."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from _measure import Figure, publish, spread

from ground.nursery import Nursery
from ground.until import until
from journeys.test_race_elsewhere import QUESTION, Everywhere, everywhere, vision

TIMES = 20


async def took(what: Callable[[], Any]) -> float:
    """Seconds until this is true."""
    began = time.perf_counter()
    await until(what, 30)
    return time.perf_counter() - began


async def on_telegram(here: Everywhere) -> list[float]:
    """Something said: we are typing, or have answered already."""
    found = []
    for number in range(TIMES):
        before = len(here.telegram.actions) + len(here.phone.chat.of_the_bot())
        here.phone.person.say(f"What about case {number}?")
        seen = partial(signs, here, before)
        found.append(await took(seen))
    return found


def signs(here: Everywhere, before: int) -> bool:
    """Whether there is more to be seen than before: that we type, or words."""
    return len(here.telegram.actions) + len(here.phone.chat.of_the_bot()) > before


async def on_github(here: Everywhere) -> list[float]:
    """A comment, from its webhook on: our reaction to it."""
    found = []
    for number in range(TIMES):
        comment = here.ana.says(here.repo, here.issue, f"@orchestrator-bot what about case {number}?")
        began = time.perf_counter()
        await here.hook()
        await until(partial(here.repo.reactions.get, ("comment", comment)), 30)
        found.append(time.perf_counter() - began)
    return found


async def flips(here: Everywhere) -> dict[str, float]:
    """One decision, answered over the API: when it shows on each of the others."""
    gate = await vision(here)
    answered = await here.server.http.post(f"/api/v1/gates/{gate['id']}/answer", json={"decision": "reject"})
    assert answered.is_success
    began = time.perf_counter()
    seen: dict[str, float] = {}

    async def wait(name: str, look: Callable[[], bool]) -> None:
        await until(look, 30)
        seen[name] = time.perf_counter() - began

    def telegram() -> bool:
        return any(QUESTION in one.text and "Rejected" in one.text for one in here.phone.chat.of_the_bot())

    await asyncio.gather(
        wait("telegram", telegram), wait("github", lambda: "Rejected" in here.comment(f"Decision: {QUESTION}"))
    )
    return seen


async def each(measure: Callable[[Everywhere], Awaitable[Any]]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        async with Nursery() as nursery, everywhere(nursery, Path(folder)) as here:
            return await measure(here)


async def main() -> None:
    said = "stand-ins on this machine"
    flipped = [await each(flips) for _ in range(5)]
    publish(
        "elsewhere",
        [
            Figure("a word on Telegram, to our sign", "2 s", *spread(await each(on_telegram)), said),
            Figure("a comment on GitHub, from its webhook to 👀", "2 s", *spread(await each(on_github)), said),
            Figure("an answer, to its flip on Telegram", "1 s", *spread([one["telegram"] for one in flipped]), said),
            Figure("an answer, to its flip on GitHub", "1 s", *spread([one["github"] for one in flipped]), said),
        ],
    )


if __name__ == "__main__":
    asyncio.run(main())
