"""A whole project over Telegram, from the idea to the end, with nothing but a phone and a server that dies."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ground.nursery import Nursery
from ground.telegram_api import TelegramApi
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
    await phone.sees("is done")


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
