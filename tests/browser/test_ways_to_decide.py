"""Decisions in other ways than with a mouse and a script, and what those see who may not decide."""

import re

import pytest
from playwright.async_api import Browser, Page, expect
from visitor import Nadia, Visitor, account, visiting

from ground.server import Server
from ground.until import until

VISION = "Is this the app you want?"
FOCUSED = "document.activeElement.textContent.trim()"
MINUTES = "(new Date()).getHours() * 60 + (new Date()).getMinutes()"
TABS = 80  # far more than any page needs


async def test_a_decision_by_keyboard_alone(visitor: Visitor):
    await visitor.at_the_vision("I want a price list that updates itself")
    page = visitor.page
    await page.reload()
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "Skip to content"
    await page.keyboard.press("Enter")
    await tabbed(page, "document.activeElement.name === 'note'")
    await page.keyboard.type("Prices in euro")
    await tabbed(page, f"{FOCUSED} === 'Approve'")
    await page.keyboard.press("Space")
    slip = page.get_by_role("article", name=f"Approved: {VISION}")
    await expect(slip).to_be_focused()
    await expect(slip).to_contain_text("“Prices in euro”")
    await tabbed(page, "document.activeElement.id === 'message'")


async def test_times_are_those_of_the_person(visitor: Visitor):
    await visitor.begin("I want a clock")
    await visitor.told("?")
    hours, minutes = (await visitor.log.locator("time").last.inner_text()).split(":")
    now = await visitor.page.evaluate(MINUTES)
    assert (now - int(hours) * 60 - int(minutes)) % 1440 <= 2


async def tabbed(page: Page, to: str) -> None:
    for _ in range(TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate(to):
            return
    pytest.fail(f"The keyboard does not get to where {to}")


async def test_idea_answer_and_decision_without_script(browser: Browser, server: Server, nadia: Nadia):
    async with visiting(browser, server, nadia, java_script_enabled=False) as visitor:
        page = visitor.page
        await visitor.begin("I want a sign-up sheet")
        await shown(page, "Who is it for?")
        await visitor.send("Our rowing club")
        await shown(page, "What was hard or annoying?")
        await page.get_by_role("button", name="Write the vision now").click()
        await shown(page, "If you approve")

        await page.get_by_role("button", name="Ask for changes").click()
        note = page.get_by_role("textbox", name="What should be different?")
        await expect(note).to_have_attribute("aria-invalid", "true")
        await expect(page.locator(".wrong")).to_have_text("Please say in a few words what should be different.")
        refused = [visitor.faults.pop()]
        assert "status of 422" in refused[0]
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("article", name=f"Approved: {VISION}")).to_be_visible()


async def shown(page: Page, words: str) -> None:
    """Load the page again until it says so, as one has to without script."""

    async def look() -> bool:
        await page.reload()
        return words in await page.locator("main").inner_text()

    await until(look, 30)


async def test_a_viewer_reads_along_without_buttons(browser: Browser, server: Server, nadia: Nadia, visitor: Visitor):
    url = await visitor.at_the_vision("I want a page for my bakery")
    page = visitor.page
    await page.goto(f"{url}/settings")
    await page.get_by_label("Email").fill("tom@example.org")
    await page.get_by_label("Role", exact=True).select_option("viewer")
    await page.get_by_role("button", name="Invite").click()
    link = re.search(r"http://\S+", await page.get_by_role("status").filter(has_text="Send this link").inner_text())
    async with visiting(browser, server, None) as tom:
        await account(tom.page, link[0], "Tom Weaver", "tom@example.org")
        for part in ("", "/progress", "/vision", "/ready", "/cost", "/history", "/settings"):
            await tom.page.goto(f"{url}{part}")
            await expect(tom.page.locator("#status")).to_contain_text(
                "Waiting for an answer: is this the app you want?"
            )
            await expect(tom.page.locator("main form[method=post]")).to_have_count(0)
            await expect(tom.page.locator("#needs-count")).to_have_text("")
        await tom.page.goto(url)
        await expect(tom.decision(VISION)).to_contain_text("You may read along.")
        await page.goto(url)
        await visitor.decide(VISION, "Approve")
        await expect(tom.page.get_by_role("article", name=f"Approved: {VISION}")).to_contain_text(
            "Nadia Rahman, today at"
        )
        await expect(tom.decision(VISION)).to_have_count(0)
