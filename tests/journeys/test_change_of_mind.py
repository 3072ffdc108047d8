"""A change of mind after the vision was agreed, on a real server: only it is decided, and a no costs nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ground.nursery import Nursery
from journeys import reported, walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
WISH = "Please add reminders."
SHOW = "Show me what would change"
QUESTION = "Shall we change the vision like this?"


@pytest.fixture(scope="module")
async def me(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> AsyncIterator[Caller]:
    async with nursery.server(tmp_path_factory.mktemp("change"), rate_limits="off") as server:
        caller = Caller(server)
        yield caller
        await caller.close()


async def says(me: Caller, project: str, key: str, text: str) -> str:
    """Say something; the reply to it."""
    await me.do(f"/projects/{project}/messages", key, text=text)
    await walk.replied(me, project)
    said = (await me.see(f"/projects/{project}/messages?limit=200"))["items"]
    asked = next(message["id"] for message in reversed(said) if message["text"] == text)
    return str(next(message["text"] for message in said if message["in_reply_to"] == asked))


async def to_phases(me: Caller, name: str) -> str:
    """A project with two phases, at the decision about the plan of the first."""
    project = await walk.begin(me, name)
    await walk.interview(me, project, name)
    await walk.answer(me, project, f"{name}-vision-1", "VISION_DOC", "changes", walk.CHANGE)
    await walk.answer(me, project, f"{name}-vision-2", "VISION_DOC")
    await walk.answer(me, project, f"{name}-roadmap", "ROADMAP")
    await me.gate(project, "PHASE_START")
    return project


async def shown(me: Caller, project: str, name: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Wish for more and have shown what would change: the decision, and its facts by label."""
    assert SHOW in await says(me, project, f"{name}-wish", WISH)
    page = await me.page(f"/projects/{project}")
    assert f'value="{SHOW}"' in page
    assert f'action="/projects/{project}/vision"' in page
    await me.do(f"/projects/{project}/messages", f"{name}-show", text=SHOW)
    gate = await me.gate(project, "VISION_DOC")
    assert gate["question"] == QUESTION
    facts: dict[str, list[str]] = {}
    for label, text in gate["facts"]:
        facts.setdefault(label, []).append(text)
    return gate, facts


async def vision(me: Caller, project: str) -> dict[str, Any]:
    return dict(await me.see(f"/projects/{project}/vision"))


async def titles(me: Caller, project: str) -> list[tuple[int, str, str]]:
    found = (await me.see(f"/projects/{project}/phases"))["items"]
    return [(phase["number"], phase["status"], phase["title"]) for phase in found]


async def test_at_a_plan_a_no_asks_the_same_again_and_a_yes_plans_what_is_new(me: Caller):
    project = await to_phases(me, "plan")
    plan, agreed, phases = await me.gate(project, "PHASE_START"), await vision(me, project), await titles(me, project)

    gate, facts = await shown(me, project, "no")
    assert facts["What changes"] == ["One thing was added.", "What it does, new: “Reminders. Should have”."]
    assert facts["What is thrown away"] == [
        "The plan of phase 1 is set aside. Nothing of it was built yet.",
        "Phases 1 and 2 are not finished and are put together anew, and you see the new list first.",
    ]
    assert "Only this changes" in gate["on_yes"]
    assert "You are asked about the plan again." in gate["on_no"]
    await walk.answer(me, project, "no-answer", "VISION_DOC", "reject")

    again = await me.gate(project, "PHASE_START")
    assert (again["question"], again["version"]) == (plan["question"], plan["version"])
    assert again["id"] != plan["id"]
    now = await vision(me, project)
    assert (now["version"], now["note"]) == (4, "Back to version 2: the change was not wanted.")
    assert now["vision"] == agreed["vision"]
    assert await titles(me, project) == phases
    assert SHOW not in (await me.page(f"/projects/{project}")).partition('id="composer"')[2]
    assert "says all of this already" in await says(me, project, "nothing", SHOW)
    refused = await me.ask("POST", f"/api/v1/projects/{project}/vision")
    assert (refused.status_code, refused.json()["detail"].split(". ")[0]) == (
        409,
        "The vision says all of this already",
    )

    await shown(me, project, "yes")
    await walk.answer(me, project, "yes-answer", "VISION_DOC")
    roadmap = await me.gate(project, "ROADMAP")
    assert "reminders" in str(roadmap["facts"]).lower()
    await walk.answer(me, project, "yes-roadmap", "ROADMAP")
    assert (await me.gate(project, "PHASE_START"))["phase"] == 1


async def test_while_a_second_phase_is_tried_the_first_stays_finished(me: Caller):
    project = await to_phases(me, "result")
    await walk.phase(me, project, "result-1")
    await walk.answer(me, project, "result-plan-2", "PHASE_START")
    result, phases = await me.gate(project, "PHASE_COMPLETE"), await titles(me, project)

    gate, facts = await shown(me, project, "later")
    assert facts["What is thrown away"] == [
        "Nothing that is finished is touched.",
        "Phase 2 is on a trial copy and is begun anew.",
        "What is not built yet is put together anew, and you see the new list first.",
    ]
    await me.do(f"/gates/{gate['id']}/answer", "later-no", decision="reject")
    assert (await me.gate(project, "PHASE_COMPLETE"))["facts"] == result["facts"]
    assert await titles(me, project) == phases

    await shown(me, project, "now")
    await walk.answer(me, project, "now-yes", "VISION_DOC")
    await me.gate(project, "ROADMAP")
    first, *rest = await titles(me, project)
    assert first == (1, "COMPLETED", phases[0][2])
    assert "reminders" in str(rest).lower()
    assert {status for _, status, _ in rest} == {"PENDING"}
    await walk.answer(me, project, "now-roadmap", "ROADMAP")
    await walk.phase(me, project, "now-2")
    while await me.reaches(project, "completed", "plan") == "plan":
        await walk.phase(me, project, f"now-{len(await titles(me, project))}")
    assert {status for _, status, _ in await titles(me, project)} == {"COMPLETED"}
    await reported.looked_at(me, project, "reminders")


async def test_what_is_taken_out_of_the_vision_stays_in_the_app_until_it_is_undone(me: Caller):
    project = await to_phases(me, "less")
    await walk.phase(me, project, "less-1")
    await me.gate(project, "PHASE_START")

    assert SHOW in await says(me, project, "less-wish", "remove plan the week")
    await me.do(f"/projects/{project}/vision", "less-show")
    facts = (await me.gate(project, "VISION_DOC"))["facts"]
    stays = "“Plan the week” is built already. It stays in your app until you ask to undo phase 1."
    assert ["What is thrown away", stays] in facts


async def test_a_project_whose_open_wishes_are_taken_out_is_complete(me: Caller):
    project = await to_phases(me, "end")
    await walk.phase(me, project, "end-1")
    await me.gate(project, "PHASE_START")

    await says(me, project, "end-wish", "remove swap a meal")
    assert SHOW in await says(me, project, "end-other", "remove shopping list")
    await me.do(f"/projects/{project}/vision", "end-show")
    await walk.answer(me, project, "end-yes", "VISION_DOC")
    await me.reaches(project, "completed")
    assert [status for _, status, _ in await titles(me, project)] == ["COMPLETED"]
    await reported.in_repository(me, project)
