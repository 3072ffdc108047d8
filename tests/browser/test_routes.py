"""Every route of the application, as it meets those who may not use it. A route that is in no list here fails."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground.server import Server
from ground.until import until

SCRIPTS = Path(__file__).parents[2] / "scripts"
LIST = "import json, docs; from orchestrator import app; print(json.dumps(list(docs.routes(app.create()))))"
PUBLIC = {
    *("/health", "/health/db", "/health/ai", "/health/ready", "/metrics", "/openapi.json", "/docs"),
    *("/static/{path:path}", "/sign-in", "/setup"),
    *("/webhooks/github", "/webhooks/telegram"),  # whoever knows their secrets
    *("/preview/{project_id}/{key}", "/preview/{project_id}/{key}/{path:path}"),  # whoever has the link may look
}
ONES_OWN = {  # for everybody who has signed in, about themselves
    *("/", "/stream", "/projects", "/settings", "/settings/look", "/sign-out"),
    *("/settings/codes", "/settings/unlink", "/settings/interruptions"),
    *("/api/v1/projects", "/api/v1/gates", "/api/v1/builders"),
    *("/api/v1/me/identities", "/api/v1/me/identities/{channel}/{outside}", "/api/v1/me/codes", "/api/v1/me/manners"),
}
OWNERS = {  # of the installation
    *("/api/v1/audit", "/api/v1/operations", "/operations"),
    *("/api/v1/operations/undelivered/{post}/again", "/api/v1/operations/not-taken/{number}/again"),
    *("/operations/posts/{id}/again", "/operations/arrivals/{number}/again"),
}
OF_A_PROJECT = re.compile(r"(/api/v1)?/(projects|gates)/\{id\}(/.*)?")
BODIES = {  # what a program has to send to be understood
    "/api/v1/projects/{id}": {"name": "Mine"},
    "/api/v1/projects/{id}/messages": {"text": "Hello"},
    "/api/v1/projects/{id}/readiness/{item}/attest": {"sentence": "I have looked at it myself."},
    "/api/v1/gates/{id}/answer": {"decision": "approve"},
}
FORM = {"decision": "approve", "text": "Hello", "name": "Mine", "role": "viewer", "email": "eve@example.org"}
HTML = {"accept": "text/html"}
HUGE = b"a" * 2_100_000


@dataclass(frozen=True)
class Route:
    method: str
    path: str

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def of_a_project(self) -> bool:
        return OF_A_PROJECT.fullmatch(self.path) is not None


@dataclass
class World:
    """A project of Nadia's with an open decision, in which Tom is a viewer and Eve is nothing."""

    owner: httpx.AsyncClient
    tom: httpx.AsyncClient
    eve: httpx.AsyncClient
    stranger: httpx.AsyncClient
    project: str
    gate: str

    async def ask(self, who: httpx.AsyncClient, route: Route, **how: Any) -> httpx.Response:
        """Ask with a body that is understood; of a stream only how it begins."""
        path = re.sub(r"(?<=gates/)\{id\}", self.gate, route.path).replace("{id}", self.project)
        path = path.replace("{n}", "1").replace("{run}", "none").replace("{rule}", "none").replace("{path:path}", "x")
        path = path.replace("{suggestion}", "none").replace("{channel}", "github").replace("{outside}", "none")
        path = path.replace("{post}", "none").replace("{number}", "1").replace("{item}", "C3")
        path = path.replace("{project_id}", self.project).replace("{key}", "guessed")
        if route.writes and not how:
            how = {"json": BODIES.get(route.path, {})} if route.api else {"data": FORM}
        request = who.build_request(route.method, path, **how)
        if not route.api:
            request.headers.update(HTML)
        answer = await who.send(request, stream=True)
        await answer.aclose()
        return answer


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with Server(tmp_path_factory.mktemp("routes") / "data", rate_limits="off") as server:
        made = [(await server.http.post("/api/v1/projects", json={"idea": idea})).json()["id"] for idea in "AB"]
        project = made[0]
        await until(lambda: _wrote(server.http, project))
        gate = await until(lambda: _asked(server.http, project))
        tom = await _invited(server, project, "tom@example.org")
        eve = await _invited(server, made[1], "eve@example.org")
        stranger = server.client()
        yield World(server.http, tom, eve, stranger, project, gate)
        for client in (tom, eve, stranger):
            await client.aclose()


