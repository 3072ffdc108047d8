"""What people say in a chat of their own, from the first /start to the first decision."""

from itertools import pairwise
from pathlib import Path

from channels.telegram.town import Town, room, town
from ground.model_api import ModelApi
from ground.model_values import Gives
from ground.scripted import says
from ground.telegram_api import Fault, TelegramApi
from ground.until import until

SLOW = Gives(piece=12, pause=0.25)
REPLY = "A meal planner for busy parents, then. " * 4 + "**Who** cooks on a normal evening?"


async def test_a_code_links_a_chat_once_and_the_second_time_it_is_known(here: Town):
    _, nadia = await here.linked("Nadia")
    again = await here.said(nadia, "/start", "Hello Nadia")
    assert "Tell me your idea" in again.text
    other = here.telegram.person("Mallory")
    other.say("/start nonsense")
    await here.sees(other.chat, "We do not know this link")


async def test_what_waits_is_shown_when_a_chat_is_linked(here: Town):
    user = await here.user("Nadia")
    await here.at_vision(user)
    nadia = await here.phone(user)
    card = await here.sees(nadia.chat, "needs you")
    assert "Approve" in card.buttons


async def test_words_are_an_idea_and_what_follows_is_the_conversation(here: Town):
    _, nadia = await here.linked("Nadia")
    first = await here.said(nadia, "I want a meal planning app for busy parents", "?")
    assert first.text.startswith("Meal planning app\n")
    await here.said(nadia, "Deciding every evening what to cook", "Noted, the problem")
    assert (nadia.id, "typing") in here.telegram.actions
    await here.calm()
    project = (await room(nadia.chat)).project_id
    assert (await here.row(project)).name == "Meal planning app"


async def test_a_decision_is_asked_and_answered_with_a_button(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    assert (await here.answered(nadia.press("Approve")))[0] == "Approved. Thank you."
    await until(lambda: "Approved by you, today at" in card.text)
    assert ", here, for version 1." in card.text
    assert "Approve" not in card.buttons


async def test_a_reply_is_seen_while_it_is_written(tmp_path: Path, telegram: TelegramApi):
    given = {"model": "anthropic:claude-sonnet-5", "anthropic_api_key": "k"}
    answers = lambda _: says(REPLY, how=SLOW)
    async with (
        ModelApi(answers) as api,
        town(tmp_path / "data", telegram, anthropic_base_url=api.anthropic, **given) as here,
    ):
        user, nadia = await here.linked("Nadia")
        await here.project(user)
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
    given = {"model": "anthropic:claude-sonnet-5", "anthropic_api_key": "k"}
    answers = lambda _: says("Who cooks?", quick=["Mostly me", "We take turns"])
    async with (
        ModelApi(answers) as api,
        town(tmp_path / "data", telegram, anthropic_base_url=api.anthropic, **given) as here,
    ):
        user, nadia = await here.linked("Nadia")
        await here.project(user)
        first = await here.said(nadia, "It is for busy parents", "Who cooks?")
        assert first.buttons == ["Mostly me", "We take turns"]
        data = first.rows[0][0]["callback_data"]
        assert (await here.answered(nadia.press("Mostly me")))[0] == "Mostly me"
        await here.sees(nadia.chat, "Who cooks?", after=first)
        await until(lambda: not first.buttons)
        assert "earlier question" in (await here.answered(nadia.press_data(data, first)))[0]
