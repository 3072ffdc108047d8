"""What an open page does by itself, and that it does without: sending, keeping, following, losing the connection."""

import pytest
from fastapi import Response
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, Page, expect
from showroom import TEMPLATES, Showroom
from story_talk import GATE, RECEIPT, WRONG_GATE, me, us

from ground.until import until
from orchestrator.telling.marks import NEEDS_YOU, Note
from orchestrator.web import drawing
from orchestrator.web.rendering import INTO_THE_FORM
from orchestrator.web.views import problems

PROJECT = "/projects/supper-sorted"
SAY = f"{PROJECT}/messages"


async def talking(page: Page, room: Showroom, shown: str = "brainstorm") -> None:
    """The project's page, with its stream open."""
    room.shown = shown
    await page.goto(PROJECT)
    await until(lambda: room.streams)


def message(page: Page):
    return page.get_by_role("textbox", name="Message")


async def test_enter_sends_once_and_shift_enter_begins_a_line(page: Page, room: Showroom):
    await talking(page, room)
    first_key = await page.locator("#say [name=key]").input_value()
    await message(page).fill("One")
    await message(page).press("Shift+Enter")
    await message(page).press_sequentially("Two")
    await message(page).press("Enter")
    await expect(message(page)).to_have_value("")
    path, form = room.posts[-1]
    assert (path, form["text"].replace("\r", ""), form["csrf"]) == (SAY, "One\nTwo", "csrf-of-nadia")
    assert form["key"] == first_key
    assert await page.locator("#say [name=key]").input_value() != first_key
    assert len(room.posts) == 1


async def test_nothing_is_sent_when_nothing_is_written(page: Page, room: Showroom):
    await talking(page, room)
    await message(page).press("Enter")
    await message(page).fill("Something")
    await message(page).press("Enter")
    await until(lambda: room.posts)
    assert [form["text"] for _, form in room.posts] == ["Something"]


async def test_a_quick_answer_sends_its_own_words(page: Page, room: Showroom):
    await talking(page, room)
    await page.get_by_role("button", name="Printed on the fridge").click()
    await until(lambda: room.posts)
    assert room.posts[-1][1]["text"] == "On the fridge"


async def test_pressing_twice_sends_once(page: Page, room: Showroom):
    await talking(page, room)
    await message(page).fill("Only once")
    await page.evaluate("() => { const send = document.querySelector('#say button'); send.click(); send.click(); }")
    await expect(message(page)).to_have_value("")
    assert len(room.posts) == 1
    await expect(page.get_by_role("button", name="Send")).not_to_have_attribute("aria-disabled", "true")


async def test_what_was_not_sent_survives_a_new_load_and_goes_when_it_was_sent(page: Page, room: Showroom):
    await talking(page, room)
    await message(page).fill("Could the reason be")
    await page.reload()
    await expect(message(page)).to_have_value("Could the reason be")
    await message(page).press("Enter")
    await until(lambda: room.posts)
    await expect(message(page)).to_have_value("")
    await page.reload()
    await expect(message(page)).to_have_value("")


async def test_an_idea_is_kept_when_the_session_ends_and_forgotten_when_it_arrived(page: Page, room: Showroom):
    await page.goto("/pages/home")
    await message(page).fill("A page for my bakery")
    await page.goto("/pages/session-expired")
    await expect(page.get_by_text("What you had written and not sent is kept.")).to_be_visible()
    await page.goto("/pages/home")
    await expect(message(page)).to_have_value("A page for my bakery")
    await message(page).press("Enter")
    await page.wait_for_url(f"**{PROJECT}")
    assert room.posts[-1][1]["idea"] == "A page for my bakery"
    await page.goto("/pages/home")
    await expect(message(page)).to_have_value("")


