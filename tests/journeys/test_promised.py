"""What was promised: from the first test that names it to a change that breaks it; and what is left, mended."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground.nursery import Nursery
from journeys import walk
from journeys.test_builders import Place, begun

pytestmark = pytest.mark.timeout(300)
MIT = (Path(__file__).parents[2] / "LICENSE").read_text()


@pytest.fixture
async def place(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Place]:
    async with begun(tmp_path, nursery, reconcile_s=0.3) as place:
        yield place


async def promises(place: Place, project: str) -> dict[str, dict[str, Any]]:
    found = await place.me.see(f"/projects/{project}/promises")
    return {one["id"]: one for feature in found["features"] for one in feature["promises"]}


async def refused(place: Place, project: str, item: str) -> str:
    answer = await place.me.ask("POST", f"/api/v1/projects/{project}/readiness/{item}/fix")
    assert answer.status_code == httpx.codes.CONFLICT, answer.text
    return str(answer.json()["detail"])


async def item(place: Place, project: str, id: str) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        report = await place.me.see(f"/projects/{project}/readiness")
        return None if report["asking"] else next(one for one in report["items"] if one["id"] == id)

    return await place.me.until(over, f"an answer about {id}")


def git(repository: str, *words: str) -> None:
    command = ["git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    subprocess.run(command, check=True, capture_output=True)


async def test_promises_are_kept_broken_and_mended_by_a_phase_that_proves_it(place: Place):
    me, project = place.me, await place.planned("keeps", "promised")
    assert {one["state"] for one in (await promises(place, project)).values()} == {"not_yet"}
    assert "Phase 1 is still to be built" in await refused(place, project, "F1")
    await walk.answer(me, project, "build", "PHASE_START")
    await place.finished(project, "promised")

    kept = await promises(place, project)
    assert {one["state"] for one in kept.values()} == {"kept"}
    assert "test_p1_1" in kept["P1.1"]["tests"][0]
    assert (await item(place, project, "F1"))["state"] == "proven"
    repository = (await me.see(f"/projects/{project}"))["repository"]
    git(repository, "commit", "--allow-empty", "-qm", "nothing of it changed")
    assert (await promises(place, project))["P1.1"]["state"] == "kept"
    (Path(repository) / "more.txt").write_text("by hand\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "by hand")
    broken = await promises(place, project)
    assert (broken["P1.1"]["state"], broken["P1.1"]["why"]) == ("broken", "The app has changed since it was proven.")
    assert (await item(place, project, "F1"))["state"] == "out_of_date"
    page = await me.page(f"/projects/{project}/ready")
    assert "What was promised" in page
    assert "Broken" in page

    await me.do(f"/projects/{project}/readiness/C1/prove", "prove")
    assert (await item(place, project, "C1"))["state"] == "failed"
    assert "A person has to look at it" in await refused(place, project, "C3")
    assert "Have it fixed" in await me.page(f"/projects/{project}/ready")
    (place.folder / "moods" / f"{project}-papers").write_text(MIT)
    await me.do(f"/projects/{project}/readiness/C1/fix", "fix")
    await walk.answer(me, project, "fix-vision", "VISION_DOC")
    assert "on its way already" in await refused(place, project, "C1")
    await walk.answer(me, project, "fix-roadmap", "ROADMAP")
    await walk.answer(me, project, "fix-plan", "PHASE_START")
    await me.gate(project, "PHASE_COMPLETE")
    checks = (await me.see(f"/projects/{project}/phases/2/evidence"))["items"]
    assert [one["passed"] for one in checks if one["name"] == "prove C1"] == [False, True]
    await walk.answer(me, project, "fix-result", "PHASE_COMPLETE")
    await me.reaches(project, "completed")
    assert (await item(place, project, "C1"))["state"] == "proven"
    whole = await promises(place, project)
    assert ({one["state"] for one in whole.values()}, whole["P2.1"]["item"]) == ({"kept"}, "C1")
    assert "proven already" not in await refused(place, project, "C1")
    report = await me.ask("GET", f"/api/v1/projects/{project}/readiness.md")
    assert "- **P2.1** (Kept): We ask" in report.text


async def test_a_project_that_is_complete_is_asked_all_questions_by_itself(tmp_path: Path, nursery: Nursery):
    async with begun(tmp_path, nursery, reconcile_s=0.3, look_at_end="on") as place:
        project = await place.planned("keeps", "itself")
        await walk.answer(place.me, project, "build", "PHASE_START")
        await place.finished(project, "itself")

        async def said() -> str:
            found = (await place.me.see(f"/projects/{project}/messages?limit=200"))["items"]
            return next((one["text"] for one in found if "all 54 questions" in one["text"]), "")

        assert "Not ready: " in await place.me.until(said, "what was found at the end")
        report = await place.me.see(f"/projects/{project}/readiness")
        assert len([one for one in report["items"] if one["evidence"]]) > 20
        asked = [one for one in await walk.timeline(place.me, project) if one["kind"] == "readiness.asked"]
        assert [one["data"]["items"] for one in asked] == [[]]
