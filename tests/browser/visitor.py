"""Somebody at a real browser: finds things by what they are called, and minds every complaint of the page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from ground.server import Server

PATIENCE_MS = 30_000  # a busy machine is not a fault
ZONE = "Asia/Kathmandu"  # five hours and three quarters from UTC: not to be met by chance
Nadia = Any  # the cookies of somebody who has signed in


@dataclass
class Visitor:
    """One person with a page; `faults` is what the browser complained about."""

    page: Page
    faults: list[str] = field(default_factory=list)

    async def send(self, words: str) -> None:
        await self.message.fill(words)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def begin(self, idea: str) -> str:
        """Tell an idea; the address of its project."""
        await self.page.goto("/")
        await self.send(idea)
        await self.page.wait_for_url("**/projects/*")
        return self.page.url.split("#")[0]

    async def at_the_vision(self, idea: str) -> str:
        """Tell an idea, and have the vision written at once."""
        url = await self.begin(idea)
        await self.told("?")
        await self.page.get_by_role("button", name="Write the vision now").click()
        await expect(self.decision("Is this the app you want?")).to_be_visible()
        return url

    async def told(self, words: str | re.Pattern[str]) -> None:
        """Wait until the newest reply says so."""
        await expect(self.log.locator(".msg:not(.me):not(.sys)").last).to_contain_text(words)

    def decision(self, question: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role(
            "region", name=question if isinstance(question, re.Pattern) else f"Decision: {question}"
        )

    async def decide(self, question: str | re.Pattern[str], button: str) -> None:
        """Press, and see that the card becomes a slip which has the focus."""
        card = self.decision(question)
        await expect(card).to_be_visible()
        place = await card.get_attribute("id")
        await card.get_by_role("button", name=button, exact=True).click()
        await expect(self.page.locator(f"#{place}.receipt")).to_be_focused()
        await expect(self.page.locator(f"#{place}")).to_have_count(1)

    @property
    def message(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    async def entries(self) -> list[str]:
        """What stands in the conversation, in its order."""
        return [" ".join(entry.split()) for entry in await self.log.locator("> *").all_inner_texts()]


def listening(context: BrowserContext) -> list[str]:
    """What the pages of a browser complain about, also those it opens later."""
    faults: list[str] = []
    context.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    return faults


@asynccontextmanager
async def visiting(browser: Browser, server: Server, who: Nadia, **how: Any) -> AsyncIterator[Visitor]:
    given = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", "timezone_id": ZONE} | how
    context = await browser.new_context(base_url=server.url, storage_state=who, **given)
    context.set_default_timeout(PATIENCE_MS)
    faults = listening(context)
    yield Visitor(await context.new_page(), faults)
    await context.close()
    assert faults == [], faults


async def settled(browser: Browser, server: Server) -> Nadia:
    """Open the link that the server printed, and make an account."""
    link = re.search(r"http://\S+/setup\?key=\S+", server.log)
    assert link, server.log
    async with visiting(browser, server, None) as visitor:
        return await account(visitor.page, link[0], "Nadia Rahman", "nadia@example.org")


async def account(page: Page, link: str, name: str, email: str) -> Nadia:
    await page.goto(link)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Choose a password").fill("three words are easy")
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()
    return await page.context.storage_state()
