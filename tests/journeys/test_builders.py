"""Builders that crash, hang, flood, loop, lie and stray, through the real door: each time a sentence, nothing lost."""

import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import walk
from journeys.caller import Caller
from orchestrator.executors import watch

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")
STALL_S = 5
WAYS = ["differently", "back", "stop"]


@dataclass
class Place:
    """A server whose builder has moods."""

    server: Server
    me: Caller
    folder: Path

    async def planned(self, mood: str, name: str, repository: str = "") -> str:
        """A project at the decision about its first plan, whose builder is in this mood."""
        project = await walk.planned(self.me, name, repository)
        self.mood(project, mood)
        return project

    def mood(self, project: str, mood: str) -> None:
        (self.folder / "moods" / project).write_text(mood)

    def target(self, project: str, folder: Path) -> None:
        """Where it goes when it strays."""
        (self.folder / "targets" / project).write_text(str(folder))

    async def built(self, mood: str, name: str, kind: str, repository: str = "") -> tuple[str, dict[str, Any]]:
        """The decision that such a builder leads to."""
        project = await self.planned(mood, name, repository)
        await walk.answer(self.me, project, f"{name}-plan", "PHASE_START")
        return project, await self.me.gate(project, kind)

    async def way(self, gate: dict[str, Any], way: str, key: str) -> None:
        await self.me.do(f"/gates/{gate['id']}/answer", key, decision="approve", way=way)

    async def finished(self, project: str, name: str) -> None:
        """Approve what comes until it is complete."""
        await walk.answer(self.me, project, f"{name}-result", "PHASE_COMPLETE")
        await self.me.reaches(project, "completed")


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> AsyncIterator[Place]:
    async with begun(tmp_path_factory.mktemp("moods"), nursery) as place:
        yield place


@pytest.fixture(scope="module")
async def open_place(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> AsyncIterator[Place]:
    """The same where there are no walls around builders."""
    async with begun(tmp_path_factory.mktemp("open"), nursery, sandbox="off") as place:
        yield place


@asynccontextmanager
async def begun(folder: Path, nursery: Nursery, **more: Any) -> AsyncIterator[Place]:
    for name in ("moods", "targets"):
        (folder / name).mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    settings = {"rate_limits": "off", "stall_s": STALL_S, "builder_command": command, "repairs": 1, **more}
    async with nursery.server(folder / "data", **settings) as server:
        me = Caller(server, within=60)
        yield Place(server, me, folder)
        await me.close()
    assert processes.of(folder) == []


def safe(gate: dict[str, Any]) -> str:
    return dict(gate["facts"])["Is my work safe?"]


async def test_a_builder_that_works_well_is_believed_only_as_far_as_our_checks_go(place: Place):
    project, gate = await place.built("good", "good", "PHASE_COMPLETE")

    assert dict(gate["facts"])["Proof"] == "The only test that ran passed."
    await place.finished(project, "good")


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("crash", watch.CRASHED),
        ("hang", f"The builder gave no sign of life for {STALL_S} seconds, so we stopped it."),
        ("loop", "The builder did the same thing 10 times and nothing changed, so we stopped it."),
    ],
)
async def test_a_builder_that_cannot_go_on_becomes_a_question(place: Place, mood: str, sentence: str):
    project, gate = await place.built(mood, mood, "ERROR_RESOLUTION")

    assert gate["question"] == f"{sentence} How shall we go on?"
    assert [way["way"] for way in gate["ways"]] == WAYS
    assert safe(gate) == "Yes. Nothing is lost; phase 1 is on a trial copy."
    assert not [command for command in processes.of(place.folder) if "sleep" in command or "moody" in command]
    assert "".join(gate["question"].split()) in "".join((await place.me.page(f"/projects/{project}")).split())

    place.mood(project, "good")
    await place.way(gate, "differently", f"{mood}-way")
    await place.finished(project, mood)


async def test_a_flood_of_errors_drowns_nobody(place: Place):
    project, _ = await place.built("flood", "flood", "PHASE_COMPLETE")

    await place.finished(project, "flood")


async def test_a_builder_that_claims_and_does_nothing_is_repaired_and_then_a_person_is_asked(place: Place):
    project, gate = await place.built("claim", "claim", "ERROR_RESOLUTION")

    assert gate["question"].startswith("Phase 1 does not work yet. ")
    assert dict(gate["facts"])["Repairs"] == "The builder repaired it once."
    runs = (await place.me.see(f"/projects/{project}/runs"))["items"]
    assert [run["kind"] for run in runs][-2:] == ["execute", "repair"]
    assert not [phase for phase in (await place.me.see(f"/projects/{project}/phases"))["items"] if phase["merged"]]


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_out_of_red_tests_leads_to_an_end(place: Place, way: str):
    project, gate = await place.built("red", f"red-{way}", "ERROR_RESOLUTION")
    assert "1 of 1 tests" in gate["question"] or "test" in gate["question"]

    place.mood(project, "good")
    await place.way(gate, way, f"red-{way}-way")
    if way == "back":
        await place.me.reaches(project, "paused")
        await place.me.do(f"/projects/{project}/resume", "red-back-resume")
        await walk.answer(place.me, project, "red-back-plan-2", "PHASE_START")
        assert (await place.me.see(f"/projects/{project}/phases"))["items"][0]["attempt"] == 1
    if way == "stop":
        await place.me.reaches(project, "paused")
        await place.me.do(f"/projects/{project}/resume", "red-stop-resume")
        again = await place.me.gate(project, "ERROR_RESOLUTION")
        await place.way(again, "differently", "red-stop-again")
    await place.finished(project, f"red-{way}")


