"""A model's few sentences in the report of what was built: asked for once, held to the facts, and gone with them."""

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
from journeys.killing import DIED
from journeys.reported import EXECUTION

pytestmark = pytest.mark.timeout(300)
TOLD = [talk.tell("what", "An app that plans dinners"), talk.tell("features", "Plan the week")]
WORDS = "You can plan the week now. The checks found nothing, and nothing was left out."
WHOSE = "These are the words of an AI model"


def answers(*reports: Gives) -> Callable[[Asked], Gives]:
    """The vision and the phases are left to the plain rules; each report is the next of these."""
    given = iter(reports)
    none = Gives(error="key")
    said = says("Noted.", changes=TOLD)
    return talk.answering(
        turn=lambda _: said, vision=lambda _: none, roadmap=lambda _: none, report=lambda _: next(given)
    )


def written(text: str) -> Gives:
    return Gives({"told": text})


async def to_the_last_answer(me: Caller, name: str) -> str:
    """To the decision after which nothing is left to build, and its answer."""
    project = await walk.planned(me, name)
    await walk.phase(me, project, name)
    return project


def reports(api: ModelApi) -> list[Asked]:
    return [asked for asked in api.asked if talk.form(asked) == "report"]


async def test_it_stands_in_the_report_until_what_it_speaks_of_is_taken_out(talkers: Nursery, tmp_path: Path):
    async with (
        ModelApi(answers(written(WORDS))) as api,
        talkers.server(tmp_path / "data", **talk.settings(api)) as server,
    ):
        me = Caller(server)
        project = await to_the_last_answer(me, "retold")
        await me.reaches(project, "completed")
        told = talk.prompt(reports(api)[0])
        assert "Plan the week" in told
        assert "$" not in told.partition("<data")[2], "what it costs it cannot know: it costs something itself"
        assert await everywhere(me, project) == [True] * 4
        spent = [one.what for one in await talk.spent(server, project)]
        assert spent.count("report") == 1

        await me.do(f"/projects/{project}/phases/1/undo", "retold-undo")
        await me.reaches(project, "paused")
        assert (await me.see(f"/projects/{project}/report"))["words"] == ""
        assert WHOSE not in await me.page(f"/projects/{project}/report")
        await me.close()
    assert len(reports(api)) == 1


async def everywhere(me: Caller, project: str) -> list[bool]:
    """Whether it is said over the API, in the document, on the page, and in the repository, each with whose it is."""
    report = await me.see(f"/projects/{project}/report")
    kept = (Path((await me.see(f"/projects/{project}"))["repository"]) / EXECUTION).read_text()
    page = await me.page(f"/projects/{project}/report")
    assert all(WHOSE in text for text in (report["markdown"], page, kept))
    return [report["words"] == WORDS, *(WORDS in text for text in (report["markdown"], page, kept))]


WRONG: dict[str, tuple[list[Gives], int]] = {
    "makes up a figure": ([written("You can plan 99 weeks now."), written("All 54 checks passed.")], 2),
    "judges": ([written("It is ready for production."), written("It is perfectly safe.")], 2),
    "names files": ([written("Open app.py to see it."), written("See https://example.org")], 2),
    "says nothing": ([written(" "), written("")], 2),
    "chats": ([Gives(text="Sure, here it is.")] * 2, 2),
    "does not answer": ([Gives(error="key")], 1),
}


@pytest.mark.parametrize("how", WRONG)
async def test_what_the_facts_do_not_say_is_not_in_it_and_nothing_waits_for_it(
    how: str, talkers: Nursery, tmp_path: Path
):
    given, times = WRONG[how]
    async with (
        ModelApi(answers(*given)) as api,
        talkers.server(tmp_path / "data", **talk.settings(api)) as server,
    ):
        me = Caller(server)
        project = await to_the_last_answer(me, "wrong")
        await me.reaches(project, "completed")
        report: dict[str, Any] = await me.see(f"/projects/{project}/report")
        await me.close()
    assert (report["words"], report["complete"]) == ("", True)
    assert "In short" not in report["markdown"]
    assert len(reports(api)) == times


async def test_who_dies_when_it_was_said_does_not_ask_again(talkers: Nursery, tmp_path: Path):
    async with ModelApi(answers(written(WORDS))) as api:
        server: Server = talkers.server(tmp_path / "data", **talk.settings(api))
        await server.start("retold")
        assert await server.ready()
        me = Caller(server)
        project = await to_the_last_answer(me, "dies")
        assert server.child
        await server.child.wait()
        assert DIED.findall(server.log) == ["retold"]
        async with server:
            await me.reaches(project, "completed")
            assert await everywhere(me, project) == [True] * 4
            await me.close()
    assert len(reports(api)) == 1
