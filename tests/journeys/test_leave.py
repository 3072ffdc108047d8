"""A builder that asks for leave, through the real door: a person decides, and nobody is asked twice."""

import html
import json
import shlex
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import people, walk
from journeys.caller import Caller
from journeys.killed import working
from journeys.killing import Killer
from journeys.states import read
from orchestrator.domain import permission
from orchestrator.domain.run import Wish

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")
WISHES = {
    Wish.INSTALL: ("execute pip install flask", "execute pip install  django"),
    Wish.PUSH: ("execute git push origin main", "execute bash -c 'git push'"),
    Wish.DELETE: ("execute git reset --hard", "execute git clean -fd"),
    Wish.OUTSIDE: ("edit /etc/hosts", "edit /etc/hostname"),
}


@dataclass
class Place:
    """A server whose builder wants things."""

    server: Server
    me: Caller
    folder: Path
    others: dict[str, Caller]

    def file(self, project: str, what: str) -> Path:
        return self.folder / "moods" / f"{project}-{what}"

    def wants(self, project: str, *wishes: str, mood: str = "asks") -> None:
        self.file(project, "wishes").write_text("\n".join(wishes))
        self.file(project, "told").touch()
        (self.folder / "moods" / project).write_text(mood)

    def told(self, project: str) -> list[str]:
        return [json.loads(line) for line in self.file(project, "told").read_text().splitlines()]

    def answers(self, project: str) -> list[str]:
        """What the builder was answered, without those questions that were dropped."""
        kept = self.file(project, "answers")
        return kept.read_text().split() if kept.exists() else []

    async def asked(self, name: str, *wishes: str, mood: str = "asks") -> tuple[str, dict[str, Any]]:
        """A project at the question of its builder, while its first phase is built."""
        project = await walk.planned(self.me, name)
        await self.me.gate(project, "PHASE_START")
        self.wants(project, *wishes, mood=mood)
        await walk.answer(self.me, project, f"{name}-plan", "PHASE_START")
        return project, await self.me.gate(project, "PERMISSION")

    async def decides(self, gate: dict[str, Any], key: str, decision: str, **more: Any) -> None:
        await self.me.do(f"/gates/{gate['id']}/answer", key, decision=decision, **more)

    def rows(self, query: str, project: str) -> list[dict[str, Any]]:
        return list(read(self.server.data / "orchestrator.db", query, project))

    async def questions(self, project: str) -> list[str]:
        gates = (await self.me.see(f"/projects/{project}/gates"))["items"]
        return [gate["status"] for gate in gates if gate["kind"] == "PERMISSION"]


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("leave")
    (folder / "moods").mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    # This builder tells us what it was told in files beside its copy: within walls it could not.
    settings = {"rate_limits": "off", "reconcile_s": 0.5, "builder_command": command, "sandbox": "off"}
    async with nursery.server(folder / "data", **settings) as server:
        tokens = {name: await people.token(server, f"{name}@example.org") for name in ("approver", "viewer")}
        others = {name: Caller(server, token=token) for name, token in tokens.items()}
        me = Caller(server, within=60)
        yield Place(server, me, folder, others)
        for caller in (me, *others.values()):
            await caller.close()
    assert processes.of(folder) == []


def shown(page: str) -> str:
    return " ".join(html.unescape(page).split())