async def test_what_a_builder_changes_outside_of_its_copy_is_told_at_the_decision(open_place: Place):
    place = open_place
    project = await place.planned("outside", "outside")
    repository = Path((await place.me.see(f"/projects/{project}"))["repository"])
    place.target(project, repository)
    await walk.answer(place.me, project, "outside-plan", "PHASE_START")
    gate = await place.me.gate(project, "PHASE_COMPLETE")

    told = next(said for said in gate["considerations"] if said.startswith("While the builder worked"))
    assert "stray.txt in the app’s own folder" in told
    assert f"stray-{project}.txt among our own files" in told

    await place.me.do(f"/gates/{gate['id']}/answer", "outside-result", decision="approve", version=gate["version"])
    await place.me.reaches(project, "completed")
    assert (repository / "stray.txt").read_text() == "not yours to write\n"  # whoever it belongs to, we leave it alone
    saved = subprocess.check_output(["git", "-C", str(repository), "ls-tree", "-r", "--name-only", "HEAD"], text=True)
    assert "stray" not in saved


async def test_a_builder_that_writes_into_the_persons_own_folder_is_noticed(open_place: Place, tmp_path: Path):
    project, gate = await strayed(open_place, tmp_path / "shop")

    assert any("stray.txt in the app’s own folder" in said for said in gate["considerations"])
    assert (tmp_path / "shop" / "known.txt").read_text() == "known\n"
    await open_place.finished(project, "shop")


async def strayed(place: Place, shop: Path) -> tuple[str, dict[str, Any]]:
    person(shop, {"known.txt": "known\n"})
    project = await place.planned("outside", "shop", str(shop))
    place.target(project, shop)
    await walk.answer(place.me, project, "shop-plan", "PHASE_START")
    return project, await place.me.gate(project, "PHASE_COMPLETE")


async def test_a_builder_that_takes_a_test_away_is_shown_at_the_decision(place: Place, tmp_path: Path):
    known = "import unittest\n\n\nclass Known(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(1)\n"
    person(tmp_path / "shop", {"tests/test_known.py": known, "app.py": "print(0)\n"})
    _, gate = await place.built("weaken", "weaken", "PHASE_COMPLETE", str(tmp_path / "shop"))

    assert "A file with 1 test that existed before is gone: “Known.test_it”." in gate["considerations"]


