"""Before somebody decides they read what it usually takes and costs: from what was built before, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from ground.nursery import Nursery
from journeys import walk
from journeys.caller import Caller
from journeys.test_world import builder, mood

pytestmark = pytest.mark.timeout(300)


async def built(me: Caller, folder: Path, name: str) -> list[dict[str, Any]]:
    """Walk a project of one phase to its end; the decisions of it."""
    project = str((await me.do("/projects", f"{name}-create", idea=walk.IDEA))["id"])
    mood(folder, project, "costly prime plan-feature")
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", f"{name}-write")
    for kind in ("VISION_DOC", "ROADMAP", "PHASE_START", "PHASE_COMPLETE"):
        await walk.answer(me, project, f"{name}-{kind}", kind)
    await me.reaches(project, "completed")
    return list((await me.see(f"/projects/{project}/gates"))["items"])


def told(gates: list[dict[str, Any]]) -> dict[str, str]:
    return {gate["kind"]: text for gate in gates for label, text in gate["facts"] if label == "Time and money"}


async def test_it_is_said_when_this_builder_has_built_twice_and_never_before(tmp_path: Path, nursery: Nursery):
    async with nursery.server(tmp_path / "data", **builder(tmp_path), budget=0) as server:
        me = Caller(server)
        assert told(await built(me, tmp_path, "first")) == {}
        assert told(await built(me, tmp_path, "second")) == {}
        assert told(await built(me, tmp_path, "third")) == {
            "ROADMAP": "Usually under a minute and about $1.20 for each phase",
            "PHASE_START": "Usually under a minute and about $0.60",
        }
        await me.close()
