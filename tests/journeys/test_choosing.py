"""The owner of a project chooses who builds it and where that may reach: from the next piece of work on, everywhere."""

import shlex
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ground.nursery import Nursery
from ground.server import Server
from journeys import walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")


@dataclass
class Shop:
    server: Server
    me: Caller
    project: str

    async def change(self, **wanted: str) -> tuple[int, dict]:
        answer = await self.me.ask("PATCH", f"/api/v1/projects/{self.project}", json=wanted)
        return answer.status_code, answer.json()


@pytest.fixture
async def shop(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Shop]:
    """A project that the starter has planned, on a server that has another builder as well."""
    (tmp_path / "moods").mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(tmp_path / "moods")])
    async with nursery.server(tmp_path / "data", rate_limits="off", builder="starter", builder_command=command) as one:
        me = Caller(one)
        project = await walk.planned(me, "choose")
        await me.gate(project, "PHASE_START")
        yield Shop(one, me, project)
        await me.close()


async def runs(shop: Shop) -> list[tuple[str, str]]:
    found = await shop.me.see(f"/projects/{shop.project}/runs")
    return [(run["kind"], run["builder"]) for run in found["items"]]


async def test_what_is_chosen_counts_from_the_next_piece_of_work_on(shop: Shop):
    status, project = await shop.change(builder="acp", network="closed")
    assert (status, project["builder"], project["network"]) == (200, "acp", "closed")
    (shop.server.data.parent / "moods" / shop.project).write_text("good")
    await walk.answer(shop.me, shop.project, "go", "PHASE_START")
    await shop.me.gate(shop.project, "PHASE_COMPLETE")

    assert await runs(shop) == [("prime", "starter"), ("plan", "starter"), ("execute", "acp")]
    history = await shop.me.page(f"/projects/{shop.project}/history")
    assert "has it built by the program that is set here from now on." in history
    assert "Its builder may now reach nothing but its AI model." in history
    assert "not told" in await shop.me.page(f"/projects/{shop.project}/cost")


async def test_the_same_is_done_by_the_form(shop: Shop):
    page = await shop.me.page(f"/projects/{shop.project}/settings")
    assert '<option value="starter" selected>The starter</option>' in page
    await walk.form(shop.me, f"/projects/{shop.project}/builder", "form", builder="acp", network="open")

    project = await shop.me.see(f"/projects/{shop.project}")
    assert (project["builder"], project["network"]) == ("acp", "open")
    assert '<option value="open" selected>' in await shop.me.page(f"/projects/{shop.project}/settings")


async def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_changes(shop: Shop):
    before = await shop.me.see(f"/projects/{shop.project}/timeline?limit=200")
    for wanted, sentence in (
        ({"builder": "magic"}, "There is no builder “magic” here. There is: starter, "),
        ({"builder": ""}, "Please say which builder, or which network."),
        (
            {"builder": "acp", "name": "x"},
            "Please give one of these: a name, a budget, a builder and a network, or a repository on GitHub.",
        ),
    ):
        status, told = await shop.change(**wanted)
        assert (status, told["detail"].startswith(sentence)) == (422, True), told
    assert (await shop.change(network="wide"))[0] == 422
    assert (await shop.change(builder="starter"))[0] == 200  # as it was
    assert await shop.me.see(f"/projects/{shop.project}/timeline?limit=200") == before


async def test_everybody_sees_what_there_is_and_what_is_missing(shop: Shop):
    found = {one["id"]: one for one in await shop.me.see("/builders")}
    assert list(found) == ["starter", "claude", "codex", "gemini", "opencode", "goose", "acp"]
    assert [one["id"] for one in found.values() if one["default"]] == ["starter"]
    assert {one["ready"] for one in found.values() if not one["next"]} == {True}
    assert not any(one["ready"] for one in found.values() if one["next"])
    page = await shop.me.page("/settings")
    assert page.index("Builder: Starter") < page.index("Builder: Claude Code")
    assert "New projects are built by it." in page
