"""Undo for 60 seconds, through the real door: the work stops, the same question is asked again, nothing stays."""

import asyncio
import html
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import people, walk
from journeys.caller import Caller
from journeys.states import World, read
from orchestrator.conversation import taking_back

pytestmark = pytest.mark.timeout(300)


@dataclass
class Place:
    world: World
    me: Caller
    others: dict[str, Caller]

    def mood(self, project: str, mood: str, wishes: str = "") -> None:
        (self.world.moods / f"{project}-wishes").write_text(wishes)
        (self.world.moods / project).write_text(mood)

    def row(self, project: str) -> dict[str, Any]:
        return next(iter(read(self.world.database, "SELECT * FROM projects WHERE id = ?", project)))

    def phases(self, project: str) -> list[tuple[Any, ...]]:
        query = 'SELECT number, status, title, base, "commit" FROM phases WHERE project_id = ? ORDER BY number'
        return [tuple(row.values()) for row in read(self.world.database, query, project)]

    async def answers(
        self, project: str, kind: str, key: str, decision: str = "approve", note: str = "", **more: Any
    ) -> str:
        """Answer what is asked; the id of the question."""
        return str((await walk.answer(self.me, project, key, kind, decision, note, **more))["id"])

    async def takes_back(self, gate: str, key: str = "") -> dict[str, Any]:
        return await self.me.do(f"/gates/{gate}/take-back", key or f"back-{gate}")

    async def refused(self, gate: str, who: Caller | None = None) -> httpx.Response:
        answer = await (who or self.me).ask("POST", f"/api/v1/gates/{gate}/take-back", json={})
        assert answer.is_client_error, answer.text
        return answer

    async def asks_again(self, project: str, kind: str, gate: str) -> dict[str, Any]:
        """The same question, as a new one, with the same words."""
        again = await self.me.gate(project, kind)
        before = await self.me.see(f"/gates/{gate}")
        assert again["id"] != gate
        assert before["status"] == "TAKEN_BACK"
        assert (again["question"], again["ways"], again["phase"]) == (
            before["question"],
            before["ways"],
            before["phase"],
        )
        return again

    async def another(self, project: str, gate: str) -> bool:
        """Whether another question than this waits."""
        found = (await self.me.see(f"/projects/{project}/gates?status=pending"))["items"]
        return bool(found) and found[0]["id"] != gate

    async def newer(self, project: str, kind: str, version: int) -> dict[str, Any] | None:
        found = (await self.me.see(f"/projects/{project}/gates?status=pending"))["items"]
        return next((gate for gate in found if gate["kind"] == kind and gate["version"] > version), None)

    async def questions(self, project: str) -> list[dict[str, Any]]:
        return list((await self.me.see(f"/projects/{project}/gates"))["items"])

    async def at_work(self, project: str) -> bool:
        return bool(processes.of(self.world.database.parent / "copies" / project))

    async def nobody_works(self, project: str) -> bool:
        return not await self.at_work(project)

    def rules(self, project: str) -> int:
        return len(list(read(self.world.database, "SELECT id FROM rules WHERE project_id = ?", project)))

    def attempts(self, project: str) -> list[int]:
        query = "SELECT attempt FROM phases WHERE project_id = ? ORDER BY number"
        return [row["attempt"] for row in read(self.world.database, query, project)]

    def later(self, gate: str, seconds: int) -> None:
        """As if it had been answered so long ago."""
        with closing(sqlite3.connect(self.world.database, timeout=20)) as connection, connection:
            moved = "strftime('%Y-%m-%d %H:%M:%f000', answered_at, ?)"
            connection.execute(f"UPDATE gates SET answered_at = {moved} WHERE id = ?", (f"-{seconds} seconds", gate))


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("back")
    async with people.five(nursery, folder) as world:
        callers = {name: _caller(world, folder, token) for name, token in world.tokens.items()}
        yield Place(world, callers["owner"], callers)
        for caller in callers.values():
            await caller.close()
    assert processes.of(folder) == []


def _caller(world: World, folder: Path, token: str) -> Caller:
    server = Server(folder / "data")
    server.port = int(world.url.rsplit(":", 1)[1])
    return Caller(server, token=token)