@pytest.mark.parametrize("wish", Wish)
async def test_a_yes_for_this_once_is_for_exactly_this_and_another_wish_is_asked_again(place: Place, wish: Wish):
    first, second = WISHES[wish]
    project, gate = await place.asked(f"once-{wish}", first, first, second)
    subject = first.split(" ", 1)[1]
    assert gate["question"] == f"The builder wants to {permission.wants(wish)}. May it?"
    assert [way["way"] for way in gate["ways"]] == ["once", "always"]
    assert gate["facts"] == [["What exactly", subject]]
    assert (await place.me.see(f"/projects/{project}"))["status_sentence"].startswith(
        "The builder waits for your leave: the builder wants to "
    )
    assert [one["status"] for one in (await place.me.see(f"/projects/{project}/phases"))["items"]][:1] == ["BLOCKED"]

    await place.decides(gate, f"once-{wish}-1", "approve", way="once")
    again = await anew(place, project, gate)

    assert place.answers(project) == ["allow_once", "allow_once"]
    assert again["facts"][0][1] != subject
    assert f"> {subject}" in place.told(project)[1]
    await place.decides(again, f"once-{wish}-2", "approve")
    await walk.answer(place.me, project, f"once-{wish}-result", "PHASE_COMPLETE")
    await place.me.reaches(project, "completed")
    rules = (await place.me.see(f"/projects/{project}/rules"))["items"]
    assert rules == []  # they held for the phase that is finished
    runs = [(run["kind"], run["status"]) for run in (await place.me.see(f"/projects/{project}/runs"))["items"]]
    assert runs[2:5] == [("execute", "CANCELLED"), ("execute", "CANCELLED"), ("execute", "COMPLETED")]


async def anew(place: Place, project: str, before: dict[str, Any]) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = (await place.me.see(f"/projects/{project}/gates?status=pending"))["items"]
        return found[0] if found and found[0]["id"] != before["id"] else None

    return dict(await place.me.until(look, "another decision"))


@pytest.mark.parametrize("wish", Wish)
async def test_a_yes_for_always_is_remembered_until_the_owner_takes_it_back(place: Place, wish: Wish):
    first, second = WISHES[wish]
    project, gate = await place.asked(f"always-{wish}", first, second)

    await place.decides(gate, f"always-{wish}-1", "approve", way="always")
    await place.me.gate(project, "PHASE_COMPLETE")

    assert place.answers(project) == ["allow_once", "allow_once"]
    assert await place.questions(project) == ["APPROVED"]
    (rule,) = (await place.me.see(f"/projects/{project}/rules"))["items"]
    assert (rule["wish"], rule["subject"], rule["allowed"], rule["phase"]) == (wish, "", True, None)
    settings = shown(await place.me.page(f"/projects/{project}/settings"))
    assert f"It may {permission.wants(wish)}." in settings
    gone = await place.me.ask("DELETE", f"/api/v1/projects/{project}/rules/{rule['id']}")
    assert (gone.status_code, gone.json()) == (200, {"items": []})

    await walk.answer(place.me, project, f"always-{wish}-wish", "PHASE_COMPLETE", "changes", "Bigger letters")
    assert (await place.me.gate(project, "PERMISSION"))["facts"] == gate["facts"]


@pytest.mark.parametrize("wish", Wish)
async def test_after_a_no_it_goes_on_without_and_does_not_ask_again(place: Place, wish: Wish):
    first, second = WISHES[wish]
    project, gate = await place.asked(f"no-{wish}", first, second)

    await place.decides(gate, f"no-{wish}-1", "reject", note="Use what is there.")
    await place.me.gate(project, "PHASE_COMPLETE")

    assert place.answers(project) == ["reject_once", "reject_once"]
    assert await place.questions(project) == ["REJECTED"]
    prompt = place.told(project)[1]
    assert "You may not " in prompt
    assert "> Use what is there." in prompt


async def test_what_was_half_done_is_still_there_and_the_work_is_one(place: Place):
    project, gate = await place.asked("half", "execute pip install flask")
    trial = place.rows("SELECT * FROM runs WHERE project_id = ? ORDER BY created_at", project)
    await place.decides(gate, "half-1", "approve")
    result = await place.me.gate(project, "PHASE_COMPLETE")

    assert "If you had to stop for a question, what you had done is still here" in place.told(project)[1]
    await place.decides(result, "half-2", "approve", version=result["version"])
    await place.me.reaches(project, "completed")
    folder = Path((await place.me.see(f"/projects/{project}"))["repository"])
    assert (folder / "begun-1.txt").exists()
    runs = place.rows("SELECT * FROM runs WHERE project_id = ? ORDER BY created_at", project)
    assert len({run["key"] for run in runs}) == len(runs) == len(trial) + 1


