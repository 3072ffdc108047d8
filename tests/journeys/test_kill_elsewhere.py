"""A server that dies while it speaks with a service goes on after the restart: nothing lost, nothing done twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ground.nursery import Nursery
from ground.server import Server
from ground.telegram_api import TelegramApi
from ground.until import until
from journeys import points
from journeys import telegram_phone as phones
from journeys.telegram_phone import Phone

pytestmark = pytest.mark.timeout(300)
IDEA = "I want a meal planning app for busy parents"
WHY = "Deciding every evening what to cook"
# Telegram cannot be asked whether a message got there: killed between its yes and our note of it, we say it again.
MAY_DOUBLE = "post:sent:telegram"
POINTS = sorted(points.elsewhere("telegram"))


def test_these_are_the_points():
    assert set(POINTS) == {"posting", "taken:telegram", MAY_DOUBLE, "post:begun:telegram", "post:shown:telegram"}


@pytest.mark.parametrize("point", POINTS)
async def test_killed_twice_where_it_hurts(point: str, nursery: Nursery, tmp_path: Path):
    async with TelegramApi() as telegram, phones.server(nursery, tmp_path, telegram) as server:
        phone = Phone(telegram.person("Nadia"))
        await phone.link(server)
        for text in (IDEA, WHY):
            await server.terminate()
            await server.start(crash_at=point)
            await server.ready(120)  # or it has died again: over what it had said and not noted
            after = phone.chat.last.id
            phone.person.say(text)
            assert server.child
            await asyncio.wait_for(server.child.wait(), 60)
            await server.start()
            await phone.sees("?", after)
        assert await server.ready(120)
        # What was said twice answers no question of ours: that all is taken up is seen in the rows.
        await until(lambda: _heard(server, IDEA, WHY), 60)
        await until(lambda: _calm(server), 60)
        said = Counter(one.text for one in phone.chat.of_the_bot())
        twice = {text for text, number in said.items() if number > 1}
        assert not twice or point == MAY_DOUBLE, twice
        assert all(number <= 3 for number in said.values())
        assert await _said(server) == [IDEA, WHY]


async def _said(server: Server) -> list[str]:
    """By people, in the one project that there is."""
    [found] = (await server.http.get("/api/v1/projects")).json()["items"]
    messages = (await server.http.get(f"/api/v1/projects/{found['id']}/messages")).json()["items"]
    return [one["text"] for one in messages if one["role"] == "user"]


async def _heard(server: Server, *texts: str) -> bool:
    return await phones.all_taken(server) and set(texts) <= set(await _said(server))


async def _calm(server: Server) -> bool:
    rows = await phones.posts(server)
    return bool(rows) and all(row.status != "due" for row in rows)
