"""Messages come no faster than they can be told, and in bounds."""

import asyncio
import json

import pytest
from acp.schema import SessionNotification

from orchestrator.domain.run import Job, RunKind
from orchestrator.executors.ears import WAITING, Ears
from orchestrator.executors.loops import Loops
from orchestrator.executors.permissions import Bounds
from orchestrator.executors.wire import LINE_MB, NOISE, Wire


async def always() -> None:
    """There is room."""


async def none(_places) -> int:
    """Nothing is kept anywhere."""
    return 0


@pytest.fixture
async def heard():
    return asyncio.StreamReader(limit=1 << 16)


def wire(heard, room=always):
    return Wire(None, heard, room)


def line(**message):
    return json.dumps(message).encode() + b"\n"


async def test_messages_are_read_one_by_one_until_the_end(heard):
    heard.feed_data(line(id=1) + b"\n" + line(id=2, text="x" * 300_000) + b'{"id": 3}')
    heard.feed_eof()
    listening = wire(heard)

    assert [(await listening.receive())["id"] for _ in range(3)] == [1, 2, 3]
    assert await listening.receive() is None
    assert not listening.garbled


async def test_noise_is_passed_over_until_it_is_too_much(heard):
    heard.feed_data(b"noise\n" * NOISE + line(id=1) + b"noise\n" + line(id=2))
    listening = wire(heard)

    assert (await listening.receive())["id"] == 1
    assert await listening.receive() is None
    assert listening.garbled


async def test_a_line_without_end_is_not_waited_for(heard):
    heard.feed_data(b"x" * ((LINE_MB << 20) + 1))
    listening = wire(heard)

    assert await listening.receive() is None
    assert listening.garbled


async def test_nothing_is_read_while_there_is_no_room(tmp_path, heard):
    ears = Ears(Job("k", RunKind.EXECUTE, tmp_path, ""), Bounds((tmp_path,)), Loops(always, 5), str, none)
    listening, told = wire(heard, ears.room), []
    heard.feed_data(line(id=1))
    for number in range(WAITING):
        step = {"sessionUpdate": "tool_call", "toolCallId": str(number), "title": "x"}
        notification = SessionNotification.model_validate({"sessionId": "s", "update": step})
        await ears.session_update("s", notification.update)

    receiving = asyncio.create_task(listening.receive())
    await asyncio.wait({receiving}, timeout=0.05)
    assert not receiving.done()

    async def tell(activity):
        told.append(activity)

    telling = asyncio.create_task(ears.pass_on(tell))
    assert (await receiving)["id"] == 1
    ears.close()
    await telling
    assert len(told) == WAITING
