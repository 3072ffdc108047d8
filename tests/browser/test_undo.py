"""Undo at a real page: the button is there for a while, takes the answer back at once, and goes by itself."""

import re

from playwright.async_api import Browser, expect
from visitor import Nadia, Visitor, visiting

from ground.server import Server

VISION = "Is this the app you want?"
CONNECTED = """window.connected = new Promise((done) => {
  document.addEventListener("htmx:sse:after:connection", () => done(true), { once: true });
});"""


async def test_an_answer_is_taken_back_with_the_button_on_its_slip_and_the_question_is_there_again(visitor: Visitor):
    await visitor.at_the_vision("I want a list of birds")
    await visitor.decide(VISION, "Approve")
    slip = visitor.page.get_by_role("article", name=f"Approved: {VISION}")

    await slip.get_by_role("button", name="Undo").click()

    taken = visitor.page.get_by_role("article", name=f"Taken back: {VISION}")
    await expect(taken).to_contain_text("The answer does not count, and the question is asked again.")
    await expect(taken).to_have_count(1)
    await expect(visitor.decision(VISION)).to_be_visible()
    await expect(slip).to_have_count(0)
    await visitor.decide(VISION, "Approve")


async def test_the_button_goes_by_itself_and_whoever_was_on_it_is_on_the_slip(visitor: Visitor):
    page = visitor.page
    await visitor.at_the_vision("I want a list of trees")
    await visitor.decide(VISION, "Approve")
    await page.clock.install()
    await page.add_init_script(CONNECTED)
    await page.reload()
    await page.evaluate("connected")  # nothing is on its way any more that would lose patience when the clock leaps
    slip = page.get_by_role("article", name=f"Approved: {VISION}")
    await expect(slip).to_contain_text(re.compile(r"for 5\d seconds"))
    await slip.get_by_role("button", name="Undo").focus()

    await page.clock.run_for(61_000)

    await expect(slip.get_by_role("button", name="Undo")).to_have_count(0)
    await expect(slip).to_be_focused()


async def test_another_page_of_the_project_sees_it_too(visitor: Visitor):
    url = await visitor.at_the_vision("I want a list of stars")
    other = await visitor.page.context.new_page()
    await other.goto(url)
    await visitor.decide(VISION, "Approve")
    await expect(other.get_by_role("article", name=f"Approved: {VISION}")).to_be_visible()
    await visitor.page.get_by_role("button", name="Undo").click()
    await expect(other.get_by_role("article", name=f"Taken back: {VISION}")).to_have_count(1)
    await expect(other.get_by_role("region", name=f"Decision: {VISION}")).to_be_visible()


async def test_without_script_it_is_a_form_and_too_late_is_said(browser: Browser, server: Server, nadia: Nadia):
    async with visiting(browser, server, nadia, java_script_enabled=False) as visitor:
        page = visitor.page
        await visitor.begin("I want a list of rocks")
        await page.reload()
        await page.get_by_role("button", name="Write the vision now").click()
        for _ in range(50):
            await page.reload()
            if await visitor.decision(VISION).count():
                break
        await visitor.decision(VISION).get_by_role("button", name="Approve").click()
        late = await page.context.new_page()
        await late.goto(page.url)
        await page.get_by_role("button", name="Undo").click()
        await expect(visitor.decision(VISION)).to_be_visible()
        await late.get_by_role("button", name="Undo").click()
        await expect(late.locator("main")).to_contain_text("took this back already. The question is asked again.")
        assert "409 (Conflict)" in visitor.faults.pop()
