"""The whole way by clicking: from a link and an idea to an app that is complete, taken back, and built again."""

import re

import pytest
from playwright.async_api import expect
from visitor import Visitor

ANSWERS = (
    ("annoying", "Deciding every evening what to cook, and food gets thrown away"),
    ("able to do", "Plan the week; swap a meal"),
    ("normal day", "On Sunday Nadia opens the app and sees seven dinners"),
    ("different", "One shop a week"),
    ("leave out", "No calorie counting"),
)


async def talked_through(visitor: Visitor) -> str:
    """From the idea to the last question of the interview; the address of the project."""
    url = await visitor.begin("I want a meal planning app for busy parents")
    for question, answer in ANSWERS:
        await visitor.told(question)
        await visitor.send(answer)
    await visitor.told("Shall I write the vision now?")
    return url


@pytest.mark.timeout(600)
async def test_from_an_idea_to_an_app_that_is_complete_taken_back_and_built_again(visitor: Visitor):
    page = visitor.page
    url = await talked_through(visitor)
    await expect(page.get_by_role("progressbar", name="Brief: 7 of 7 topics clear")).to_be_visible()

    await visitor.send("yes")
    card = visitor.decision("Is this the app you want?")
    await card.get_by_role("textbox", name="What should be different?").fill("Add allergies")
    await visitor.decide("Is this the app you want?", "Ask for changes")
    await card.get_by_role("link", name="What changed since version 1").click()
    await expect(page.get_by_role("heading", name="Added to “What it does”")).to_be_visible()
    await page.get_by_role("link", name="Answer the question").click()

    await visitor.decide("Is this the app you want?", "Approve")
    await visitor.decide(re.compile("Decision: Shall we build it in"), "Approve")
    await visitor.decide("Shall we start phase 1 like this?", "Approve")
    await page.get_by_role("link", name="Progress", exact=True).first.click()
    bar = page.get_by_role("progressbar", name=re.compile("^Phase 1: "))
    await expect(bar).to_have_js_property("value", 4)
    await expect(page.get_by_role("region", name="Activity")).to_contain_text("passed. We ran this ourselves.")
    await page.get_by_role("link", name="Answer", exact=False).first.click()
    print(await page.locator("#main").inner_text())
    print(url)
