"""Pages that stay open while things happen: they follow, they keep what is written, and they catch up."""

from playwright.async_api import Browser, Page, expect
from visitor import Nadia, Visitor, visiting

from ground.server import Server

MAIN = "document.querySelector('main').innerText.replace(/\\s+/g, ' ').trim()"
HALF = "Half of what I wanted to s"


async def test_a_page_catches_up_after_the_server_was_killed_and_so_does_another(visitor: Visitor, server: Server):
    await visitor.begin("I want a recipe box")
    await visitor.told("Who is it for?")
    other = await visitor.page.context.new_page()
    await other.goto(visitor.page.url)
    for page in (visitor.page, other):
        await expect(page.locator("#stream")).to_have_attribute("data-htmx-powered", "true")
    await visitor.message.fill(HALF)
    await server.kill()
    await expect(visitor.page.locator("#connection")).to_contain_text("You are offline")
    await server.start()
    assert await server.ready()
    await expect(visitor.page.locator("#connection")).to_have_count(0)
    await other.bring_to_front()
    await expect(other.locator("#connection")).to_have_count(0)
    assert all("Failed to load resource" in fault or "sse" in fault for fault in visitor.faults), visitor.faults
    visitor.faults.clear()

    await Visitor(other).send("My grandmother")
    await expect(visitor.message).to_have_value(HALF)
    await same(visitor.page, other, "What was hard or annoying?")
    await other.get_by_role("button", name="Write the vision now").click()
    await same(visitor.page, other, "If you approve")
    await expect(visitor.message).to_have_value(HALF)


async def same(one: Page, other: Page, words: str) -> None:
    """Both pages say this, and what a new load of it says."""
    for page in (one, other):
        await expect(page.locator("main")).to_contain_text(words)
    fresh = await one.context.new_page()
    await fresh.goto(other.url)
    said = await fresh.evaluate(MAIN)
    for page in (one, other):
        await page.wait_for_function(f"said => {MAIN} === said", arg=said)
    await fresh.close()


async def test_the_first_page_follows_all_projects(visitor: Visitor, browser: Browser, server: Server, nadia: Nadia):
    await visitor.begin("I want a list of garden birds")
    await visitor.told("Who is it for?")
    async with visiting(browser, server, nadia) as at_home:
        needs = at_home.page.get_by_role("region", name="Needs you", exact=True)
        await at_home.page.goto("/")
        cards = at_home.page.locator("#needs-you article", has_text="birds")
        await expect(cards).to_have_count(0)
        await visitor.page.get_by_role("button", name="Write the vision now").click()
        await expect(needs.locator("article", has_text="birds")).to_have_count(1)
        await expect(at_home.page.locator("#alert")).to_have_text("Needs you: Is this the app you want?")
        await visitor.decide("Is this the app you want?", "Approve")
        await expect(needs.locator("article", has_text="birds")).to_contain_text("Shall we build it in")


FIRST = """async ([address, last]) => {
  const answer = await fetch(address, {headers: last ? {"Last-Event-ID": last} : {}});
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  while (!heard.includes("\\n\\n")) heard += (await reader.read()).value;
  await reader.cancel();
  return heard;
}"""


async def test_what_needs_somebody_while_the_first_page_opens_is_told_and_after_a_break_not_again(visitor: Visitor):
    """The page was drawn before, and its stream begins after."""
    await visitor.begin("I want a list of garden paths")
    await visitor.page.goto("/")
    address = await visitor.page.locator("#stream").get_attribute("hx-sse:connect")
    await visitor.at_the_vision("I want a list of garden tools")

    first = await visitor.page.evaluate(FIRST, [address, None])
    assert first.count("Needs you: Is this the app you want?") == 1
    seen = first.partition("id: ")[2].partition("\n")[0]
    assert "Needs you: " not in await visitor.page.evaluate(FIRST, [address, seen])


async def test_what_is_too_long_is_refused_in_the_form_and_nothing_is_lost(visitor: Visitor):
    await visitor.begin("I want a diary")
    await visitor.told("Who is it for?")
    for size, said in ((1_000_000, "we can read 20,000 at once"), (2_100_000, "That is more than we can take at once")):
        words = "a" * size
        await visitor.send(words)
        await expect(visitor.page.locator("#say").get_by_role("alert")).to_contain_text(said)
        assert await visitor.message.input_value() == words
    assert len(visitor.faults) == 2
    visitor.faults.clear()
    await visitor.send("Myself")
    await visitor.told("annoying")


async def test_words_of_any_direction_and_length_stay_on_the_page(visitor: Visitor, inspector):
    url = await visitor.begin("أريد تطبيقًا لتخطيط وجبات العائلة 🍲👨‍👩‍👧")
    await visitor.told("?")
    await visitor.send("x" * 3000)
    await expect(visitor.log.locator(".msg.me")).to_have_count(2)
    assert await inspector.look(url) == []
    first = visitor.log.locator(".msg.me p").first
    ends = "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().right; }"
    assert await first.evaluate(ends) > 0
    assert await first.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"


async def test_what_was_said_before_is_a_page_of_its_own(visitor: Visitor, server: Server, nadia: Nadia):
    url = await visitor.begin("I want a log of everything")
    id = url.rsplit("/", 1)[1]
    csrf = await visitor.page.locator("#say [name=csrf]").input_value()
    for number in range(35):
        answer = await visitor.page.request.post(
            f"/api/v1/projects/{id}/messages?wait=20", data={"text": f"Thing {number}"}, headers={"x-csrf-token": csrf}
        )
        assert answer.status == 200, await answer.text()
    await visitor.page.goto(url)
    newest = await visitor.entries()
    await visitor.page.get_by_role("link", name="What was said before").click()
    before = await visitor.entries()
    assert before[0].endswith("I want a log of everything")
    assert len(newest) == 60
    assert len(before) + len(newest) == 72
    await expect(visitor.page.locator("main form[method=post]")).to_have_count(1)  # the brief's
    await visitor.page.get_by_role("link", name="Back to now").click()
    assert await visitor.entries() == newest
