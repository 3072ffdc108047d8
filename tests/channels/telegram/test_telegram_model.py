"""What a model says in a chat: seen while it is written, with answers to choose from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from channels.telegram.town import Town, town
from ground.model_api import ModelApi
from ground.model_values import Gives
from ground.scripted import says
from ground.telegram_api import Fault, TelegramApi
from ground.telegram_people import Person
from ground.until import until

SLOW = Gives(piece=12, pause=0.25)
REPLY = "A meal planner for busy parents, then. " * 4 + "**Who** cooks on a normal evening?"


@asynccontextmanager
async def talking(data: Path, telegram: TelegramApi, text: str, **how: Any) -> AsyncIterator[tuple[Town, Person]]:
    """Somebody with a project, and a model that always says the same."""
    given = {"model": "anthropic:claude-sonnet-5", "anthropic_api_key": "k"}
    async with (
        ModelApi(lambda _: says(text, **how)) as api,
        town(data, telegram, anthropic_base_url=api.anthropic, **given) as here,
    ):
        user, nadia = await here.linked("Nadia")
        await here.project(user)
        yield here, nadia


async def test_a_reply_is_seen_while_it_is_written(tmp_path: Path, telegram: TelegramApi):
    async with talking(tmp_path / "data", telegram, REPLY, how=SLOW) as (here, nadia):
        reply = await here.said(nadia, "It is for busy parents", "Who cooks on a normal evening?")
        drafts = [text for _, _, text in telegram.drafts]
        assert len(drafts) >= 2
        assert len({number for _, number, _ in telegram.drafts}) == 1
        assert all(later.startswith(earlier.rstrip("*")[:10]) for earlier, later in pairwise(drafts))
        assert all(draft.rstrip("*") in reply.text for draft in drafts)
        telegram.fail("sendMessageDraft", Fault(400))
        telegram.fail("sendChatAction", Fault(500))
        await here.said(nadia, "And for grandparents", "Who cooks on a normal evening?")


async def test_quick_answers_are_buttons_of_the_newest_reply(tmp_path: Path, telegram: TelegramApi):
    quick = ["Mostly me", "We take turns"]
    async with talking(tmp_path / "data", telegram, "Who cooks?", quick=quick) as (here, nadia):
        first = await here.said(nadia, "It is for busy parents", "Who cooks?")
        assert first.buttons == quick
        data = first.rows[0][0]["callback_data"]
        assert (await here.answered(nadia.press("Mostly me")))[0] == "Mostly me"
        await here.sees(nadia.chat, "Who cooks?", after=first)
        await until(lambda: not first.buttons)
        assert "earlier question" in (await here.answered(nadia.press_data(data, first)))[0]
