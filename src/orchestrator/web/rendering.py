"""From a request and a view to the page that goes out."""

from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from orchestrator import clock
from orchestrator.web import assets, drawing

files = assets.load()
router = assets.router(files)


@cache
def templates() -> Environment:
    return drawing.environment(files.url, clock.new_id)


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """Draw one of the pages that stand outside of projects: set-up, sign-in, problems."""
    del request
    return HTMLResponse(templates().get_template(template).render(**values), status)
