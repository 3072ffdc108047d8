"""A limit through the real door: a builder that costs money stops at it, and goes on when somebody says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ground.nursery import Nursery
from journeys import walk
from journeys.caller import Caller
from journeys.test_world import builder, mood

pytestmark = pytest.mark.timeout(300)
COSTLY = "costly prime plan-feature"


@dataclass
class Shop:
    me: Caller
    project: str


@pytest.fixture
async def shop(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Shop]:
    """A project of one phase, at its plan, whose builder spends $0.25 on the way and $0.60 each time it is asked."""
    settings = builder(tmp_path) | {"budget": 1.3, "currency": "EUR", "dollar": 1.0}
    async with nursery.server(tmp_path / "data", **settings) as server:
        me = Caller(server)
        project = str((await me.do("/projects", "limit", idea=walk.IDEA))["id"])
        mood(tmp_path, project, COSTLY)
        await walk.replied(me, project)
        await me.do(f"/projects/{project}/vision", "limit-write")
        await walk.answer(me, project, "limit-vision", "VISION_DOC")
        await walk.answer(me, project, "limit-roadmap", "ROADMAP")
        await me.gate(project, "PHASE_START")
        yield Shop(me, project)
        await me.close()


async def steps(shop: Shop) -> list[str]:
    moved = [event for event in await walk.timeline(shop.me, shop.project) if event["kind"] == "project.moved"]
    return [event["data"]["step"] for event in sorted(moved, key=lambda event: event["number"])]


async def says(shop: Shop) -> list[str]:
    return [one["text"] for one in (await shop.me.see(f"/projects/{shop.project}/messages?limit=200"))["items"]]


async def test_a_builder_stops_at_the_limit_and_goes_on_with_a_yes_or_another_sum(shop: Shop):
    """In the middle of its third piece of work, as soon as it tells that the limit is used up; that is paid once."""
    await walk.answer(shop.me, shop.project, "plan", "PHASE_START")
    gate = await shop.me.gate(shop.project, "BUDGET")
    assert gate["question"] == "€1.45 of €1.30 is used. May we go on to €1.90?"
    assert gate["facts"] == [["Splitting into phases", "€0.60"], ["Phase 1", "€0.85"]]

    for number, note in enumerate(("", "a bit more", "€0.50", "$9")):
        given = {"decision": "changes", "note": note, "version": 0}
        refused = await shop.me.ask("POST", f"/api/v1/gates/{gate['id']}/answer", key=f"no-{number}", json=given)
        assert refused.status_code == 422, refused.text
    assert await shop.me.gate(shop.project, "BUDGET") == gate

    await walk.answer(shop.me, shop.project, "up", "BUDGET", "changes", "Up to €2.10, please")
    gate = await shop.me.gate(shop.project, "PHASE_COMPLETE")
    assert (await steps(shop))[-5:] == ["building", "limit", "building", "checking", "result"]

    await walk.answer(shop.me, shop.project, "wish", "PHASE_COMPLETE", "changes", "Bigger letters")
    asked = await shop.me.gate(shop.project, "BUDGET")
    assert asked["question"] == "€2.30 of €2.10 is used. May we go on to €3?"
    await shop.me.do(f"/projects/{shop.project}/messages", "word", text="yes")
    await shop.me.gate(shop.project, "PHASE_COMPLETE")
    assert (await steps(shop))[-5:] == ["repairing", "limit", "repairing", "checking", "result"]
    assert "Thank you. The limit is raised, and we go on where we stopped." in await says(shop)


async def test_a_no_pauses_and_a_limit_that_the_owner_sets_lets_it_go_on(shop: Shop):
    await walk.answer(shop.me, shop.project, "plan", "PHASE_START")
    await walk.answer(shop.me, shop.project, "no", "BUDGET", "reject")
    await shop.me.reaches(shop.project, "paused")
    await shop.me.do(f"/projects/{shop.project}/resume", "resume")
    await shop.me.gate(shop.project, "BUDGET")

    await walk.form(shop.me, f"/projects/{shop.project}/budget", "form", budget="5,00")
    await shop.me.gate(shop.project, "PHASE_COMPLETE")
    assert (await steps(shop))[-8:] == [
        *("building", "limit", "paused", "building", "limit"),
        *("building", "checking", "result"),
    ]


async def test_a_limit_that_makes_no_sense_is_refused_with_a_sentence_and_nothing_changes(shop: Shop):
    before = await shop.me.see(f"/projects/{shop.project}/timeline?limit=200")
    for budget, sentence in (
        (-1, "Please give the limit as a sum, or 0 for no limit."),
        (1e300, "The highest limit that can be set is €1,000,000. 0 is no limit."),
        (1e-9, "This limit is too small to count. 0 is no limit."),
        (1.2, "€1.20 is spent already, so the limit must be more than that. To stop now, pause instead."),
    ):
        answer = await shop.me.ask("PATCH", f"/api/v1/projects/{shop.project}", json={"budget": budget})
        assert (answer.status_code, answer.json()["detail"]) == (422, sentence)
        assert answer.json()["field"] == "budget"
    not_a_number = await shop.me.ask("PATCH", f"/api/v1/projects/{shop.project}", content='{"budget": NaN}')
    assert not_a_number.status_code == 422
    both = await shop.me.ask("PATCH", f"/api/v1/projects/{shop.project}", json={"budget": 5, "name": "Supper"})
    one_of = "a name, a budget, a builder and a network, or a repository on GitHub"
    assert both.json()["detail"] == f"Please give one of these: {one_of}."
    page = await shop.me.ask("POST", f"/projects/{shop.project}/budget", data={"budget": "10 to 20"})
    assert (page.status_code, "Please write one sum, such as 15, or 0 for no limit." in page.text) == (422, True)
    assert 'value="10 to 20"' in page.text
    assert await shop.me.see(f"/projects/{shop.project}/timeline?limit=200") == before


async def test_without_a_limit_nobody_is_asked(shop: Shop):
    answer = await shop.me.ask("PATCH", f"/api/v1/projects/{shop.project}", json={"budget": 0})
    assert answer.status_code == 200
    await walk.answer(shop.me, shop.project, "plan", "PHASE_START")
    await shop.me.gate(shop.project, "PHASE_COMPLETE")
    assert "€1.80 spent" in await shop.me.page(f"/projects/{shop.project}/cost")


async def test_what_it_cost_is_the_same_wherever_it_is_shown(shop: Shop):
    seen = await shop.me.see(f"/projects/{shop.project}/cost")
    parts = [{"read": 0, "written": 0, "calls": 1, "spent": 0.6} | more for more in (
        {"part": "phases", "title": "Splitting into phases"}, {"part": "phase-1", "title": "Phase 1"},
    )]  # fmt: skip
    money = {"spent": 1.2, "currency": "EUR", "budget": 1.3}
    tokens = {"read": 0, "written": 0, "cached": 0}
    assert seen == {
        **money,
        "left": 0.1,
        "reached": False,
        "tokens": tokens,
        "calls": 2,
        "unpriced": False,
        "parts": parts,
    }
    project = await shop.me.see(f"/projects/{shop.project}")
    assert project["cost"] == money
    assert project["status_sentence"].endswith(" €1.20 of €1.30 spent.")
    assert [run["cost"] for run in (await shop.me.see(f"/projects/{shop.project}/runs"))["items"]] == [0.6, 0.6]
    assert (await shop.me.see(f"/projects/{shop.project}/phases/1"))["cost"] == 0.6
    assert (await shop.me.see(f"/projects/{shop.project}/export"))["cost"] == seen
    page = await shop.me.page(f"/projects/{shop.project}/cost")
    for words in (
        "€1.20 of €1.30 spent",
        "Where it went",
        "Splitting into phases",
        "€0.60",
        "Together",
        "1 EUR for a dollar",
    ):
        assert words in page
    assert "€1.20 of €1.30 spent" in await shop.me.page("/")


async def test_where_nothing_was_spent_the_page_says_so(tmp_path: Path, nursery: Nursery):
    async with nursery.server(tmp_path / "free") as server:
        me = Caller(server)
        project = str((await me.do("/projects", "free", idea=walk.IDEA))["id"])
        page = await me.page(f"/projects/{project}/cost")
        assert "Nothing has been spent. The fixed questions and the starter cost nothing." in page
        assert "Where it went" not in page
        assert "spent" not in (await me.see(f"/projects/{project}"))["status_sentence"]
        seen = await me.see(f"/projects/{project}/cost")
        assert (seen["spent"], seen["budget"], seen["left"], seen["parts"]) == (0, 10.0, 10.0, [])
        await me.close()
