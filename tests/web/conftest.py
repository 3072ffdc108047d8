"""A server for the pages, started once, and who looks at them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page
from showroom import Showroom, open_room

from ground.inspector import AXE, Inspector
from ground.until import until

WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
async def only_room() -> AsyncIterator[Showroom]:
    async with open_room() as room:
        yield room


@pytest.fixture
async def room(only_room: Showroom) -> Showroom:
    """The server, with nothing left in it of the test before."""
    fresh = Showroom(only_room.url)
    for name in ("shown", "answer", "connected", "refusal"):
        setattr(only_room, name, getattr(fresh, name))
    only_room.posts.clear()
    only_room.hang_up()
    await until(lambda: not only_room.streams)
    return only_room


@pytest.fixture(scope="session")
async def inspector(browser: Browser) -> AsyncIterator[Inspector]:
    context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
    await context.add_init_script(path=AXE)
    yield Inspector(await context.new_page())
    await context.close()


@pytest.fixture
async def page(browser: Browser, room: Showroom) -> AsyncIterator[Page]:
    """A page as somebody without any wishes sees it, that must not complain."""
    context = await browser.new_context(viewport=WIDE, base_url=room.url, reduced_motion="reduce")
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    await context.close()
    assert faults == []
