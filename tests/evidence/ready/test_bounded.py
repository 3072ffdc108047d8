"""What an application answers cannot fill our memory, nor hold us for ever."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground.endless import endless
from orchestrator.evidence.ready import bounded
from orchestrator.evidence.ready.bounded import Bounded


@pytest.fixture
def socket() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="app-") as folder:
        yield str(Path(folder) / "in")


def somebody(socket: str, **more: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=Bounded(socket, **more), base_url="http://127.0.0.1")


async def test_an_answer_without_end_is_read_up_to_a_bound_and_let_go(socket: str):
    async with endless(socket) as app, somebody(socket) as client:
        answer = await client.get("/")
        assert (answer.status_code, len(answer.content)) == (200, bounded.MOST)
        while app.open:  # it is told that nobody listens any more
            await next(iter(app.open))


async def test_an_answer_that_takes_too_long_is_what_came_until_then(socket: str):
    async with endless(socket), somebody(socket, longest_s=0) as client:
        assert 0 < len((await client.get("/")).content) < bounded.MOST


async def test_nothing_is_unpacked(socket: str):
    async with endless(socket, b"content-encoding: gzip\r\n") as app, somebody(socket, most=100) as client:
        assert (await client.get("/")).content == b"x" * 100
        assert b"accept-encoding: identity" in app.asked[0].lower()