async def begun(place: Place, name: str, mood: str = "good") -> tuple[str, str]:
    """A project whose vision is agreed: its id, and the decision."""
    project = str((await place.me.do("/projects", f"{name}-create", idea=walk.IDEA))["id"])
    place.mood(project, mood)
    await walk.replied(place.me, project)
    await place.me.do(f"/projects/{project}/vision", f"{name}-write")
    return project, await place.answers(project, "VISION_DOC", f"{name}-vision")


async def planned(place: Place, name: str) -> str:
    """A project at the plan of its first phase."""
    project, _ = await begun(place, name)
    await place.answers(project, "ROADMAP", f"{name}-roadmap")
    await place.me.gate(project, "PHASE_START")
    return project


async def test_a_yes_to_the_vision_is_taken_back_while_its_work_goes_on_and_nobody_works_any_more(place: Place):
    project, gate = await begun(place, "working", "hang prime")
    await place.me.until(lambda: place.at_work(project), "a builder at work")

    taken = await place.takes_back(gate)

    assert (taken["status"], taken["answered_by"]) == ("TAKEN_BACK", "Owner")
    again = await place.asks_again(project, "VISION_DOC", gate)
    assert place.row(project)["agreed"] == 0
    await place.me.until(lambda: place.nobody_works(project), "the builder to stop")
    said = (await place.me.see(f"/projects/{project}/messages"))["items"]
    assert said[-1]["text"].startswith("Owner took the answer back, so the question is asked again.")
    place.mood(project, "good")
    await walk.answer(place.me, project, "working-again", "VISION_DOC", version=again["version"])
    await place.me.gate(project, "ROADMAP")


async def test_a_decision_that_came_up_meanwhile_is_withdrawn_and_its_phases_are_gone(place: Place):
    project, gate = await begun(place, "meanwhile")
    other = await place.me.gate(project, "ROADMAP")
    assert place.phases(project)

    await place.takes_back(gate)

    await place.asks_again(project, "VISION_DOC", gate)
    assert (await place.me.see(f"/gates/{other['id']}"))["status"] == "WITHDRAWN"
    assert (place.phases(project), place.row(project)["phases"]) == ([], 0)
    await place.answers(project, "VISION_DOC", "meanwhile-2")
    assert (await place.me.gate(project, "ROADMAP"))["version"] == 2


async def test_a_yes_to_the_phases_is_taken_back_and_given_again(place: Place):
    project, _ = await begun(place, "phases")
    gate = await place.answers(project, "ROADMAP", "phases-1")
    await place.me.gate(project, "PHASE_START")
    before = [phase[0:3:2] for phase in place.phases(project)]

    await place.takes_back(gate)

    await place.asks_again(project, "ROADMAP", gate)
    assert [phase[0:3:2] for phase in place.phases(project)] == before
    assert {phase[1] for phase in place.phases(project)} == {"PENDING"}
    assert place.row(project)["phase"] == 0
    await place.answers(project, "ROADMAP", "phases-2")
    await place.answers(project, "PHASE_START", "phases-plan")
    await place.me.gate(project, "PHASE_COMPLETE")


async def test_changes_to_the_phases_are_taken_back_with_the_new_list(place: Place):
    project, _ = await begun(place, "listed")
    gate = await place.answers(project, "ROADMAP", "listed-1", "changes", "One phase is enough")
    newer = await place.me.until(lambda: place.newer(project, "ROADMAP", 1), "another list")
    assert newer["id"] != gate

    await place.takes_back(gate)

    again = await place.asks_again(project, "ROADMAP", gate)
    before = await place.me.see(f"/gates/{gate}")
    assert (again["facts"], again["version"]) == (before["facts"], 3)
    assert len(place.phases(project)) == len([fact for fact in again["facts"] if fact[0].startswith("Phase ")])


