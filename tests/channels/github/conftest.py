"""An installation that speaks with GitHub, and the stand-in that it speaks with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from channels.github.issue import Town, town
from ground.github_api import GithubApi


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Begin with settings of its own."""
    async with AsyncExitStack() as stack:

        async def begin(**given: Any) -> Town:
            github = await stack.enter_async_context(GithubApi(tmp_path))
            return await stack.enter_async_context(town(github, tmp_path / "data", **given))

        yield begin
    await asyncio.sleep(0)


@pytest.fixture
async def here(start: Callable[..., Any]) -> Town:
    """Webhooks only: nothing is looked for."""
    return await start(github_poll_s=0)
