"""One request from end to end: its id, its line in the log, its place in the figures, and what it failed of."""

import re
import time
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator import clock
from orchestrator.errors import Unreachable
from orchestrator.store import arrivals, posts
from orchestrator.telemetry import Metrics
from orchestrator.web import problems
from orchestrator.web.context import of

SANE: Final = re.compile(r"[\w.-]{8,64}", re.ASCII)
METHODS: Final = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
QUIET: Final = ("/health", "/metrics", "/static/")
log = structlog.stdlib.get_logger(__name__)
router = APIRouter(include_in_schema=False)


class Requests:
    """Outermost: whatever happens inside has an id, and an answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, answer = time.perf_counter(), _Answer(_named(scope), send)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=answer.request_id)
        try:
            await self.app(scope, receive, answer)
        finally:
            self._note(scope, answer, time.perf_counter() - begun)
            structlog.contextvars.clear_contextvars()

    def _note(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = problems.route(scope)
        self.metrics.requests.labels(method, route, str(answer.status)).inc()
        if not answer.streams:  # a stream lasts as long as somebody looks
            self.metrics.latency.labels(method, route).observe(seconds)
        if not scope["path"].startswith(QUIET):
            log.info("http.request", method=method, route=route, status=answer.status, ms=round(seconds * 1000, 1))


class Unexpected:
    """A fault of ours becomes an answer with a reference, not a broken connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sent)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception:
            # This is the edge: whatever it was, the person gets a sentence and the log the whole of it.
            log.exception("request.failed", route=problems.route(scope))
            if scope["type"] != "http" or begun:
                raise
            response = problems.answer(Request(scope, receive), problems.unexpected())
            await response(scope, receive, send)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Tell the figures of this process to Prometheus."""
    security = of(request)
    try:
        security.metrics.undelivered.set(await security.read(posts.count_dead))
        security.metrics.arrivals.set(await security.read(arrivals.count_open))
    except (Unreachable, SQLAlchemyError):
        log.warning("metrics.no_database")  # the other figures are of this process alone
    return Response(security.metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})


class _Answer:
    """Passes an answer on, with the id of its request, and remembers what it was."""

    def __init__(self, request_id: str, send: Send) -> None:
        self.request_id, self.send = request_id, send
        self.status, self.streams = 0, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self.request_id
            self.status = int(message["status"])
            self.streams = headers.get("content-type", "").startswith("text/event-stream")
        await self.send(message)


def _named(scope: Scope) -> str:
    """Keep the id that a proxy gave, if it is one; so that one request has one name in all logs."""
    given = Headers(scope=scope).get("x-request-id", "")
    scope["request_id"] = given if SANE.fullmatch(given) else clock.new_id()
    return str(scope["request_id"])
