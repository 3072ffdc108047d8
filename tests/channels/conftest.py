"""What the tests of channels stand on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.paper import Desk, desk


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desk]:
    """An installation in this process that speaks with a service of paper."""
    async with desk(tmp_path / "data") as one:
        yield one
