"""From a request and a view to the page that goes out."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from orchestrator import clock
from orchestrator.web import assets, drawing
from orchestrator.web.context import of
from orchestrator.web.problems import Problem
from orchestrator.web.views import account, problems
from orchestrator.web.views.shell import Person, Shell

files = assets.load()
router = assets.router(files)
# For a form that htmx sent: not a page, but a note in that form, which keeps what was written in it.
INTO_THE_FORM = {"HX-Retarget": "find [data-note]", "HX-Reswap": "innerHTML"}


@cache
def templates() -> Environment:
    return drawing.environment(files.url, clock.new_id)


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """Answer with a page: `page` is its view, and `shell` what is around it, which for a stranger is almost nothing.

    The doors and the problems name their values one by one; their views are made here.
    """
    if template == "problem.html" and "hx-request" in request.headers:
        trouble = problems.note(_problem(request, **values))
        return HTMLResponse(drawing.part(templates(), "problem", trouble), status, INTO_THE_FORM)
    view = VIEWS[template](request, **values) if template in VIEWS else values["page"]
    around = values.get("shell") or shell(request)
    return HTMLResponse(drawing.page(templates(), template, around, view), status)


def shell(request: Request) -> Shell:
    """What is around a page that belongs to no project: who is signed in, if anybody is."""
    person = getattr(request.state, "person", None)
    if person is None:
        return Shell(csrf="")
    return Shell(person.csrf, Person(person.name, person.email, person.theme, person.whole_answers))


def _setup(request: Request, **values: Any) -> account.SetupPage:
    return account.setup(now=of(request).now(), **values)


def _sign_in(request: Request, **values: Any) -> account.SignInPage:
    return account.sign_in(hours=of(request).session_hours, **values)


def _problem(_: Request, problem: Problem, reference: str) -> problems.ProblemPage:
    wait = int(str(problem.more.get("retry_after", 0)))
    return problems.problem(problem.status, problem.title, problem.sentence, wait, reference)


VIEWS: dict[str, Callable[..., object]] = {
    "setup.html": _setup,
    "sign_in.html": _sign_in,
    "problem.html": _problem,
}
