"""A server that talks by the stand-in of a model, and somebody who hears each word while it is written."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sqlalchemy import select

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.scripted import says
from ground.server import Server
from ground.until import until
from journeys import count
from journeys.caller import PAUSE
from journeys.killed import working
from orchestrator.store.tables import ProjectRow, SpendRow

ANTHROPIC = "anthropic:claude-sonnet-5"
RESPONSES = "openai-responses:gpt-5"
CHAT = "openai:gpt-5"  # where OPENAI_BASE_URL is set: what others speak who speak like OpenAI
APIS = {ANTHROPIC: "anthropic", RESPONSES: "responses", CHAT: "chat"}
FORMS = {"reply": "turn", "memory": "memory", "solution": "vision", "phases": "roadmap", "told": "report"}
IDEA = "I want a meal planning app for busy parents"
HELLO = says("A meal planner. Who cooks on a normal evening?")
QUICK = {"rate_limits": "off", "reconcile_s": 0.5, "stalled_s": 1, "drain_s": 0.5}


def settings(api: ModelApi, model: str = ANTHROPIC, **more: Any) -> dict[str, Any]:
    where = {"anthropic_base_url": api.anthropic, "openai_base_url": api.openai}
    return {**QUICK, "model": model, "anthropic_api_key": "k", "openai_api_key": "k", **where, **more}


def form(asked: Asked) -> str:
    """What is asked for: a turn, a memory, a vision, a roadmap or a report."""
    return next(name for field, name in FORMS.items() if field in asked.schema["properties"])


def answering(**forms: Callable[[Asked], Gives]) -> Callable[[Asked], Gives]:
    """Answers by what is asked for; what nobody expects to be asked for is a fault."""
    return lambda asked: forms[form(asked)](asked)


def prompt(asked: Asked) -> str:
    """All that the model was told."""
    return "\n".join([asked.system, *(text for _, text in asked.said)])


def tell(topic: str, text: str, **more: str) -> dict[str, str]:
    """A change to the brief."""
    return {"do": "tell", "topic": topic, "text": text, **more}


class Ear:
    """What a follower of a project heard, in order: names of events, with what they say."""

    def __init__(self, http: httpx.AsyncClient, project: str) -> None:
        self.http, self.project, self.last = http, project, "0"
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [said for name, said in self.heard if name == kind]

    @property
    def pieces(self) -> list[dict[str, Any]]:
        return self.all("message.delta")

    @property
    def written(self) -> str:
        """What stands on a page that heard all this: of the replies that are being written, the newest words."""
        text = ""
        for piece in self.pieces:
            text = piece["text"] if piece.get("anew") else text + piece["text"]
        return text

    async def listen(self) -> None:
        """A broken connection is made again, behind the last event that was heard."""
        at, timeout = f"/api/v1/projects/{self.project}/events", httpx.Timeout(20, read=120)
        while True:
            with contextlib.suppress(httpx.TransportError):
                async with self.http.stream("GET", at, headers={"Last-Event-ID": self.last}, timeout=timeout) as stream:
                    await self._hear(stream)
            await asyncio.sleep(PAUSE)

    async def _hear(self, stream: httpx.Response) -> None:
        name = ""
        async for line in stream.aiter_lines():
            word, _, value = line.partition(": ")
            name = value if word == "event" else name
            if word == "id":
                self.last = value
            if word == "data":
                self.heard.append((name, json.loads(value)))


@asynccontextmanager
async def listening(server: Server, project: str) -> AsyncIterator[Ear]:
    """Somebody who follows from here on, and has heard already what happened before."""
    ear = Ear(server.http, project)
    async with working(ear.listen()):
        await until(lambda: ear.heard)
        yield ear


async def begin(server: Server, idea: str = IDEA) -> str:
    """A project whose first message was answered."""
    made = await server.http.post("/api/v1/projects", json={"idea": idea})
    project = str(made.raise_for_status().json()["id"])
    await replied(server, project)
    return project


async def say(server: Server, project: str, text: str) -> str:
    """Say it, and wait for the reply."""
    answer = await server.http.post(f"/api/v1/projects/{project}/messages?wait=60", json={"text": text}, timeout=90)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["reply"]["text"])


async def asked_for_vision(server: Server, project: str) -> None:
    """At the decision about the vision."""
    (await server.http.post(f"/api/v1/projects/{project}/vision")).raise_for_status()
    await stands(server, project, "vision")


async def said(server: Server, project: str) -> list[dict[str, Any]]:
    """The conversation, as the API gives it."""
    answer = await server.http.get(f"/api/v1/projects/{project}/messages?limit=200")
    return list(answer.raise_for_status().json()["items"])


async def replied(server: Server, project: str) -> list[dict[str, Any]]:
    """The conversation, once every message has its reply; none has two."""

    async def look() -> list[dict[str, Any]]:
        found = await said(server, project)
        mine = [one["id"] for one in found if one["role"] == "user"]
        replies = Counter(one["in_reply_to"] for one in found if one["in_reply_to"])
        assert set(replies.values()) <= {1}, found
        return found if set(mine) <= set(replies) else []

    return await until(look, within=60)


async def stands(server: Server, project: str, step: str) -> None:
    """Wait until it stands there."""

    async def look() -> bool:
        return (await server.http.get(f"/api/v1/projects/{project}")).json()["step"] == step

    await until(look, within=60)


async def row(server: Server, project: str) -> ProjectRow:
    """A project as it is stored, read beside the server."""
    async with count.opened(server) as db:
        return await db.get_one(ProjectRow, project)


async def rows(server: Server, table: Any, project: str, order: Any) -> list[Any]:
    """What a project has of something, in this order."""
    async with count.opened(server) as db:
        return list(await db.scalars(select(table).where(table.project_id == project).order_by(order)))


async def spent(server: Server, project: str) -> list[SpendRow]:
    return await rows(server, SpendRow, project, SpendRow.at)
