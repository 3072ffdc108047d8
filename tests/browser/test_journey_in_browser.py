"""The whole way by clicking: from a link and an idea to an app that is complete, taken back, and built again."""

import re

import pytest
from playwright.async_api import Page, expect
from visitor import Visitor

from ground.inspector import Inspector

ANSWERS = (
    ("annoying", "Deciding every evening what to cook, and food gets thrown away"),
    ("able to do", "Plan the week; swap a meal"),
    ("normal day", "On Sunday Nadia opens the app and sees seven dinners"),
    ("different", "One shop a week"),
    ("leave out", "No calorie counting"),
)
PARTS = ("history", "ready", "cost", "settings", "progress", "report", "phases/1/report")
VISION = "Is this the app you want?"


@pytest.mark.timeout(600)
async def test_from_an_idea_to_an_app_that_is_complete_taken_back_and_built_again(
    visitor: Visitor, inspector: Inspector
):
    page = visitor.page
    url = await talked_through(visitor)
    await inspected(inspector, url)
    await visitor.send("yes")
    card = visitor.decision(VISION)
    await card.get_by_role("textbox", name="What should be different?").fill("Add allergies")
    await visitor.decide(VISION, "Ask for changes")
    await card.get_by_role("link", name="What changed since version 1").click()
    await expect(page.get_by_role("heading", name="Added to “What it does”")).to_be_visible()
    await inspected(inspector, page.url, url, f"{url}/vision", "/", "/settings", "/docs")
    await page.get_by_role("link", name="Answer the question").click()

    await visitor.decide(VISION, "Approve")
    await visitor.decide(re.compile("Decision: Shall we build it in these two phases"), "Approve")
    await visitor.decide("Shall we start phase 1 like this?", "Approve")
    await page.get_by_role("navigation", name="Meal planning app").get_by_role("link", name="Progress").click()
    bar = page.get_by_role("progressbar", name="Phase 1: you can plan the week", exact=True)
    await expect(bar).to_have_js_property("value", 4)
    await expect(page.get_by_role("region", name="Activity", exact=True)).to_contain_text("We ran this ourselves.")
    await inspected(inspector, page.url, f"{url}/phases/1")

    await page.get_by_role("link", name="Go to the question").click()
    await page.get_by_role("link", name="See it, with its proof").click()
    await expect(page.locator("#item-P1-7")).to_contain_text("Proven")
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="Try it yourself").click()
    await tried(await opening.value)
    await visitor.decide("Does phase 1 do what you wanted?", "Approve")
    await expect(page.locator("#phase-page")).to_contain_text("Undo this phase")  # the open page follows
    await page.goto(url)
    await finished(visitor)
    await inspected(inspector, *(f"{url}/{part}" for part in PARTS))

    await page.goto(f"{url}/phases/2")
    await page.get_by_role("button", name="Undo phase 2").click()
    await page.get_by_role("button", name="Go on").click()
    await page.goto(url)
    await finished(visitor)
    said = await visitor.entries()
    assert len([entry for entry in said if entry.startswith("Approved Does phase 2 do")]) == 2
    assert len(set(said)) == len([*dict.fromkeys(said)])


async def talked_through(visitor: Visitor) -> str:
    """From the idea to the last question of the interview; the address of the project."""
    url = await visitor.begin("I want a meal planning app for busy parents")
    for number, (question, answer) in enumerate(ANSWERS, 2):
        await visitor.told(question)
        brief = visitor.page.get_by_role("progressbar", name=re.compile("^Brief: "))
        await expect(brief).to_have_accessible_name(f"Brief: {number} of 7 topics clear")
        await visitor.send(answer)
    await visitor.told("Shall I write the vision now?")
    await expect(visitor.page.get_by_role("progressbar", name="Brief: 7 of 7 topics clear")).to_be_visible()
    return url


async def tried(prototype: Page) -> None:
    """The prototype in its sandbox: with its own look, and what is entered stays."""
    await expect(prototype.get_by_role("heading", name="Meal planning app", level=1)).to_be_visible()
    await expect(prototype.locator("main .button").first).to_have_css("border-radius", "12px")
    assert await prototype.evaluate("origin") == "null"  # who is signed in is none of its business
    await prototype.get_by_role("link", name="Plan the week").click()
    await prototype.get_by_label("What").fill("Lentil soup")
    await prototype.get_by_label("Day").select_option("Monday")
    await prototype.get_by_role("button", name="Add").click()
    await expect(prototype.locator("main")).to_contain_text("Lentil soup")
    await prototype.reload()
    await expect(prototype.locator("main")).to_contain_text("Lentil soup")
    await prototype.close()


async def finished(visitor: Visitor) -> None:
    """Phase 2, to the end of the project."""
    await visitor.decide("Shall we start phase 2 like this?", "Approve")
    await visitor.decide("Does phase 2 do what you wanted?", "Approve")
    await expect(visitor.page.locator("#status")).to_contain_text("All two phases are done.")


async def inspected(inspector: Inspector, *urls: str) -> None:
    """No page makes anybody stumble: on three screens, light and dark, with all details open."""
    found = {url: list(seen) for url in urls if (seen := await inspector.look(url))}
    assert found == {}
