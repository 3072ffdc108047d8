"""Databases and sites for the tests of people, sign-in and what surrounds every request."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Body, FastAPI, Form, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, Field

from ground import site as sites
from ground.site import Site
from ground.stores import Originals, Store
from orchestrator.errors import NotAllowed, NotPossible
from orchestrator.web.auth import Follower, Owner, Signed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def originals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Originals:
    return Originals(tmp_path_factory.mktemp("stores"), lambda: request.getfixturevalue("postgres_cluster"))


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, originals: Originals) -> AsyncIterator[Store]:
    async with originals.copy(request.param) as store:
        yield store


@pytest.fixture
async def start(originals: Originals) -> AsyncIterator[Callable[..., Any]]:
    """Start a site with settings of its own."""
    async with AsyncExitStack() as stack:

        async def start(kind: str = "sqlite", **given: Any) -> Site:
            store = await stack.enter_async_context(originals.copy(kind))
            return await stack.enter_async_context(sites.running(store, routes, **given))

        yield start


@pytest.fixture
async def site(start: Callable[..., Any]) -> Site:
    return await start()


class Recipe(BaseModel):
    name: str = Field(min_length=2, max_length=5)
    servings: int = Field(ge=1, le=20)


def routes(app: FastAPI) -> None:
    """What a site for tests has behind its doors."""
    app.get("/who")(who)
    app.get("/api/v1/who")(who)
    app.post("/write")(write)
    app.post("/api/v1/write")(write)
    app.post("/api/v1/recipes")(recipe)
    app.get("/api/v1/pages")(pages)
    app.get("/api/v1/owners")(owners)
    app.get("/api/v1/stream")(stream)
    app.get("/api/v1/torn")(torn)
    app.get("/api/v1/day/{day}")(day)
    app.post("/upload")(upload)
    inner, outer = APIRouter(), APIRouter(prefix="/api/v1")
    inner.get("/rooms/{id}")(room)
    outer.include_router(inner, prefix="/houses/{house}")
    app.include_router(outer)
    for prefix in ("", "/api/v1"):
        app.get(prefix + "/refused")(refused)
        app.get(prefix + "/broken")(broken)
        app.get(prefix + "/away")(away)


async def who(person: Signed) -> dict[str, Any]:
    return {"name": person.name, "csrf": person.csrf, "via": person.via, "channel": person.actor.channel}


async def write(person: Signed, text: Annotated[str, Form()] = "") -> dict[str, str]:
    return {"by": person.name, "text": text}


async def recipe(person: Signed, body: Annotated[Recipe, Body()]) -> Recipe:
    return body


async def pages(limit: Annotated[int, Query(le=10)] = 5) -> int:
    return limit


async def owners(person: Owner) -> str:
    return person.name


async def stream(person: Follower) -> StreamingResponse:
    return StreamingResponse(iter(["event: hello\n\n"]), media_type="text/event-stream")


async def torn() -> StreamingResponse:
    def lines():
        yield "first\n"
        raise ValueError("swordfish")

    return StreamingResponse(lines())


def impossible(_value: Any) -> Any:
    raise ValueError("swordfish")


async def day(day: Literal["monday", "sunday"], at: Annotated[Any, AfterValidator(impossible)] = "now") -> str:
    return day


async def room(house: str, id: str) -> str:
    return house + id


async def upload(request: Request) -> int:
    return len(await request.body())


async def refused() -> Response:
    raise NotAllowed("You are not the cook here.", cook="Tom")


async def broken() -> Response:
    raise ValueError("the password is swordfish")


async def away() -> Response:
    raise NotPossible("The oven does not answer.")