def person(folder: Path, texts: dict[str, str]) -> None:
    """A repository of somebody's own."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-q", "-m", "first")):
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


async def planning(place: Place, mood: str, name: str) -> str:
    """A project whose first plan is written in this mood."""
    project = str((await place.me.do("/projects", f"{name}-create", idea=walk.IDEA))["id"])
    place.mood(project, mood)
    await walk.replied(place.me, project)
    await place.me.do(f"/projects/{project}/vision", f"{name}-write")
    await walk.answer(place.me, project, f"{name}-vision", "VISION_DOC")
    await walk.answer(place.me, project, f"{name}-roadmap", "ROADMAP")
    return project


async def kinds(place: Place, project: str) -> list[str]:
    return [run["kind"] for run in (await place.me.see(f"/projects/{project}/runs"))["items"]]


async def test_a_plan_that_leaves_something_out_is_mended_before_anybody_is_asked(place: Place):
    project = await planning(place, "good forgetful", "forgetful")
    await place.me.gate(project, "PHASE_START")

    assert await kinds(place, project) == ["prime", "plan", "plan"]
    plan = await place.me.page(f"/api/v1/projects/{project}/phases/1/plan.md")
    assert "## Risks" in plan
    await walk.answer(place.me, project, "forgetful-plan", "PHASE_START")
    await place.finished(project, "forgetful")


async def test_a_builder_that_cannot_plan_becomes_a_question(place: Place):
    project = await planning(place, "good sketch", "sketch")
    gate = await place.me.gate(project, "ERROR_RESOLUTION")

    lacking = "The plan does not say who can then do what, and why (User story)."
    assert gate["question"] == f"The plan of phase 1 is not whole. {lacking} How shall we go on?"
    assert await kinds(place, project) == ["prime", "plan", "plan"]
    place.mood(project, "good")
    await place.way(gate, "differently", "sketch-way")
    await walk.answer(place.me, project, "sketch-plan", "PHASE_START")
    await place.finished(project, "sketch")


async def test_a_builder_that_builds_before_the_plan_is_approved_is_told_to_take_it_back(place: Place):
    project = await planning(place, "good early", "early")
    gate = await place.me.gate(project, "ERROR_RESOLUTION")

    assert "take back what you changed in app.py" in gate["question"]


async def test_the_repositorys_own_commands_are_given_to_the_builder_as_they_were_approved(
    place: Place, tmp_path: Path
):
    person(tmp_path / "own", {".agents/commands/execute.md": "# Our way\n", "app.py": "print(0)\n"})
    project, _ = await place.built("good", "own", "PHASE_COMPLETE", str(tmp_path / "own"))

    runs = (await place.me.see(f"/projects/{project}/runs"))["items"]
    assert [run["details"]["playbook"].partition(",")[0] for run in runs] == [
        "prime",
        "plan-feature",
        ".agents/commands/execute.md of the repository",
    ]


async def said(place: Place, project: str, key: str, text: str) -> str:
    """What is answered, or noted, after somebody said this."""
    place_of = (await place.me.do(f"/projects/{project}/messages", key, text=text))["sequence"]

    async def look() -> list[dict[str, Any]]:
        return list((await place.me.see(f"/projects/{project}/messages?after={place_of}"))["items"])

    return str((await place.me.until(look, "an answer"))[0]["text"])


async def counted(place: Place, project: str, kind: str) -> int:
    happened = (await place.me.see(f"/projects/{project}/timeline?limit=200"))["items"]
    return sum(event["kind"] == kind for event in happened)


async def test_what_was_built_can_be_checked_again_by_whoever_asks_for_it(place: Place):
    project, gate = await place.built("good", "again", "PHASE_COMPLETE")
    before = await counted(place, project, "check.finished")

    assert await said(place, project, "again-say", "run the checks again, please") == "Phase 1 is being checked again."
    fresh = await anew(place, project, gate)

    assert (fresh["kind"], fresh["question"]) == (gate["kind"], gate["question"])
    assert await counted(place, project, "check.finished") == 2 * before
    page = await place.me.page(f"/projects/{project}/progress")
    assert f"/projects/{project}/validate" in page
    await walk.form(place.me, f"/projects/{project}/validate", "again-form")
    await anew(place, project, fresh)
    await place.finished(project, "again")
    told = await said(place, project, "again-late", "validate")
    assert told.startswith("Checks can run again when a phase was built and waits for you.")


async def test_red_checks_can_run_again_without_paying_for_another_try(place: Place):
    project, gate = await place.built("red", "red-again", "ERROR_RESOLUTION")
    runs = len((await place.me.see(f"/projects/{project}/runs"))["items"])

    await place.me.do(f"/projects/{project}/validate", "red-again-check")
    fresh = await anew(place, project, gate)

    assert (fresh["kind"], fresh["question"]) == (gate["kind"], gate["question"])
    assert len((await place.me.see(f"/projects/{project}/runs"))["items"]) == runs


async def test_where_nothing_was_built_nothing_is_checked(place: Place):
    project, _ = await place.built("crash", "nothing-built", "ERROR_RESOLUTION")

    answer = await place.me.ask("POST", f"/api/v1/projects/{project}/validate", key="nothing-built-check", json={})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "Nothing of phase 1 was built yet, so there is nothing to check."


async def test_the_builder_can_be_sent_to_look_again_before_the_phases_are_decided(place: Place):
    project = str((await place.me.do("/projects", "look-create", idea=walk.IDEA))["id"])
    await walk.replied(place.me, project)
    assert (await said(place, project, "look-early", "run prime")).startswith(
        "The builder looks again at what is there"
    )
    await place.me.do(f"/projects/{project}/vision", "look-write")
    await walk.answer(place.me, project, "look-vision", "VISION_DOC")
    gate = await place.me.gate(project, "ROADMAP")
    assert "Look again at what is there" in await place.me.page(f"/projects/{project}/progress")

    told = await said(place, project, "look-say", "look again")
    fresh = await anew(place, project, gate)

    assert told == "The builder looks again at what is there. Then you see the phases anew."
    assert fresh["kind"] == "ROADMAP"
    assert [run["kind"] for run in (await place.me.see(f"/projects/{project}/runs"))["items"]] == ["prime", "prime"]


async def anew(place: Place, project: str, before: dict[str, Any]) -> dict[str, Any]:
    """The question that takes the place of this one."""

    async def look() -> dict[str, Any] | None:
        found = (await place.me.see(f"/projects/{project}/gates?status=pending"))["items"]
        return found[0] if found and found[0]["id"] != before["id"] else None

    return dict(await place.me.until(look, "another decision"))
