"""kill -9 at every point of a turn, and while a model writes: it is answered once, and nothing happens twice."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground import model_wire
from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.scripted import says
from ground.server import Server
from ground.until import until
from journeys import points, talk, walk, written
from journeys.killing import DIED
from orchestrator.store.tables import EventRow

pytestmark = pytest.mark.timeout(300)
TWICE = 2
WISH = "Please add a shopping list"
REPLY = "I add a shopping list. What else is missing?"
LIST = talk.tell("features", "Make a shopping list")
REWRITTEN = [("vision", "changes", "talking"), ("talking", "asked", "drafting"), ("drafting", "finished", "vision")]
# At each point, how often the model is asked until the wish is answered.
AT = {"turn:began": 1, "turn:thought": 3, "turn:storing": 3, "turn:stored": 1}
BEHIND = "turn:stored"  # the reply is stored: who dies there again does so over something else


VISION = says("Noted.", changes=[talk.tell("what", "An app that plans dinners")])
MEMORY = "- They want dinners that are quick to cook."


def hears(hold: asyncio.Event | None = None) -> Callable[[Asked], Gives]:
    """What is wished for is noted; all else is talk. The vision is left to the plain rules."""

    def turn(asked: Asked) -> Gives:
        if asked.last.endswith(WISH):
            return says(REPLY, changes=[LIST], how=Gives(piece=60, hold=hold))
        return VISION if talk.IDEA in asked.last else says("Well.")

    def memory(_: Asked) -> Gives:
        return Gives(args={"memory": MEMORY})

    return talk.answering(turn=turn, memory=memory, vision=lambda _: Gives(error="key"))


async def at_the_vision(server: Server) -> str:
    project = await talk.begin(server)
    await talk.asked_for_vision(server, project)
    return project


async def wish(server: Server, project: str, text: str = WISH) -> None:
    """Said, under a key; the server may die over it before it could say that it heard."""
    with contextlib.suppress(httpx.TransportError):
        at, key = f"/api/v1/projects/{project}/messages", {"Idempotency-Key": f"{project}-{text}"}
        assert (await server.http.post(at, json={"text": text}, headers=key)).status_code == 202


async def dies(server: Server, point: str, project: str, text: str = "") -> None:
    """Start it, to die at this point: by itself over what it finds to do, or over what is said."""
    await server.start(point)
    if text and await server.ready():
        await wish(server, project, text)
    assert server.child
    await server.child.wait()


async def answered_once(server: Server, project: str) -> None:
    """One reply, one change of the brief, one new version of the vision."""
    await wish(server, project)  # asked again under its key, nothing happens
    found = await talk.replied(server, project)
    assert [one["text"] for one in found].count(WISH) == 1
    assert [one["text"].startswith(REPLY) for one in found].count(True) == 1
    await talk.stands(server, project, "vision")
    row = await talk.row(server, project)
    assert [feature["title"] for feature in row.brief["features"]] == ["Make a shopping list"]
    events = await talk.rows(server, EventRow, project, EventRow.number)
    assert [event.number for event in events] == list(range(1, row.last_event + 1))
    moves = [(one.data["left"], one.data["by"], one.data["step"]) for one in events if one.kind == "project.moved"]
    assert moves == [*walk.INTERVIEW, *REWRITTEN]
    assert [one.data["version"] for one in events if one.kind == "vision.drafted"] == [1, 2]


def wishes(api: ModelApi) -> int:
    """How often the model was asked what to answer to the wish."""
    return sum(talk.form(asked) == "turn" and asked.last.endswith(WISH) for asked in api.asked)


@asynccontextmanager
async def served(talkers: Nursery, folder: Path, answers: Any) -> AsyncIterator[tuple[Server, ModelApi]]:
    async with ModelApi(answers) as api, talkers.server(folder / "data", **talk.settings(api)) as server:
        yield server, api


async def test_whoever_dies_over_a_turn_leaves_it_to_be_answered_once(talkers: Nursery, tmp_path: Path):
    async with served(talkers, tmp_path, hears()) as (server, api):
        projects = dict(zip(AT, [await at_the_vision(server) for _ in AT], strict=True))
        await server.kill()
        for point, project in projects.items():
            before, asked = len(DIED.findall(server.log)), wishes(api)
            await dies(server, point, project, WISH)
            await dies(server, point, project, "Thank you, Orchestrator" if point == BEHIND else "")
            assert DIED.findall(server.log)[before:] == [point] * TWICE
            await server.start()
            assert await server.ready()
            await answered_once(server, project)
            assert wishes(api) - asked == AT[point]
            await server.kill()
        await server.start()


async def test_whoever_dies_over_a_memory_sums_nothing_up_twice(talkers: Nursery, tmp_path: Path):
    async with served(talkers, tmp_path, hears()) as (server, api):
        project = await written.project(server, 150)
        await server.kill()
        await dies(server, "summed", project, "Hello, Orchestrator")
        await dies(server, "summed", project, "Are you there?")
        assert DIED.findall(server.log) == ["summed"] * TWICE
        await server.start()
        assert await server.ready()
        assert await talk.say(server, project, "Still there?") == "Well."
        await until(lambda: api.given == api.asked)
        assert (await talk.row(server, project)).summary == MEMORY
    told = "".join(asked.last for asked in api.asked if talk.form(asked) == "memory")
    summed = re.findall(r"Message ‹(\d+)›", told)
    assert summed == [str(place) for place in range(1, len(summed) + 1)]
    assert len(summed) >= 120


async def test_whoever_dies_while_a_model_writes_is_not_missed(talkers: Nursery, tmp_path: Path):
    hold = asyncio.Event()
    async with served(talkers, tmp_path, hears(hold)) as (server, api):
        project = await at_the_vision(server)
        async with talk.listening(server, project) as ear:
            await wish(server, project)
            await until(lambda: ear.pieces)
            for times in range(1, TWICE + 1):
                await until(lambda times=times: wishes(api) == times)
                await server.kill()
                await server.start()
                assert await server.ready()
            hold.set()
            await answered_once(server, project)
        assert wishes(api) == TWICE + 1
        assert len([asked for asked in api.left if asked.last.endswith(WISH)]) == TWICE


async def test_what_one_process_began_to_write_another_writes(
    talkers: Nursery, tmp_path: Path, postgres_cluster: Cluster
):
    """Whoever follows at the other sees the first one's words, and then those of the other in their place."""
    hold, url = asyncio.Event(), await postgres_cluster.create("talk_two")
    async with ModelApi(hears(hold)) as api:
        given = talk.settings(api, jobs="procrastinate")
        pair = {key: talkers.server(tmp_path / "data", url, **given | {"anthropic_api_key": key}) for key in ("a", "b")}
        pair["b"].token, pair["b"].http = pair["a"].token, pair["b"].client(pair["a"].token)
        async with pair["a"], pair["b"]:
            project = await at_the_vision(pair["a"])
            async with talk.listening(pair["a"], project) as a, talk.listening(pair["b"], project) as b:
                ears = {"a": a, "b": b}
                await wish(pair["a"], project)
                await until(lambda: a.pieces and b.pieces)
                first = next(asked for asked in api.asked if asked.last.endswith(WISH))
                writes = model_wire.key(first.api, first.headers)
                other = "b" if writes == "a" else "a"
                await pair[writes].kill()
                await until(lambda: len(ears[other].pieces) >= TWICE)
                hold.set()
                await answered_once(pair[other], project)
                await until(lambda: ears[other].written == REPLY)
            assert wishes(api) == TWICE


def test_every_point_of_a_turn_is_died_at():
    assert {name for name in points.everywhere() if name.startswith("turn:")} == set(AT)
    assert points.everywhere() >= points.BY_MODEL == {"summed", "retold"}
