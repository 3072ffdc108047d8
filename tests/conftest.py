"""What every test may ask for."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import coverage
import pytest
from hypothesis import settings

from ground import postgres
from orchestrator.contain.boundary import boundary

if TYPE_CHECKING:
    from playwright.async_api import Browser

os.environ.setdefault("ORCHESTRATOR_LOOK_AT_END", "off")  # minutes for each project that comes to its end
settings.register_profile("ours", deadline=None, max_examples=50)  # a busy machine is not a fault; soak tries more
settings.register_profile("soak", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "5000")))
settings.load_profile("ours")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that are allowed more time come first: else one begins when the other worker has nothing left to do."""
    allowed: dict[object, float] = {}
    for item in items:
        mark = item.get_closest_marker("timeout")
        allowed[item.path] = max(allowed.get(item.path, 0), float(mark.args[0]) if mark else 0)
    items.sort(key=lambda item: -allowed[item.path])


@pytest.fixture(scope="session", autouse=True)
def surroundings() -> None:
    """What this machine offers is found out once, before a test changes where programs are looked for."""
    boundary()


@pytest.fixture(scope="module", autouse=True)
def measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Files that only read (`UNMEASURED`) are not watched line by line, which takes longer than what they do."""
    watching = coverage.Coverage.current() if getattr(request.module, "UNMEASURED", False) else None
    if watching:
        watching.stop()
    yield
    if watching:
        watching.start()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of our own, started when the first test asks for it."""
    with postgres.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
async def browser() -> "AsyncIterator[Browser]":
    """Debian's chromium, started when the first test asks for it."""
    from playwright.async_api import async_playwright  # slow to import, and most tests need none

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    arguments += [f"--disable-{what}" for what in ("background-networking", "component-update", "sync")]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield started
        await started.close()