@pytest.mark.parametrize(
    ("words", "way"),
    [("yes", "once"), ("Yes, always.", "always"), ("only this once", "once"), ("/approve always", "always")],
)
async def test_it_can_be_answered_in_words(place: Place, words: str, way: str):
    project, gate = await place.asked(f"words-{words}", "execute pip install flask")

    talk = await place.me.do(f"/projects/{project}/messages?wait=30", f"words-{words}-0", text="hm, always? not sure")
    assert "reply" in talk
    assert await place.questions(project) == ["PENDING"]
    await place.me.do(f"/projects/{project}/messages", f"words-{words}-1", text=words)
    await place.me.gate(project, "PHASE_COMPLETE")

    answered = await place.me.see(f"/gates/{gate['id']}")
    assert (answered["status"], answered["way"]) == ("APPROVED", way)


async def test_it_can_be_answered_on_the_page_with_a_button_for_each_yes(place: Place):
    project, gate = await place.asked("page", "execute pip install flask")
    for page in ("", "/progress"):
        text = shown(await place.me.page(f"/projects/{project}{page}"))
        assert "The builder waits for your leave" in text
    page = shown(await place.me.page(f"/projects/{project}"))
    for words in ('value="approve once"', 'value="approve always"', "What exactly", "pip install flask", gate["why"]):
        assert words in page

    await walk.form(place.me, f"/gates/{gate['id']}/answer", "page-1", decision="approve always")
    await place.me.gate(project, "PHASE_COMPLETE")

    assert (await place.me.see(f"/gates/{gate['id']}"))["way"] == "always"
    assert "Always in this project." in shown(await place.me.page(f"/projects/{project}"))
    rule = (await place.me.see(f"/projects/{project}/rules"))["items"][0]
    await walk.form(place.me, f"/projects/{project}/rules", "page-2", rule=rule["id"])
    assert (await place.me.see(f"/projects/{project}/rules"))["items"] == []


