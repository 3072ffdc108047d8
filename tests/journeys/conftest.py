"""What journeys stand on: servers that are there at once, because so many of them are needed."""

from collections.abc import AsyncIterator

import pytest

from ground.nursery import Nursery


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as started:
        yield started
