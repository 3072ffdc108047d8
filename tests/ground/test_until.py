"""Waiting with a deadline."""

import pytest

from ground.until import blocking, until


async def test_it_returns_what_it_waited_for():
    seen = iter(["", "", "here"])
    assert await until(lambda: next(seen)) == "here"


async def test_it_waits_for_coroutines_too():
    seen = iter([0, 7])

    async def look() -> int:
        return next(seen)

    assert await until(look) == 7


async def test_the_deadline_says_what_was_seen_last():
    with pytest.raises(TimeoutError, match="still ''"):
        await until(lambda: "", within=0.05)


def test_it_also_waits_without_an_event_loop():
    seen = iter([None, 3])
    assert blocking(lambda: next(seen)) == 3
    with pytest.raises(TimeoutError):
        blocking(lambda: False, within=0.05)
