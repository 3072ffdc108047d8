"""From the values that doors and problems name to whole pages, and to notes in forms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from story_home import HOME
from story_talk import RECEIPT

from orchestrator.errors import Conflict, TooMany
from orchestrator.web import problems, rendering
from orchestrator.web.views import shell

NOW = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
NADIA = SimpleNamespace(
    csrf="secret-of-nadia", name="Nadia Rahman", email="nadia@example.org", theme="dark", whole_answers=False
)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.security = SimpleNamespace(render=rendering.render, now=lambda: NOW, session_hours=12)
    problems.install(app)

    @app.get("/setup")
    async def setup(request: Request) -> Response:
        until = NOW + timedelta(hours=1)
        wrong = {"password": "A password is needed."}
        values = {"key": "k-1", "until": until, "name": "", "email": "", "wrong": wrong}
        return rendering.render(request, "setup.html", status=422, **values)

    @app.get("/sign-in")
    async def sign_in(request: Request, key: str = "") -> Response:
        return rendering.render(request, "sign_in.html", next="/projects/1", key=key, email="", wrong="", away=not key)

    @app.get("/busy")
    async def busy() -> None:
        raise TooMany("You were faster than we are.", wait=20)

    @app.get("/late")
    async def late(request: Request) -> None:
        request.state.person = NADIA
        raise Conflict("Tom was faster: he approved this at 11:09.")

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://here", headers={"accept": "text/html"}
    ) as client:
        yield client


async def test_the_link_travels_with_the_form_of_the_first_visit(http: httpx.AsyncClient):
    answer = await http.get("/setup")
    assert answer.status_code == 422
    assert '<input type="hidden" name="key" value="k-1">' in answer.text
    assert "A password is needed." in answer.text


async def test_who_was_away_is_told_that_nothing_is_lost(http: httpx.AsyncClient):
    answer = await http.get("/sign-in")
    assert "we signed you out after 12 hours" in answer.text
    assert '<input type="hidden" name="next" value="/projects/1">' in answer.text


async def test_a_link_signs_in_with_one_button_and_no_password(http: httpx.AsyncClient):
    answer = await http.get("/sign-in?key=k-2")
    assert 'name="key" value="k-2"' in answer.text
    assert 'type="password"' not in answer.text


async def test_a_problem_is_a_page_for_a_person(http: httpx.AsyncClient):
    answer = await http.get("/late")
    assert answer.status_code == 409
    assert "Tom was faster: he approved this at 11:09." in answer.text
    assert "Your work is safe" in answer.text
    assert 'href="/settings"' in answer.text


async def test_a_stranger_with_a_problem_sees_no_menu(http: httpx.AsyncClient):
    answer = await http.get("/busy")
    assert answer.status_code == 429
    assert "Please wait 20 seconds before the next." in answer.text
    assert 'href="/settings"' not in answer.text


async def test_a_problem_of_a_form_in_an_open_page_is_a_note_in_that_form(http: httpx.AsyncClient):
    answer = await http.get("/busy", headers={"hx-request": "true"})
    assert answer.headers["hx-retarget"] == "find [data-note]"
    assert answer.text.startswith('<div class="note"')
    assert "You were faster than we are." in answer.text


def test_every_form_asks_under_a_name_of_its_own():
    text = rendering.page("home", shell.Shell("csrf", shell.Person("Tom")), HOME)
    keys = [part.split('"')[0] for part in text.split('name="key" value="')[1:]]
    assert len(keys) == len(set(keys)) == 2


def test_a_component_can_be_drawn_alone():
    assert rendering.macro("gates", "receipt", RECEIPT).startswith('<article class="receipt" id="gate-7"')
    assert rendering.part("announce", "Done.") == (
        '<hx-partial hx-target="#announce" hx-swap="textContent">Done.</hx-partial>'
    )
