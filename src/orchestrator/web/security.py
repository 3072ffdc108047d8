"""The protection of the web layer, put around the application in one place."""

from fastapi import FastAPI

from orchestrator.web import doors, problems, requests
from orchestrator.web.body import BodyLimit
from orchestrator.web.context import Security
from orchestrator.web.headers import Headers
from orchestrator.web.hosts import Hosts
from orchestrator.web.requests import Requests, Unexpected

__all__ = ["Security", "install"]


def install(app: FastAPI, security: Security) -> None:
    """Put everything around the application, and the doors into it. What is added last, a request meets first."""
    app.state.security = security
    problems.install(app)
    app.include_router(doors.router)
    app.include_router(requests.router)
    app.add_middleware(BodyLimit, limit=security.body_limit)
    app.add_middleware(Hosts, security=security)
    app.add_middleware(Unexpected)
    app.add_middleware(Headers, https=security.https)
    app.add_middleware(Requests, metrics=security.metrics)
