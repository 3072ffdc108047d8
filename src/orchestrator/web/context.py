"""What the web layer is given by whoever starts it, and how a request finds it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.telemetry import Metrics, metrics
from orchestrator.web.address import Networks
from orchestrator.web.limits import Limits

P = ParamSpec("P")
R = TypeVar("R")


class Transaction(Protocol):
    """Calls a function with a session first: writing, in one transaction; or reading, without a lock."""

    def __call__(
        self, fn: Callable[Concatenate[AsyncSession, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[R]: ...


class Render(Protocol):
    """Makes a page of a template."""

    def __call__(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response: ...


@dataclass(frozen=True, slots=True)
class Security:
    tx: Transaction
    read: Transaction
    render: Render
    limits: Limits
    public_url: str = "http://127.0.0.1:8000"
    hosts: frozenset[str] = frozenset()  # names by which it may be called, besides that of `public_url`
    trusted_proxies: Networks = ()
    body_limit: int = 2_000_000
    session_hours: int = 12
    metrics: Metrics = field(default_factory=metrics)
    now: Callable[[], datetime] = clock.now

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def of(request: Request) -> Security:
    """Find what was installed."""
    security: Security = request.app.state.security
    return security
