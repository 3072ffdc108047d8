"""Two hundred people wait for a model at once: everything else goes on, and each of them is answered once."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.scripted import says
from ground.server import Server
from ground.until import until
from journeys import count, talk, written
from orchestrator.store.tables import MessageRow

pytestmark = pytest.mark.timeout(300)
TURNS = 200
AT_ONCE = 20
PATIENT = {"model_silence_s": 600, "model_limit_s": 600}
CONNECTIONS = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
POOLED, LISTENING = 15, 2  # connections of a process for its rows, and for its place among others


async def ask(server: Server, projects: list[str]) -> None:
    """Everybody says something, and nobody waits for the reply."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, project: str) -> None:
        async with few:
            said = {"text": f"Person {number} has a wish"}
            (await server.http.post(f"/api/v1/projects/{project}/messages", json=said)).raise_for_status()

    await asyncio.gather(*(one(number, project) for number, project in enumerate(projects)))


async def everything_else_goes_on(server: Server, project: str) -> None:
    for page in ("/api/v1/projects", f"/api/v1/projects/{project}", f"/projects/{project}", "/health/db"):
        assert (await server.http.get(page)).status_code == 200
    renamed = await server.http.patch(f"/api/v1/projects/{project}", json={"name": "Renamed meanwhile"})
    assert renamed.json()["name"] == "Renamed meanwhile"


async def answered(server: Server, projects: list[str]) -> None:
    """One reply for each, which is the one to what was said there."""
    async with count.opened(server) as db:
        await until(lambda: count.nobody_waits(db), within=120)
    for number, project in enumerate(projects):
        last = (await talk.rows(server, MessageRow, project, MessageRow.sequence))[-2:]
        said, reply = f"Person {number} has a wish", f"Heard you, person {number}."
        assert [(one.role, one.text) for one in last] == [("user", said), ("assistant", reply)]
        assert last[1].in_reply_to == last[0].id


async def connections(url: str) -> Counter[Any]:
    """In which states the server's connections are."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return Counter(state for (state,) in await (await connection.execute(CONNECTIONS)).fetchall())


@pytest.fixture
def hold() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def api(hold: asyncio.Event) -> AsyncIterator[ModelApi]:
    def answers(asked: Asked) -> Gives:
        number = re.search(r"Person (\d+) has a wish", asked.last)
        assert number
        return says(f"Heard you, person {number[1]}.", how=Gives(piece=60, hold=hold))

    async with ModelApi(answers) as made:
        yield made


async def wait_together(server: Server, api: ModelApi, hold: asyncio.Event, url: str = "") -> None:
    *projects, another = await written.several(server, TURNS + 1, 2)
    await ask(server, projects)
    await until(lambda: len(api.asked) == TURNS, within=120)
    await everything_else_goes_on(server, another)
    if url:
        states = await until(lambda: quiet(url))
        assert states.total() <= POOLED + LISTENING
    assert (api.given, api.left, len(api.asked)) == ([], [], TURNS)
    hold.set()
    await answered(server, projects)
    assert (api.left, len(api.asked)) == ([], TURNS)


async def quiet(url: str) -> Counter[Any]:
    """The connections, once none of them is at work; one in a transaction would stay there."""
    states = await connections(url)
    return states if set(states) == {"idle"} else Counter()


async def test_two_hundred_wait_on_sqlite_and_hold_nobody_up(
    talkers: Nursery, tmp_path: Path, api: ModelApi, hold: asyncio.Event
):
    async with talkers.server(tmp_path / "data", **talk.settings(api, talk.CHAT, **PATIENT)) as server:
        await wait_together(server, api, hold)


async def test_two_hundred_wait_on_postgres_and_hold_no_connection(
    talkers: Nursery, tmp_path: Path, api: ModelApi, hold: asyncio.Event, postgres_cluster: Cluster
):
    url = await postgres_cluster.create("talk_many")
    async with talkers.server(tmp_path / "data", url, **talk.settings(api, talk.ANTHROPIC, **PATIENT)) as server:
        await wait_together(server, api, hold, url)
