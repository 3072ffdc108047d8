"""One server for all journeys, and the person who set it up."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect
from visitor import PATIENCE_MS, Nadia, Visitor, settled, visiting

from ground.inspector import AXE, Inspector
from ground.server import Server


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A new installation, as somebody finds it who starts it for the first time: with a link that is printed once."""
    async with Server(tmp_path_factory.mktemp("journey") / "data", bootstrap_token="", rate_limits="off") as server:
        yield server


@pytest.fixture(scope="session")
async def nadia(browser: Browser, server: Server) -> Nadia:
    return await settled(browser, server)


@pytest.fixture
async def visitor(browser: Browser, server: Server, nadia: Nadia) -> AsyncIterator[Visitor]:
    """Nadia at the page, which must not complain about anything."""
    async with visiting(browser, server, nadia) as visitor:
        yield visitor


@pytest.fixture
async def inspector(browser: Browser, server: Server, nadia: Nadia) -> AsyncIterator[Inspector]:
    """Nadia once more, looking for what anybody would stumble over."""
    context = await browser.new_context(base_url=server.url, storage_state=nadia, reduced_motion="reduce")
    await context.add_init_script(path=AXE)
    yield Inspector(await context.new_page())
    await context.close()
