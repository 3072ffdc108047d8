"""From a request and a view to the page that goes out."""

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
INTO_THE_FORM = {"HX-Retarget": "find [data-note]", "HX-Reswap": "innerHTML"}


@cache
def templates() -> Environment:
    return drawing.environment(files.url, clock.new_id)


def page(name: str, shell: Shell, view: object) -> str:
    return drawing.page(templates(), f"{name}.html", shell, view)


def part(name: str, *views: object) -> str:
    """What replaces one region of an open page."""
    return drawing.part(templates(), name, *views)


def macro(file: str, name: str, *views: object) -> str:
    """One component alone, for an answer that htmx puts into the page."""
    made: Any = getattr(templates().get_template(f"macros/{file}.html").module, name)
    return str(made(*views)).strip()


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """Draw one of the pages that stand outside of projects: set-up, sign-in, problems.

    A form that htmx sent gets no page about a problem but a note inside of it, and keeps what was written in it.
    """
    name = template.removesuffix(".html")
    if name == "problem" and "hx-request" in request.headers:
        return HTMLResponse(part("problem", problems.note(_problem(request, values))), status, INTO_THE_FORM)
    view = VIEWS[name](request, values)
    return HTMLResponse(page(name, Shell(csrf="", person=_person(request)), view), status)


def _person(request: Request) -> Person | None:
    who = getattr(request.state, "person", None)
    return Person(who.name, who.email, who.theme, who.whole_answers) if who else None


def _setup(request: Request, values: dict[str, Any]) -> account.SetupPage:
    return account.setup(**values, now=of(request).now())


def _sign_in(request: Request, values: dict[str, Any]) -> account.SignInPage:
    return account.sign_in(**values, hours=of(request).session_hours)


def _problem(_: Request, values: dict[str, Any]) -> problems.ProblemPage:
    found: Problem = values["problem"]
    wait = int(found.headers.get("retry-after", 0))
    return problems.problem(found.status, found.title, found.sentence, wait, values["reference"])


VIEWS = {"setup": _setup, "sign_in": _sign_in, "problem": _problem}
