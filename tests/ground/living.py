"""An installation that lives in this process: one at a time, since all that runs here shares one runtime."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestrator import app
from orchestrator.runtime import Runtime

_here: list[Runtime] = []


@asynccontextmanager
async def living(live: Runtime) -> AsyncIterator[None]:
    """Until the end of this it works. Another one beside it would be worked at by its parts."""
    assert not _here, "Another one lives in this process: a test with one of its own needs a file of its own."
    _here.append(live)
    try:
        async with app.working(live):
            yield
    finally:
        _here.clear()