async def test_what_was_built_after_a_yes_to_the_plan_is_set_aside_and_built_anew(place: Place):
    project = await planned(place, "plan")
    gate = await place.answers(project, "PHASE_START", "plan-1")
    await place.me.gate(project, "PHASE_COMPLETE")

    await place.takes_back(gate)

    await place.asks_again(project, "PHASE_START", gate)
    wish = await place.answers(project, "PHASE_START", "plan-2", "changes", "Bigger letters")
    await place.me.until(lambda: place.newer(project, "PHASE_START", 1), "another plan")
    await place.takes_back(wish)
    await place.asks_again(project, "PHASE_START", wish)
    await place.answers(project, "PHASE_START", "plan-3")
    await place.me.gate(project, "PHASE_COMPLETE")
    [first, *_] = (await place.me.see(f"/projects/{project}/phases"))["items"]
    assert first["status"] == "BLOCKED"
    proof = (await place.me.see(f"/projects/{project}/phases/1/evidence"))["items"]
    assert proof
    assert all(check["passed"] for check in proof)


async def test_a_phase_that_was_sent_back_is_as_it_was_and_one_that_is_taken_in_is_undone_instead(place: Place):
    project = await planned(place, "result")
    await place.answers(project, "PHASE_START", "result-plan")
    await place.me.gate(project, "PHASE_COMPLETE")
    built = place.phases(project)[0][-1]
    for number, (decision, note) in enumerate((("changes", "Bigger letters"), ("reject", ""))):
        gate = await place.answers(project, "PHASE_COMPLETE", f"result-{number}", decision, note)
        if decision == "changes":
            await place.me.until(lambda gate=gate: place.another(project, gate), "the repaired phase")
        await place.takes_back(gate)
        await place.asks_again(project, "PHASE_COMPLETE", gate)
        assert place.phases(project)[0][-1] == built

    gate = await place.answers(project, "PHASE_COMPLETE", "result-yes")
    refused = await place.refused(gate)
    assert refused.status_code == httpx.codes.CONFLICT
    assert "You can undo the phase instead" in refused.text
    await place.me.reaches(project, "completed")
    assert "You can undo the phase instead" in (await place.refused(gate)).text


async def test_the_way_out_of_a_problem_is_taken_back(place: Place):
    project = await planned(place, "problem")
    place.mood(project, "claim")
    await place.answers(project, "PHASE_START", "problem-plan")
    await place.me.gate(project, "ERROR_RESOLUTION")
    attempts = place.attempts(project)
    for way in ("differently", "back", "stop"):
        place.mood(project, "hang")
        gate = await place.answers(project, "ERROR_RESOLUTION", f"problem-{way}", way=way)
        await place.takes_back(gate)
        await place.asks_again(project, "ERROR_RESOLUTION", gate)
        assert place.attempts(project) == attempts


async def test_a_rule_that_was_made_is_removed_and_a_limit_is_set_back(place: Place):
    project = await planned(place, "rules")
    place.mood(project, "asks", "execute pip install flask\n")
    await place.answers(project, "PHASE_START", "rules-plan")
    gate = await place.answers(project, "PERMISSION", "rules-always", way="always")
    assert place.rules(project) == 1
    await place.takes_back(gate)
    await place.asks_again(project, "PERMISSION", gate)
    assert place.rules(project) == 0
    await place.answers(project, "PERMISSION", "rules-no", "reject")

    await place.me.gate(project, "PHASE_COMPLETE")
    await place.me.ask("PATCH", f"/api/v1/projects/{project}", json={"budget": 0.2})
    place.mood(project, "costly")
    await place.answers(project, "PHASE_COMPLETE", "rules-more", "changes", "Bigger letters")
    before = place.row(project)["budget"]
    gate = await place.answers(project, "BUDGET", "rules-limit")
    assert place.row(project)["budget"] > before
    await place.takes_back(gate)
    await place.me.gate(project, "BUDGET")
    assert place.row(project)["budget"] == before


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_an_answer_to_a_change_of_the_vision_is_taken_back(place: Place, decision: str):
    name = f"change-{decision}"
    project = await planned(place, name)
    stood = place.phases(project)
    await place.me.do(f"/projects/{project}/messages", f"{name}-wish", text="Can we add a calendar?")
    await walk.replied(place.me, project)
    await place.me.do(f"/projects/{project}/vision", f"{name}-show")
    gate = await place.answers(project, "VISION_DOC", name, decision)
    await place.me.gate(project, "ROADMAP" if decision == "approve" else "PHASE_START")

    await place.takes_back(gate)

    again = await place.asks_again(project, "VISION_DOC", gate)
    assert again["facts"] == (await place.me.see(f"/gates/{gate}"))["facts"]
    assert (place.row(project)["agreed"], place.row(project)["change_from"]) == (1, "plan")
    assert [phase[:4] for phase in place.phases(project)] == [phase[:4] for phase in stood]
    await place.answers(project, "VISION_DOC", f"{name}-no", "reject")
    await place.me.gate(project, "PHASE_START")