async def test_whoever_may_decide_answers_and_who_may_not_is_refused(place: Place):
    project, gate = await place.asked("others", "execute pip install flask")
    for name in ("approver", "viewer"):
        await walk.form(
            place.me, f"/projects/{project}/people", f"others-{name}", email=f"{name}@example.org", role=name
        )
    given = {"decision": "approve", "way": "always"}
    refused = await place.others["viewer"].ask("POST", f"/api/v1/gates/{gate['id']}/answer", json=given)
    assert refused.status_code == 403
    assert await place.questions(project) == ["PENDING"]
    wrong = await place.me.ask("POST", f"/api/v1/gates/{gate['id']}/answer", json=given | {"way": "back"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "way")

    await place.others["approver"].do(f"/gates/{gate['id']}/answer", "others-1", **given)
    late = await place.me.ask("POST", f"/api/v1/gates/{gate['id']}/answer", json={"decision": "reject"})
    assert late.status_code == 409
    await place.me.gate(project, "PHASE_COMPLETE")
    rule = (await place.me.see(f"/projects/{project}/rules"))["items"][0]
    kept = await place.others["approver"].ask("DELETE", f"/api/v1/projects/{project}/rules/{rule['id']}")
    assert kept.status_code == 403


async def test_a_plan_and_a_repair_can_wait_for_leave_as_well(place: Place):
    project = str((await place.me.do("/projects", "plan-asks", idea=walk.IDEA))["id"])
    await walk.replied(place.me, project)
    await place.me.do(f"/projects/{project}/vision", "plan-asks-write")
    await walk.answer(place.me, project, "plan-asks-vision", "VISION_DOC")
    await place.me.gate(project, "ROADMAP")
    place.wants(project, "execute git push", mood="asks plan-feature")
    await walk.answer(place.me, project, "plan-asks-roadmap", "ROADMAP")

    gate = await place.me.gate(project, "PERMISSION")
    await place.decides(gate, "plan-asks-1", "approve")
    await walk.answer(place.me, project, "plan-asks-plan", "PHASE_START")
    result = await place.me.gate(project, "PHASE_COMPLETE")  # the once holds for the phase
    place.wants(project, "execute npm publish")
    await place.decides(result, "plan-asks-2", "changes", note="Bigger letters")
    gate = await place.me.gate(project, "PERMISSION")
    await place.decides(gate, "plan-asks-3", "changes", note="Do not publish anything.")
    await place.me.gate(project, "PHASE_COMPLETE")
    assert "> Bigger letters\n> \n> Do not publish anything." in place.told(project)[-1]


async def test_it_can_be_stopped_there_and_is_asked_again_when_it_goes_on(place: Place):
    project, gate = await place.asked("stop", "execute pip install flask")
    await place.me.do(f"/projects/{project}/messages", "stop-1", text="stop")
    await place.me.reaches(project, "paused")
    assert await place.questions(project) == ["WITHDRAWN"]
    await place.me.do(f"/projects/{project}/resume", "stop-2")
    again = await place.me.gate(project, "PERMISSION")
    assert (again["question"], again["facts"]) == (gate["question"], gate["facts"])
    await place.me.do(f"/projects/{project}/cancel", "stop-3")
    assert (await place.me.see(f"/projects/{project}/rules"))["items"] == []


BUILDING = ["ran:building", "worked:building", "advance:building", "moved:building"]
ANSWERING = ["performing:answer", "performed:answer", "leg", "begun:building"]


@pytest.mark.parametrize("point", [*BUILDING, *ANSWERING])
async def test_a_death_between_question_and_answer_or_after_it_changes_nothing(
    tmp_path: Path, nursery: Nursery, point: str
):
    async with dying(nursery, tmp_path) as (killer, place):
        me = place.me
        project = await walk.planned(me, "dies")
        plan = await me.gate(project, "PHASE_START")
        place.wants(project, "execute pip install flask")
        if point in BUILDING:
            await dies_at(killer, point)
        await place.decides(plan, "dies-plan", "approve", version=plan["version"])
        gate = await me.gate(project, "PERMISSION")
        if point in ANSWERING:
            await dies_at(killer, point)
        await place.decides(gate, "dies-yes", "approve")
        await me.gate(project, "PHASE_COMPLETE")

        assert killer.hit == {point: 1}
        assert await place.questions(project) == ["APPROVED"]
        assert place.answers(project)[-1] == "allow_once"
        rules = (await me.see(f"/projects/{project}/rules"))["items"]
        assert [(rule["subject"], rule["phase"]) for rule in rules] == [("pip install flask", 1)]
        runs = place.rows("SELECT key, status FROM runs WHERE project_id = ? AND kind = 'execute'", project)
        assert sorted(run["status"] for run in runs) == ["CANCELLED", "COMPLETED"]


@asynccontextmanager
async def dying(nursery: Nursery, folder: Path) -> AsyncIterator[tuple[Killer, Place]]:
    """A server that is started again whenever it dies."""
    (folder / "moods").mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    settings = {"rate_limits": "off", "reconcile_s": 0.5, "builder_command": command, "sandbox": "off"}
    server = nursery.server(folder / "data", **settings)
    killer, me = Killer(server, Counter(), Counter(), 1), Caller(server, within=90)
    try:
        async with working(killer.keep_alive()):
            yield killer, Place(server, me, folder, {})
    finally:
        await me.close()
        await server.kill()
        await server.http.aclose()
        await processes.gone(folder, within=20)


async def dies_at(killer: Killer, point: str) -> None:
    """From now on, once: it is started again so that it knows."""
    killer.points[point] = 1
    await killer.server.kill()
