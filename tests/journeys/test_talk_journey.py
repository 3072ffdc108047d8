"""With a model from an idea to the first plan; and a model that makes things up changes nothing about what is built."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.scripted import says
from ground.server import Server
from journeys import talk, walk
from journeys.caller import Caller
from orchestrator.conversation.asking import WRITE

pytestmark = pytest.mark.timeout(300)
TOLD = [
    talk.tell("what", "An app that plans dinners"),
    talk.tell("who", "Busy parents"),
    talk.tell("problem", "Nobody knows what to cook"),
    talk.tell("features", "Plan the week"),
    talk.tell("features", "Swap a meal"),
    talk.tell("features", "Make a shopping list"),
]
OFFERED = says("I have it all. Shall I write it down?", changes=TOLD, offer="write_vision", quick=["Not yet"])
IDS = ["F1", "F2", "F3"]
WHAT = "Supper, planned for the whole week, without thinking."


def vision(*ids: str, what: str = WHAT) -> Gives:
    features = [{"id": id, "title": f"Do thing {id} with ease", "description": f"It is about {id}."} for id in ids]
    return Gives({"what": what, "who": "Parents in a hurry.", "solution": "It does it all.", "features": features})


def roadmap(*phases: list[str]) -> Gives:
    told = [{"title": f"You can do {ids}", "outcome": "You see it.", "features": ids} for ids in phases]
    return Gives({"said": "The plan comes first, for all else needs it.", "phases": told})


VISION, ROADMAP = vision(*IDS), roadmap(["F3"], ["F1", "F2"])
# What a model may do wrong with each, and how often it is asked: once more, told what was wrong.
WRONG = {
    "drops one": (vision("F1", "F2"), roadmap(["F1"], ["F2"]), 2),
    "invents one": (vision(*IDS, "F9"), roadmap(["F1", "F2", "F3"], ["F9"]), 2),
    "says nothing": (vision(*IDS, what=" "), roadmap(["F1", "F2", "F3"], []), 2),
    "chats": (Gives(text="Sure, I will do that."), Gives(text="Sure, here are some phases."), 2),
    "breaks the form": (Gives({"what": 5}), Gives({"phases": "many"}), 2),
    "does not answer": (Gives(error="key"), Gives(error="key"), 1),
}


def answers(for_vision: Gives, for_roadmap: Gives) -> Callable[[Asked], Gives]:
    return talk.answering(turn=lambda _: OFFERED, vision=lambda _: for_vision, roadmap=lambda _: for_roadmap)


async def to_the_plan(server: Server) -> dict[str, Any]:
    """Press what the model offers, and say yes to what comes of it."""
    me = Caller(server)
    project = str((await me.do("/projects", "create", idea=walk.IDEA))["id"])
    await walk.replied(me, project)
    offered = (await talk.row(server, project)).quick
    await me.do(f"/projects/{project}/messages", "write", text=offered[0])
    await walk.answer(me, project, "vision", "VISION_DOC")
    await walk.answer(me, project, "roadmap", "ROADMAP")
    await me.gate(project, "PHASE_START")
    phases = (await me.see(f"/projects/{project}/phases"))["items"]
    vision = (await server.http.get(f"/api/v1/projects/{project}/vision.md")).text
    await me.close()
    return {"offered": offered, "vision": vision, "phases": phases, "project": project}


async def test_a_model_leads_from_an_idea_to_the_first_plan(talkers: Nursery, tmp_path: Path):
    async with (
        ModelApi(answers(VISION, ROADMAP)) as api,
        talkers.server(tmp_path / "data", **talk.settings(api)) as server,
    ):
        found = await to_the_plan(server)
        spent = [(one.what, one.calls) for one in await talk.spent(server, found["project"])]
    assert found["offered"] == [WRITE, "Not yet"]
    assert WHAT in found["vision"]
    assert re.findall(r"Do thing F\d with ease", found["vision"]) == [f"Do thing {id} with ease" for id in IDS]
    assert [phase["features"] for phase in found["phases"]] == [["F3"], ["F1", "F2"]]
    assert spent == [("turn", 1), ("vision", 1), ("roadmap", 1)]
    assert [talk.form(asked) for asked in api.asked] == ["turn", "vision", "roadmap"]


@pytest.mark.parametrize("how", WRONG)
async def test_a_model_that_makes_things_up_is_asked_once_more_and_then_done_without(
    how: str, talkers: Nursery, tmp_path: Path
):
    for_vision, for_roadmap, times = WRONG[how]
    async with (
        ModelApi(answers(for_vision, for_roadmap)) as api,
        talkers.server(tmp_path / "data", **talk.settings(api)) as server,
    ):
        found = await to_the_plan(server)
    for title in ("Plan the week", "Swap a meal", "Make a shopping list"):
        assert title in found["vision"]
    assert "An app that plans dinners." in found["vision"]
    assert sorted(id for phase in found["phases"] for id in phase["features"]) == IDS
    asked = [talk.form(asked) for asked in api.asked]
    assert (asked.count("vision"), asked.count("roadmap")) == (times, times), json.dumps(asked)