async def _wrote(http: httpx.AsyncClient, project: str) -> bool:
    return (await http.post(f"/api/v1/projects/{project}/vision")).status_code == httpx.codes.OK


async def _asked(http: httpx.AsyncClient, project: str) -> str:
    found = (await http.get(f"/api/v1/projects/{project}/gates")).json()["items"]
    return found[0]["id"] if found else ""


async def _invited(server: Server, project: str, email: str) -> httpx.AsyncClient:
    """Somebody with a session, and with its secret for forms at hand."""
    page = await server.http.post(f"/projects/{project}/people", data={"email": email, "role": "viewer"}, headers=HTML)
    key = re.search(r"/setup\?key=([\w-]+)", page.text)[1]
    client = server.client()
    form = {"key": key, "name": email.split("@", maxsplit=1)[0], "email": email, "password": "three words are easy"}
    assert (await client.post("/setup", data=form)).status_code == httpx.codes.SEE_OTHER
    client.headers["x-csrf-token"] = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/")).text)[1]
    return client


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    """All there are, listed by a process of their own: making the application changes how this one logs."""
    ran = subprocess.run([sys.executable, "-c", LIST], cwd=SCRIPTS, capture_output=True, text=True, check=True)
    return [Route(method, path) for method, path, _ in json.loads(ran.stdout)]


def test_every_route_is_known_here(routes: list[Route]):
    unknown = [one for one in routes if one.path not in PUBLIC | ONES_OWN | OWNERS and not one.of_a_project]
    assert unknown == []
    assert {*PUBLIC, *ONES_OWN, *OWNERS, *BODIES} <= {one.path for one in routes}


async def test_nobody_gets_in_without_signing_in(world: World, routes: list[Route]):
    for route in routes:
        if route.path in PUBLIC:
            continue
        answer = await world.ask(world.stranger, route)
        assert answer.status_code == (401 if route.api else 303), route
        assert route.api or answer.headers["location"].startswith("/sign-in"), route


async def test_what_belongs_to_others_is_not_there(world: World, routes: list[Route]):
    for route in routes:
        if route.of_a_project:
            assert (await world.ask(world.eve, route)).status_code == 404, route


async def test_a_viewer_changes_nothing_and_may_read_everything(world: World, routes: list[Route]):
    for route in routes:
        if route.of_a_project:
            answer = await world.ask(world.tom, route)
            assert answer.status_code in ({403} if route.writes else {200, 404}), (route, answer.status_code)
    assert (await world.owner.get(f"/api/v1/gates/{world.gate}")).json()["status"] == "PENDING"


async def test_what_is_for_the_owner_of_the_installation_is_for_nobody_else(world: World, routes: list[Route]):
    for route in routes:
        if route.path in OWNERS:
            assert (await world.ask(world.tom, route)).status_code == 403, route
            there = 404 if route.writes else 200  # nothing is stuck that could be tried again
            assert (await world.ask(world.owner, route)).status_code == there, route


async def test_a_cookie_alone_changes_nothing(world: World, routes: list[Route]):
    secret = world.tom.headers.pop("x-csrf-token")
    try:
        for route in routes:
            if route.writes and route.path not in PUBLIC:
                assert (await world.ask(world.tom, route)).status_code == 403, route
    finally:
        world.tom.headers["x-csrf-token"] = secret


async def test_nothing_takes_more_than_it_can_hold(world: World, routes: list[Route]):
    for route in routes:
        if route.writes:
            assert (await world.ask(world.owner, route, content=HUGE)).status_code == 413, route


async def test_the_owner_reads_every_page(world: World, routes: list[Route]):
    nothing_yet = {"plan.md", "{n}", "evidence", "{run}", "log"}
    for route in routes:
        if not route.writes and route.of_a_project:
            answer = await world.ask(world.owner, route)
            absent = route.path.rsplit("/", 1)[1] in nothing_yet or "/{n}/" in route.path
            assert answer.status_code == (404 if absent else 200), route
