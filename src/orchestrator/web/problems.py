"""What went wrong, told to a program as RFC 9457 problem+json and to a person as a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from orchestrator.errors import NotSignedIn, NotUnderstood, OrchestratorError, TooMany

TYPE: Final = "urn:project-orchestrator:problem:"
FOR_PROGRAMS: Final = ("/api/", "/webhooks/", "/health", "/metrics", "/openapi.json", "/static/")
SENTENCES: Final = {
    400: "We could not read that request.",
    404: "There is nothing at this address.",
    405: "This address does not take requests of this kind.",
    406: "We cannot answer in a form that was asked for.",
    413: "That is more than we can take at once.",
    415: "We cannot read content of this type.",
}
log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    kind: str
    title: str
    sentence: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, reference: str) -> dict[str, Any]:
        known = {"type": TYPE + self.kind, "title": self.title, "status": self.status, "detail": self.sentence}
        return {**self.more, **known, "reference": reference}


def install(app: FastAPI) -> None:
    app.add_exception_handler(OrchestratorError, _ours)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(RequestValidationError, _of_the_form)


def of(error: OrchestratorError) -> Problem:
    """Tell one of our own errors, which are sentences already."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    headers = {}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.wait)
    if isinstance(error, NotSignedIn):
        headers["www-authenticate"] = 'Bearer realm="Project Orchestrator"'
    return Problem(error.status, kind, error.title, str(error), error.more, headers)


def unexpected() -> Problem:
    sentence = (
        "Something went wrong on our side. What was saved before is safe. The reference helps us to find out why."
    )
    return Problem(500, "unexpected", OrchestratorError.title, sentence)


def answer(request: Request, problem: Problem) -> Response:
    """Make the answer: problem+json for programs, a page for people."""
    reference = str(request.scope.get("request_id", ""))
    if not _for_a_person(request):
        document = problem.document(reference)
        return JSONResponse(document, problem.status, problem.headers, media_type="application/problem+json")
    try:
        page: Response = request.app.state.security.render(
            request, "problem.html", status=problem.status, problem=problem, reference=reference
        )
    except Exception:
        # A page that tells of a fault must not be stopped by another one: the sentence alone will do.
        log.exception("problem.page_failed")
        page = PlainTextResponse(f"{problem.sentence} ({reference})", problem.status)
    page.headers.update(problem.headers)
    return page


def sign_in_at(request: Request) -> str:
    """Where to sign in, and from there back to the page that the person was on."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in ("GET", "HEAD") or "hx-request" in request.headers:
        came = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
        path = came.path + (f"?{came.query}" if came.query else "")
    return "/sign-in" + (f"?{urlencode({'next': path})}" if path not in ("", "/") else "")


def route(scope: Scope) -> str:
    """Name the route of a request by its whole template, so that ids do not become names of figures."""
    included = scope.get("fastapi", {}).get("effective_route_context")  # a route knows only its part of the template
    return str(getattr(included or scope.get("route"), "path", "") or "unmatched")


def _for_a_person(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    if request.url.path.startswith(FOR_PROGRAMS) or request.url.path == "/api":
        return False
    return "text/html" in accepts or not re.search(r"json|text/event-stream", accepts)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, OrchestratorError)
    if isinstance(error, NotSignedIn) and _for_a_person(request):
        return _to_sign_in(request)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request.not_possible", error=type(error).__name__, exc_info=error)
    return answer(request, of(error))


def _to_sign_in(request: Request) -> Response:
    where = sign_in_at(request)
    if "hx-request" in request.headers:  # a part of a page cannot become the page to sign in
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"hx-redirect": where})
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


async def _of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    sentence = SENTENCES.get(status, "We could not do that.")
    kind = status.phrase.lower().replace(" ", "-")
    return answer(request, Problem(status, kind, status.phrase, sentence, headers=error.headers or {}))


async def _of_the_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"field": _field(one["loc"]), "sentence": _sentence(one)} for one in error.errors()]
    sentence = " ".join(dict.fromkeys(one["sentence"] for one in found))
    problem = Problem(NotUnderstood.status, "not-understood", NotUnderstood.title, sentence, {"errors": found})
    return answer(request, problem)


def _field(place: Sequence[Any]) -> str:
    return ".".join(str(part) for part in place[1:])


WRONG: Final = {
    "missing": "{field} is missing.",
    "string_too_short": "{field} is too short: it needs at least {min_length} characters.",
    "string_too_long": "{field} is too long: it may have at most {max_length} characters.",
    "greater_than_equal": "{field} must be at least {ge}.",
    "greater_than": "{field} must be more than {gt}.",
    "less_than_equal": "{field} must be at most {le}.",
    "less_than": "{field} must be less than {lt}.",
    "enum": "{field} must be {expected}.",
    "literal_error": "{field} must be {expected}.",
    "string_type": "{field} must be text.",
    "extra_forbidden": "{field} is not known here.",
    "json_invalid": "What was sent is not readable as JSON.",
    "model_attributes_type": "What was sent must be a JSON object.",
    "dict_type": "What was sent must be a JSON object.",
}


def _sentence(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    name = _field(error["loc"])
    words = {"field": f"“{name}”" if name else "What was sent", **error.get("ctx", {})}
    if kind in WRONG:
        return WRONG[kind].format(**words)
    if kind.startswith(("int_", "float_", "bool_", "datetime_", "date_", "uuid_")):
        return "{field} must be a {what}.".format(field=words["field"], what=PLAIN[kind.split("_", maxsplit=1)[0]])
    return "{field} could not be read.".format(**words)


PLAIN: Final = {
    "int": "whole number",
    "float": "number",
    "bool": "yes or no (true or false)",
    "datetime": "moment such as 2026-01-31T09:30:00Z",
    "date": "date such as 2026-01-31",
    "uuid": "UUID",
}
