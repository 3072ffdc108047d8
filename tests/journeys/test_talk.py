"""A model talks with a person: its words arrive while it writes them, once, and what it noted is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ground.model_api import Answers, ModelApi
from ground.model_values import Gives
from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.scripted import by_turn, says
from ground.server import Server
from ground.until import until
from journeys import talk, written

REPLY = "I noted dinners for busy parents. Who cooks at your house on a normal evening?"
CHANGES = [talk.tell("what", "An app that plans dinners"), talk.tell("who", "Busy parents")]


@asynccontextmanager
async def talking(
    talkers: Nursery, folder: Path, answers: Answers, model: str = talk.ANTHROPIC, database: str | None = None
) -> AsyncIterator[tuple[Server, ModelApi]]:
    async with ModelApi(answers) as api, talkers.server(folder / "data", database, **talk.settings(api, model)) as one:
        yield one, api


async def heard_while_written(server: Server, api: ModelApi, hold: asyncio.Event) -> dict[str, Any]:
    """Say something; hear the first piece while the model has not ended; then the rest."""
    project = await talk.begin(server)
    async with talk.listening(server, project) as ear:
        saying = asyncio.create_task(talk.say(server, project, "It is about dinners"))
        await until(lambda: ear.pieces)
        begun, waiting = ear.written, len(api.asked) - len(api.given)
        hold.set()
        reply = await saying
        await until(lambda: ear.written == reply and ear.all("cost.changed")[1:])
    return {"begun": begun, "waiting": waiting, "reply": reply, "ear": ear, "project": project}


async def all_is_kept(server: Server, api: ModelApi, hold: asyncio.Event) -> None:
    found = await heard_while_written(server, api, hold)
    ear, project = found["ear"], found["project"]
    assert found["waiting"] == 1
    assert 0 < len(found["begun"]) < len(REPLY) == len(found["reply"])
    assert REPLY.startswith(found["begun"])
    assert found["reply"] == ear.written == REPLY
    brief = ear.all("brief.changed")[-1]["brief"]
    assert (brief["what"], brief["who"]) == ("An app that plans dinners", "Busy parents")
    assert ear.all("cost.changed")[-1]["micros"] > 0
    assert [asked.stream for asked in api.asked] == [True, True]
    spent = await talk.spent(server, project)
    assert [(one.what, one.calls, one.read, one.written) for one in spent] == [("turn", 1, 100, 20)] * 2
    row = await talk.row(server, project)
    assert row.quick == ["Mostly me", "Their father"]
    assert row.spent == sum(one.micros for one in spent) == ear.all("cost.changed")[-1]["spent"]
    shown = (await server.http.get(f"/api/v1/projects/{project}")).json()["cost"]
    assert shown["spent"] == pytest.approx(row.spent / 1_000_000)
    page = (await server.http.get(f"/projects/{project}")).text
    assert "Mostly me" in page


def second(hold: asyncio.Event) -> Gives:
    quick = ["Mostly me", "Their father", "yes"]  # the last would decide something, were it pressed at a decision
    return says(REPLY, how=Gives(piece=40, hold=hold), changes=CHANGES, asks_about="day", quick=quick)


@pytest.mark.parametrize("model", talk.APIS)
async def test_a_reply_is_read_while_it_is_written_whoever_provides_the_model(
    model: str, talkers: Nursery, tmp_path: Path
):
    hold = asyncio.Event()
    async with talking(talkers, tmp_path, by_turn(talk.HELLO, second(hold)), model) as (server, api):
        await all_is_kept(server, api, hold)
    assert {asked.api for asked in api.asked} == {talk.APIS[model]}


async def test_a_reply_is_read_while_it_is_written_on_postgres_too(
    talkers: Nursery, tmp_path: Path, postgres_cluster: Cluster
):
    hold, url = asyncio.Event(), await postgres_cluster.create("model_talk")
    async with talking(talkers, tmp_path, by_turn(talk.HELLO, second(hold)), database=url) as (server, api):
        await all_is_kept(server, api, hold)


@pytest.mark.parametrize("model", talk.APIS)
async def test_an_answer_without_its_form_is_taken_back_and_asked_for_again(
    model: str, talkers: Nursery, tmp_path: Path
):
    wrong, hold = says("These words do not count.", changes=5, how=Gives(piece=40)), asyncio.Event()
    right = says(REPLY, how=Gives(piece=40, hold=hold))
    async with talking(talkers, tmp_path, by_turn(talk.HELLO, wrong, right), model) as (server, api):
        found = await heard_while_written_anew(server, hold)
        spent = await talk.spent(server, found["project"])
    assert "These words do not count." in found["before"]
    assert found["begun"]
    assert REPLY.startswith(found["begun"])
    assert found["reply"] == found["ear"].written == REPLY
    assert [one.calls for one in spent] == [1, 2]
    assert len(api.asked) == 3


async def heard_while_written_anew(server: Server, hold: asyncio.Event) -> dict[str, Any]:
    project = await talk.begin(server)
    async with talk.listening(server, project) as ear:
        saying = asyncio.create_task(talk.say(server, project, "It is about dinners"))
        await until(lambda: ear.written and REPLY.startswith(ear.written))
        begun = ear.written
        hold.set()
        reply = await saying
        await until(lambda: ear.written == reply)
    before = "".join(piece["text"] for piece in ear.pieces)
    return {"begun": begun, "reply": reply, "ear": ear, "project": project, "before": before}


async def test_what_is_said_while_a_model_writes_is_answered_after_that(talkers: Nursery, tmp_path: Path):
    hold = asyncio.Event()
    answers = by_turn(talk.HELLO, second(hold), says("You cook."))
    async with talking(talkers, tmp_path, answers) as (server, api):
        project = await talk.begin(server)
        saying = asyncio.create_task(talk.say(server, project, "It is about dinners"))
        await until(lambda: len(api.asked) == 2)
        other = asyncio.create_task(talk.say(server, project, "I cook"))
        await until(lambda: heard_of(server, project, "I cook"))
        hold.set()
        assert [await saying, await other] == [REPLY, "You cook."]
    lines = [text for _, text in api.asked[-1].said]
    assert REPLY in lines
    assert lines.index(REPLY) < len(lines) - 1
    assert lines[-1] == "I cook"


async def heard_of(server: Server, project: str, text: str) -> bool:
    return any(one["text"] == text for one in await talk.said(server, project))


async def test_the_idea_is_not_lost_to_whoever_writes_on_at_once(nursery: Nursery, tmp_path: Path):
    """The second message is stored before the first has its reply."""
    async with nursery.server(tmp_path / "data", **talk.QUICK) as server:
        project = await written.unanswered(server, talk.IDEA, "it is for nurses on night shifts")
        await talk.replied(server, project)
        brief = (await talk.row(server, project)).brief
    assert brief["what"] == "A meal planning app"
    assert "nurses" in brief["who"].lower()


async def test_what_cannot_be_shown_or_sent_does_no_harm(talkers: Nursery, tmp_path: Path, postgres_cluster: Cluster):
    """A model may write anything; a NUL can neither be stored nor told to other processes."""
    odd = r"One\u0000 two\u0007 \u202ethree\fand four"
    words = (
        f'{{"reply": "{odd}", "changes": [{{"do": "tell", "topic": "problem", "text": "{odd}"}}], "quick": ["{odd}"]}}'
    )
    url = await postgres_cluster.create("talk_unsendable")
    answers = by_turn(talk.HELLO, Gives(args=words, piece=40))
    async with talking(talkers, tmp_path, answers, database=url) as (server, _):
        project = await talk.begin(server)
        async with talk.listening(server, project) as ear:
            assert await talk.say(server, project, "Tell me") == "One two three and four"
            await until(lambda: ear.written == "One two three and four")
        row = await talk.row(server, project)
        assert (row.brief["problem"], row.quick) == ("One two three and four", ["One two three and four"])
        assert server.running
