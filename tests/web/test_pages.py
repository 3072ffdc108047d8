"""Every page as a person meets it: on three screens, light and dark, with all that is folded unfolded."""

import html
import re

import pytest
from examples import PAGES
from playwright.async_api import Page
from showroom import Showroom

import wording
from ground.inspector import Inspector


@pytest.mark.parametrize("name", PAGES)
async def test_nobody_stumbles_over_the_page(inspector: Inspector, room: Showroom, name: str):
    assert await inspector.look(f"{room.url}/pages/{name}") == []


async def test_the_inspector_finds_what_is_wrong(inspector: Inspector, room: Showroom):
    await inspector.go(f"{room.url}/pages/home")
    await inspector.page.evaluate(
        """() => {
          document.querySelector('h1').outerHTML = '<p style="color: red"><img src=/preview.svg></p>';
          document.querySelector('main').style.inlineSize = '3000px';
        }"""
    )
    await inspector.sized(1280)
    await inspector.axe("axe.run(document, {runOnly: ['image-alt']})", "wide")
    found = "\n".join(inspector.found)
    await inspector.page.goto("about:blank")
    assert "beyond a screen of 1280" in found
    assert "image-alt" in found
    assert "Content Security Policy" in found


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_theme_of_the_person_wins_over_that_of_the_device(page: Page, room: Showroom, theme: str):
    await page.emulate_media(color_scheme="dark" if theme == "light" else "light")
    await page.goto(f"/pages/home?theme={theme}")
    paper = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(241, 243, 236)", "dark": "rgb(19, 26, 23)"}[theme]


async def test_fonts_and_styles_come_from_here(page: Page, room: Showroom):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/pages/home")
    assert await page.evaluate("document.fonts.ready.then(() => document.fonts.check('17px Figtree'))")
    assert all(url.startswith(room.url) for url in asked)


async def test_the_conversation_has_the_names_that_were_promised(page: Page):
    await page.goto("/pages/decision")
    assert await page.get_by_role("log", name="Conversation", exact=True).count() == 1
    assert await page.get_by_role("textbox", name="Message", exact=True).count() == 1
    assert await page.get_by_role("button", name="Send", exact=True).count() == 1
    gate = page.get_by_role("region", name="Decision: Is this the app you want?", exact=True)
    for name in ("Approve", "Ask for changes", "Reject"):
        assert await gate.get_by_role("button", name=name, exact=True).count() == 1
    assert await page.get_by_role("region", name="Needs you", exact=True).count() == 1


async def test_progress_has_the_names_that_were_promised(page: Page):
    await page.goto("/pages/building")
    bar = page.get_by_role("progressbar", name="Phase 2: you can swap a meal", exact=True)
    assert await bar.get_attribute("value") == "3"
    assert await page.get_by_role("region", name="Activity", exact=True).count() == 1


@pytest.mark.parametrize("name", ["home", "empty", "no-phases"])
async def test_what_waits_is_a_region(page: Page, name: str):
    await page.goto(f"/pages/{name}")
    assert await page.get_by_role("region", name="Needs you", exact=True).count() == 1


@pytest.mark.parametrize("name", ["home", "decision", "building"])
async def test_the_places_that_speak_are_there_and_silent_at_first(page: Page, name: str):
    await page.goto(f"/pages/{name}")
    assert await page.locator("#announce[role=status]").text_content() == ""
    assert await page.locator("#alert[role=alert]").text_content() == ""
    talking = await page.locator("[role=log]").count() + await page.locator("#status [role=status]").count()
    assert talking == {"home": 0, "decision": 2, "building": 1}[name]


@pytest.mark.parametrize("name", PAGES)
def test_every_form_carries_what_protects_it(room: Showroom, name: str):
    shown = room.draw(name)
    forms = [form.split("</form>")[0] for form in shown.split("<form")[1:]]
    own = [form for form in forms if 'method="post"' in form]
    outside = [form for form in own if '"/setup"' in form or '"/sign-in"' in form]
    assert all('name="csrf"' in form and 'name="key"' in form for form in own if form not in outside)
    assert all('name="csrf"' not in form for form in outside)
    assert "style=" not in shown
    assert "<script>" not in shown


@pytest.mark.parametrize("name", PAGES)
def test_no_page_speaks_the_language_of_the_trade(room: Showroom, name: str):
    shown = re.sub(r"<(pre|svg|head|script|title)\b.*?</\1>", "", room.draw(name), flags=re.DOTALL)
    seen = html.unescape(re.sub(r"<[^>]+>", " ", shown))
    assert [fault for fault in wording.faults(seen) if not fault.startswith("too long")] == []
