"""Installations for the tests of the command line: of either kind, with and without a server."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ground.nursery import Nursery
from ground.program import Program
from ground.server import Server

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
async def copies() -> AsyncIterator[Nursery]:
    """Commands that have loaded everything already; those of test_cli_start begin as people begin them."""
    async with Nursery(measured=True) as nursery:
        yield nursery


@pytest.fixture(params=["sqlite", "postgres"])
async def installation(request: pytest.FixtureRequest, tmp_path: Path, copies: Nursery) -> AsyncIterator[Program]:
    """A new one, without a server."""
    if request.param == "sqlite":
        yield Program(tmp_path, nursery=copies)
        return
    cluster, name = request.getfixturevalue("postgres_cluster"), f"cli_{next(NUMBERS)}"
    yield Program(tmp_path, {"DATABASE_URL": await cluster.create(name)}, copies)
    await cluster.drop(name)


@pytest.fixture
def plain(tmp_path: Path, copies: Nursery) -> Program:
    """A new one on SQLite."""
    return Program(tmp_path, nursery=copies)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One running server for all tests of a file."""
    async with Server(tmp_path_factory.mktemp("served") / "data", rate_limits="off") as server:
        yield server


@pytest.fixture(scope="module")
def terminal(server: Server, copies: Nursery) -> Program:
    """The command line on the machine of that server."""
    return Program(server.data.parent, {"ORCHESTRATOR_PORT": str(server.port)}, copies)


@pytest.fixture
async def project(server: Server) -> str:
    """A project that waits for a decision about its vision."""
    made = await server.http.post("/api/v1/projects", json={"idea": "An app for recipes of my family"})
    await replied(server, made.json()["id"])
    assert (await server.http.post(f"/api/v1/projects/{made.json()['id']}/vision")).status_code == 200
    return await waiting(server, made.json()["id"])


async def replied(server: Server, project: str) -> None:
    """Wait until the idea has its answer, and so stands in the brief."""
    from ground.until import until

    async def answered() -> bool:
        said = (await server.http.get(f"/api/v1/projects/{project}/messages")).json()["items"]
        return any(message["role"] == "assistant" for message in said)

    await until(answered)


async def waiting(server: Server, project: str) -> str:
    """The project, when it waits for somebody."""
    from ground.until import until

    async def asks() -> bool:
        return (await server.http.get(f"/api/v1/projects/{project}")).json()["waiting_for"] is not None

    await until(asks)
    return project