async def test_a_refusal_is_said_in_the_form_and_the_words_stay(page: Page, room: Showroom):
    await talking(page, room)
    trouble = problems.note(problems.problem(429, wait=20))
    room.answer = lambda _: HTMLResponse(drawing.part(TEMPLATES, "problem", trouble), 429, INTO_THE_FORM)
    await message(page).fill("Too fast")
    await message(page).press("Enter")
    await expect(page.locator("#say").get_by_role("alert")).to_contain_text("Please wait 20 seconds before the next.")
    await expect(message(page)).to_have_value("Too fast")
    await expect(page.get_by_role("button", name="Send")).not_to_have_attribute("aria-disabled", "true")


async def test_a_message_that_comes_twice_is_shown_once(page: Page, room: Showroom):
    await talking(page, room)
    said = me("99", "And a shopping list", "9:10")
    room.answer = lambda _: HTMLResponse(drawing.part(TEMPLATES, "message", said))
    await message(page).fill("And a shopping list")
    await message(page).press("Enter")
    await expect(page.locator("#message-99")).to_have_count(1)
    await room.tell("message", said)
    await room.tell("message", us("100", "Noted", "9:10"))
    await expect(page.locator("#message-100")).to_have_count(1)
    await expect(page.locator("#message-99")).to_have_count(1)


async def test_the_receipt_takes_the_place_of_the_card_and_the_focus(page: Page, room: Showroom):
    await talking(page, room, "decision")
    room.answer = lambda _: HTMLResponse(
        drawing.part(TEMPLATES, "open_gates", (), "") + drawing.part(TEMPLATES, "receipt", RECEIPT)
    )
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("#conversation #gate-7.receipt")).to_be_focused()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    path, form = room.posts[-1]
    assert (path, form["decision"], form["version"]) == ("/gates/7/answer", "approve", "3")


async def test_the_focus_stays_on_the_receipt_when_it_moves_into_the_conversation(page: Page, room: Showroom):
    await talking(page, room, "decision")
    room.answer = lambda _: HTMLResponse(str(TEMPLATES.get_template("macros/gates.html").module.receipt(RECEIPT)))
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("#open-gates #gate-7.receipt")).to_be_focused()
    await room.tell("receipt", RECEIPT)
    await room.tell("open_gates", (), "")
    await expect(page.locator("#open-gates #gate-7")).to_have_count(0)
    await expect(page.locator("#conversation #gate-7.receipt")).to_be_focused()


async def test_a_message_that_was_not_accepted_keeps_its_words(page: Page, room: Showroom):
    await talking(page, room)
    trouble = Note("", "That is too long for one message.", NEEDS_YOU)
    room.answer = lambda _: HTMLResponse(drawing.part(TEMPLATES, "composer_note", trouble), 422)
    await message(page).fill("Too long")
    await message(page).press("Enter")
    await expect(page.locator("#say").get_by_role("alert")).to_have_text("That is too long for one message.")
    await expect(message(page)).to_have_value("Too long")
    room.answer = lambda _: Response(status_code=204)
    await message(page).fill("Short")
    await message(page).press("Enter")
    await expect(page.locator("#say").get_by_role("alert")).to_have_count(0)


async def test_asking_for_changes_without_saying_which_leads_to_the_field(page: Page, room: Showroom):
    await talking(page, room, "decision")
    room.answer = lambda _: HTMLResponse(drawing.part(TEMPLATES, "gate", WRONG_GATE, "csrf"), 422)
    await page.get_by_role("button", name="Ask for changes").click()
    field = page.get_by_role("textbox", name="What should be different?")
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description("Please say in a few words what should be different.")


async def test_a_half_written_note_survives_what_happens_meanwhile(page: Page, room: Showroom):
    await talking(page, room, "decision")
    field = page.get_by_role("textbox", name="What should be different?")
    await field.fill("Please add")
    await room.tell("open_gates", (GATE,), "csrf-of-nadia")
    await room.tell("announce", "done")
    await expect(page.locator("#announce")).to_have_text("done")
    await expect(field).to_have_value("Please add")
    await expect(field).to_be_focused()