async def test_after_a_minute_it_is_too_late_and_so_it_is_after_another_answer(place: Place):
    project, vision = await begun(place, "late")
    pending = await place.me.gate(project, "ROADMAP")
    assert "was not answered" in (await place.refused(pending["id"])).text
    roadmap = await place.answers(project, "ROADMAP", "late-roadmap")
    assert "Something else was decided" in (await place.refused(vision)).text
    place.later(roadmap, 61)
    before = place.row(project)["last_event"]
    refused = await place.refused(roadmap)
    assert (refused.status_code, refused.json()["detail"]) == (
        httpx.codes.CONFLICT,
        taking_back.LATE,
    )
    await place.me.gate(project, "PHASE_START")
    assert place.row(project)["before"], "the answer is remembered, and its time is over"
    assert place.row(project)["last_event"] >= before


async def test_whoever_may_answer_may_take_it_back_and_nobody_else_by_word_by_button_or_by_program(place: Place):
    project, gate = await begun(place, "who", "hang prime")
    for name, role in (("approver", "approver"), ("viewer", "viewer"), ("contributor", "contributor")):
        member = {"member": place.world.users[name], "role": role}
        assert (await place.me.ask("POST", f"/projects/{project}/people", data=member)).is_success
    for name in ("viewer", "contributor"):
        refused = await place.refused(gate, place.others[name])
        assert refused.status_code == httpx.codes.FORBIDDEN
        assert "To take an answer back you need to be an owner or an approver." in refused.text
        assert "Undo" not in shown(await place.others[name].page(f"/projects/{project}"))
    assert (await place.refused(gate, place.others["stranger"])).status_code == httpx.codes.NOT_FOUND
    typed = await place.others["contributor"].ask(
        "POST", f"/api/v1/projects/{project}/messages", json={"text": "/undo"}
    )
    assert typed.status_code == httpx.codes.FORBIDDEN

    approver = place.others["approver"]
    page = shown(await approver.page(f"/projects/{project}"))
    assert f'action="/gates/{gate}/take-back"' in page
    answer = await approver.ask("POST", f"/gates/{gate}/take-back", data={"key": "button"})
    assert answer.status_code == httpx.codes.SEE_OTHER
    again = await place.asks_again(project, "VISION_DOC", gate)
    page = shown(await approver.page(f"/projects/{project}"))
    assert f'action="/gates/{gate}/take-back"' not in page
    assert "Taken back: Is this the app you want?" in page
    assert "approver took the answer back" in page

    await walk.answer(approver, project, "who-again", "VISION_DOC")
    await approver.do(f"/projects/{project}/messages", "who-typed", text="/undo")
    await place.asks_again(project, "VISION_DOC", again["id"])
    events = [event["kind"] for event in await walk.timeline(place.me, project)]
    assert (events.count("gate.answered"), events.count("gate.taken_back")) == (2, 2)


async def test_of_many_who_take_it_back_at_once_one_does_and_the_same_key_does_nothing_twice(place: Place):
    project, gate = await begun(place, "race", "hang prime")
    asked = [place.me.ask("POST", f"/api/v1/gates/{gate}/take-back", json={}) for _ in range(8)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert "took this back already" in answers[-1].text + answers[0].text
    await place.asks_again(project, "VISION_DOC", gate)
    again = await place.answers(project, "VISION_DOC", "race-again")
    for _ in range(2):
        await place.takes_back(again, "race-key")
    assert len(await place.me.until(lambda: place.questions(project), "the questions")) == 3


def shown(page: str) -> str:
    return " ".join(html.unescape(page).split())
