"""What journeys stand on: servers that are there at once, because so many of them are needed."""

from collections.abc import AsyncIterator

import pytest

from ground.nursery import Nursery


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as started:
        yield started


@pytest.fixture(scope="session")
async def talkers() -> AsyncIterator[Nursery]:
    """Servers that have loaded what they need to ask a model as well."""
    async with Nursery(with_models=True) as started:
        yield started