@pytest.mark.parametrize("at_the_end", [True, False])
async def test_the_page_follows_only_who_was_at_the_end(page: Page, room: Showroom, at_the_end: bool):
    await page.set_viewport_size({"width": 360, "height": 500})
    await talking(page, room)
    await until(lambda: page.evaluate("innerHeight + scrollY >= document.documentElement.scrollHeight - 2"))
    if not at_the_end:
        await page.evaluate("scrollTo(0, 0)")
        await until(lambda: page.evaluate("scrollY === 0"))
    await room.tell("message", us("98", "A long answer. " * 60, "9:12"))
    await expect(page.locator("#message-98")).to_have_count(1)
    await room.tell("announce", "said")
    await expect(page.locator("#announce")).to_have_text("said")
    assert await page.evaluate("innerHeight + scrollY >= document.documentElement.scrollHeight - 2") is at_the_end


async def test_a_lost_connection_is_said_and_taken_back(page: Page, room: Showroom):
    await talking(page, room)
    status = page.locator("#status")
    before = await status.inner_text()
    room.connected = False
    room.hang_up()
    note = page.locator("#connection")
    await expect(note).to_contain_text("You are offline. We reconnect by ourselves.")
    await expect(status).to_contain_text("Last known, at ")
    room.connected = True
    await expect(note).to_have_count(0)
    assert await status.inner_text() == before


async def test_a_stream_that_did_not_open_is_tried_again(page: Page, room: Showroom):
    room.connected = False
    room.shown = "brainstorm"
    await page.clock.install()
    await page.goto(PROJECT)
    await expect(page.locator("#connection")).to_have_count(1)
    room.connected = True
    await page.clock.fast_forward(6000)
    await expect(page.locator("#connection")).to_have_count(0)


async def test_a_message_that_cannot_go_out_stays_in_the_field(page: Page, room: Showroom):
    await talking(page, room)
    await page.context.set_offline(True)
    await message(page).fill("And show it in")
    await message(page).press("Enter")
    await expect(page.locator("#alert")).to_contain_text("What you wrote is kept.")
    await expect(message(page)).to_have_value("And show it in")
    await page.context.set_offline(False)


async def test_the_menu_at_the_thumb_closes_when_it_is_left(page: Page, room: Showroom):
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/pages/building")
    menu = page.locator("details[name=dock]")
    await menu.locator("summary").click()
    await expect(menu).to_have_attribute("open", "")
    await page.keyboard.press("Escape")
    await expect(menu).not_to_have_attribute("open", "")
    await menu.locator("summary").click()
    await page.locator("h1").click()
    await expect(menu).not_to_have_attribute("open", "")


async def test_everything_can_be_sent_without_script(browser: Browser, room: Showroom):
    context = await browser.new_context(java_script_enabled=False, base_url=room.url)
    page = await context.new_page()
    await page.goto("/pages/home")
    await message(page).fill("A page for my bakery")
    await page.get_by_role("button", name="Send").click()
    await page.goto("/pages/decision")
    await page.get_by_role("button", name="Reject").click()
    await page.goto("/pages/building")
    await page.get_by_role("button", name="Stop now").click()
    await context.close()
    assert [path for path, _ in room.posts] == ["/projects", "/gates/7/answer", f"{PROJECT}/stop"]
    assert room.posts[1][1]["decision"] == "reject"


async def test_signing_out_forgets_what_was_written(page: Page, room: Showroom):
    await page.goto("/pages/home")
    await message(page).fill("Secret idea")
    await page.goto("/pages/settings")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"**{PROJECT}")
    assert await page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft')).length") == 0


async def test_an_ended_session_loads_the_page_anew(page: Page, room: Showroom):
    await talking(page, room)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    room.connected = False
    room.refusal = 401
    room.hang_up()
    await until(lambda: loads)
    assert loads[0].endswith(PROJECT)


def test_an_empty_answer_is_an_answer(room: Showroom):
    assert isinstance(room.answer({}), Response)
