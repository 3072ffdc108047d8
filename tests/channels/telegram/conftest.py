"""What the tests of Telegram stand on."""

from collections.abc import AsyncIterator

import pytest

from channels.telegram.town import Town, town
from ground.telegram_api import TelegramApi


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as api:
        yield api


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One installation for all tests of a file: each has its own people."""
    async with TelegramApi() as api, town(tmp_path_factory.mktemp("town") / "data", api) as one:
        yield one
