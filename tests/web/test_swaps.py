"""Each region of an open page that events change, each changed once over a real stream."""

from dataclasses import replace

import pytest
from examples import PAGES
from markupsafe import Markup
from playwright.async_api import Page, expect
from showroom import Showroom
from story_after import READY
from story_home import HOME
from story_phases import PHASE, PHASE_2, RESULT_GATE
from story_talk import BRAINSTORM, DECISION, GATE, RECEIPT, us

from orchestrator.telling import decisions
from orchestrator.telling.marks import FAILED, NEEDS_YOU, State
from orchestrator.telling.status import StatusLine
from orchestrator.web.views import gates, phases, shell

STATUS = StatusLine(State.STUCK, "stuck", "Stuck.", "Nothing is being spent.")
NEED = shell.Need("Swim club: the phases", "/projects/swim", NEEDS_YOU)
NEWER = replace(RESULT_GATE, question="Does phase 2 do it now?")
ANSWERED = gates.ReceiptView("12", "Does phase 2 do what you wanted?", decisions.MARKS["APPROVED"], "Tom said yes.")
ITEM = phases.ActivityItem(FAILED, "One try did not work.", "11:12")
RED = replace(PHASE.proof[0], mark=FAILED)
SWAPS = [
    ("building", "status", (STATUS,), "#status[data-state=stuck] strong", "Stuck."),
    ("building", "project_name", ("Bread for all",), "#project-name", "Bread for all"),
    ("building", "status_more", (STATUS,), "#status-more", "Nothing is being spent."),
    ("building", "needs", ((NEED,), 1), "#rail-list", "Swim club: the phases"),
    ("building", "needs", ((), 0), "#rail-list", "Nothing right now"),
    ("building", "needs", ((NEED,), 41), "#needs-count.count", "41"),
    ("home", "needs_you", ((HOME.needs[0],),), "#needs-you", "Is this the app you want?"),
    ("home", "needs_you", ((),), "#needs-you", "Nothing needs you right now."),
    ("receipts", "message", (us("70", "Here you are.", "11:00"),), "#conversation #message-70", "Here you are."),
    ("brainstorm", "receipt", (RECEIPT,), "#conversation #gate-7.receipt", "Approved"),
    ("brainstorm", "open_gates", ((GATE,), "csrf"), "#open-gates #gate-7", "Is this the app you want?"),
    ("receipts", "streaming", (Markup("<p>One moment</p>"),), "#streaming", "is writing"),
    ("brainstorm", "brief", (replace(BRAINSTORM.brief, sentence="All clear"), "csrf"), "#brief", "All clear"),
    ("phase", "gate", (NEWER, "csrf"), "#gate-12.decision", "Does phase 2 do it now?"),
    ("phase", "gate_answered", (ANSWERED,), "#gate-12.receipt", "Tom said yes."),
    ("building", "phase", (replace(PHASE_2, outcome="Changed."),), "#phase-2", "Changed."),
    ("building", "activity", (ITEM,), "#activity-items li:first-child", "One try did not work."),
    ("phase", "evidence", (replace(PHASE, proof_about="Run again."), "csrf"), "#evidence", "Run again."),
    ("phase", "item", (RED, "csrf"), "#item-P2-1 .pill", "Failed"),
    ("ready", "verdict", (replace(READY.verdict, title="Not ready: 1 thing left"),), "#verdict", "1 thing left"),
    ("ready", "group", (replace(READY.groups[0], question="Really?"),), "#group-g1", "Really?"),
    ("home", "announce", ("Done.",), "#announce", "Done."),
    ("home", "alert", ("A new question.",), "#alert", "A new question."),
]


@pytest.mark.parametrize(("shown", "name", "views", "place", "text"), SWAPS, ids=lambda value: str(value)[:20])
async def test_an_event_changes_its_region(
    page: Page, room: Showroom, shown: str, name: str, views: tuple[object, ...], place: str, text: str
):
    await page.goto(f"/pages/{shown}")
    if PAGES[shown][1].rail is None:  # pages without a stream are told by answers to forms
        await page.evaluate(f"htmx.swap({{text: {room.part(name, *views)!r}, target: document.body, swap: 'none'}})")
    else:
        await room.tell(name, *views)
    await expect(page.locator(place)).to_contain_text(text)


async def test_an_emptied_reply_leaves_no_trace(page: Page, room: Showroom):
    await page.goto("/pages/brainstorm")
    await expect(page.locator("#streaming")).to_be_visible()
    await room.tell("streaming", None)
    await expect(page.locator("#streaming")).to_be_hidden()


async def test_a_message_of_several_lines_arrives_whole(page: Page, room: Showroom):
    await page.goto("/pages/phase")
    raw = "first line\n  second line"
    await room.tell("evidence", replace(PHASE, proof=(replace(PHASE.proof[0], evidence=raw),)), "csrf")
    await expect(page.locator("#evidence pre")).to_have_text(raw)
    assert await page.locator("#evidence pre").text_content() == raw


def test_the_cards_in_the_stream_are_those_of_the_page(room: Showroom):
    card = room.part("open_gates", DECISION.gates, "csrf-of-nadia")
    assert 'aria-label="Decision: Is this the app you want?"' in card
    assert card.startswith('<hx-partial hx-target="#open-gates" hx-swap="innerMorph">')
