"""The journey through three phases, made once for all tests that look at it or begin in it."""

import pytest
import pytest_asyncio
from starter_door import git, travelled


@pytest_asyncio.fixture(scope="session")
async def journey(tmp_path_factory):
    return await travelled(tmp_path_factory.mktemp("journey"))


@pytest.fixture(scope="session")
def built(journey, tmp_path_factory):
    """A repository in which phase 1 was built: to look at, or to copy."""
    folder = tmp_path_factory.mktemp("built")
    git(folder, "clone", "-q", "--no-hardlinks", "--branch", "phase-1", str(journey.home), "tree")
    return folder / "tree"
