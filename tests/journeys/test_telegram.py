"""A whole project over Telegram, from the idea to the end, with nothing but a phone and a server that dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.telegram_api import Fault, TelegramApi
from ground.until import until
from journeys import telegram_phone as phones
from journeys.telegram_phone import Phone

pytestmark = pytest.mark.timeout(400)
IDEA = "I want a meal planning app for busy parents"
FEATURES = """
- plan the week
- swap a meal
- make one shopping list
- see who is home
- print the plan
- note allergies
- share it with friends
"""
OTHER = "A list of birds that I saw"
PHASES = 5
DEATHS = 12
MOST = 15  # messages of ours for a project of five phases, beside replies to what was said


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as api:
        yield api


async def told(phone: Phone) -> None:
    """The interview, until the vision is being written."""
    await phone.said(IDEA, "?")
    await phone.said("Deciding every evening what to cook, and food gets thrown away", "?")
    await phone.said(FEATURES, "?")
    await phone.said("/status", "Getting to know your idea")
    await phone.said("write the vision now", "vision")


async def built(phone: Phone, phases: int, name: str = "") -> None:
    """Everything that is asked, until it is done."""
    await phone.answers("Is this the app you want?", name=name)
    await phone.answers("phase", name=name)
    for number in range(1, phases + 1):
        await phone.answers(f"Shall we start phase {number}", name=name)
        await phone.answers(f"Does phase {number} do", name=name)
    await phone.sees(f"{name} is done" if name else "is done")


async def test_an_app_of_five_phases_over_telegram_alone(nursery: Nursery, tmp_path: Path, telegram: TelegramApi):
    async with phones.server(nursery, tmp_path, telegram) as server:
        phone = Phone(telegram.person("Nadia"))
        await phone.link(server)
        async with phones.dying(server, 7, DEATHS) as deaths:
            await told(phone)
            await built(phone, PHASES)
        shown = await phones.posts(server)
        spoken = [post for post in shown if post.subject.startswith(("reply:", "word:"))]
        unasked = len(phone.chat.of_the_bot()) - len(spoken)
        assert len(deaths) == DEATHS
        assert unasked <= MOST
        answered = await phones.answers_given(server, str(shown[-1].project_id))
        assert len(answered) == len(set(answered)) == 2 + 2 * PHASES


async def test_two_projects_in_one_chat_and_a_service_that_fails(
    nursery: Nursery, tmp_path: Path, telegram: TelegramApi, postgres_cluster: Cluster
):
    database = await postgres_cluster.create("two_in_one_chat")
    async with phones.server(nursery, tmp_path, telegram, database=database) as server:
        phone = Phone(telegram.person("Nadia"))
        await phone.link(server)
        telegram.spacing = 0.3
        for fault in (Fault(502), Fault(drop=True), Fault(429, 2, parameters={"retry_after": 1}), Fault(slow=2)):
            telegram.fail("sendMessage", fault)
            telegram.fail("editMessageText", replace(fault))
            telegram.fail("getUpdates", replace(fault, status=min(fault.status, 502)))
        async with phones.dying(server, 11, 5):
            await phone.said(IDEA, "?")
            await phone.said("- plan the week", "?")
            await phone.said("write the vision now", "vision")
            await phone.said(f"/new {OTHER}", "?")
            await phone.said("- note a bird", "?")
            await phone.said("write the vision now", "vision")
            await asyncio.gather(built(phone, 1, "Meal planning app"), built(phone, 1, "List of birds"))
        for name in ("Meal planning app", "List of birds"):
            assert len([text for text in phone.chat.shows() if f"{name} is done" in text]) >= 1
        found = await phones.projects(server)
        assert sorted(found.values()) == ["completed", "completed"]
        for project in found:
            answered = await phones.answers_given(server, project)
            assert len(answered) == len(set(answered)) == 4


async def test_a_stranger_in_every_place_where_telegram_brings_what_comes(
    nursery: Nursery, tmp_path: Path, telegram: TelegramApi
):
    async with phones.server(nursery, tmp_path, telegram, hooked=True) as server:
        phone, eve = Phone(telegram.person("Nadia")), Phone(telegram.person("Eve"))
        await phone.link(server)
        group = telegram.group("Kitchen")
        async with phones.dying(server, 13, 3):
            await phone.said(IDEA, "?")
            await phone.said("write the vision now", "vision")
            card = await phone.sees("Is this the app you want?")
            phone.person.say("/switch meal", group)
            await until(lambda: group.with_button("Approve"), phones.WITHIN)
            for text in ("hello", "/approve", "/new An app for me", "yes", "/start 12345", f"/switch {IDEA}"):
                eve.person.say(text)
                eve.person.say(f"@orchestrator_bot {text}", group)
            queries = [eve.person.press("Approve", group), eve.person.press("Reject", phone.chat, card)]
            await eve.sees("I work for people who have an account")
            await until(lambda: len([one for one in queries if one in telegram.answers]) == len(queries), phones.WITHIN)
        await until(lambda: phones.all_taken(server), phones.WITHIN)
        assert telegram.hooked > len(queries)
        assert len([text for text in group.shows() if "I work for people" in text]) <= 2
        assert len(await phones.projects(server)) == 1
        assert "Approve" in card.buttons
        assert not await phones.answers_given(server, str(next(iter(await phones.projects(server)))))
