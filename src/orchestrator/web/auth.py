"""Who asks: from a session's cookie or an API token; and the dependencies with which routes say whom they let in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import structlog
from fastapi import Depends, Request

from orchestrator.domain.command import Actor
from orchestrator.errors import NotAllowed, NotSignedIn
from orchestrator.store import sessions, tokens
from orchestrator.store.people import User
from orchestrator.web import address, csrf
from orchestrator.web.context import Security, of

COOKIE: Final = "orchestrator"


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    name: str
    email: str
    owner: bool  # of the installation
    csrf: str = field(repr=False)  # for the forms of this session; empty with a token
    via: Literal["session", "token"]
    theme: str
    zone: str
    whole_answers: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.user_id, self.name, "web" if self.via == "session" else "api")


async def maybe(request: Request) -> Person | None:
    """Find out who asks, where a page shows itself to strangers too."""
    if bearer := _bearer(request):
        return await _by_token(of(request), bearer)
    if cookie := request.cookies.get(cookie_name(of(request))):
        return await _by_cookie(of(request), cookie)
    return None


async def person(request: Request) -> Person:
    """Find out who asks, within their limits, and that they meant to. Raises NotSignedIn, TooMany or NotAllowed."""
    found = await maybe(request)
    if found is None:
        of(request).limits.check("stranger", where(request))
        raise NotSignedIn("Please sign in first.")
    request.state.person = found
    structlog.contextvars.bind_contextvars(user=found.user_id)
    changes = request.method not in csrf.SAFE
    of(request).limits.check("write" if changes else "read", found.user_id)
    if changes and found.via == "session":
        await csrf.require(request, found.csrf)
    return found


Signed = Annotated[Person, Depends(person)]


async def owner(person: Signed) -> Person:
    """Let in who owns the installation."""
    if not person.owner:
        raise NotAllowed("Only the owner of this installation may see or change this.")
    return person


async def follower(request: Request, person: Signed) -> Person:
    """Let in who opens a stream, not too often: each one stays open."""
    of(request).limits.check("stream", person.user_id)
    return person


Owner = Annotated[Person, Depends(owner)]
Follower = Annotated[Person, Depends(follower)]


def limited(group: str) -> Callable[[Request], None]:
    """Make the dependency of a route that is open to strangers, counted by the address they come from."""

    def check(request: Request) -> None:
        of(request).limits.check(group, where(request))

    return check


def where(request: Request) -> str:
    """The address from which somebody asks."""
    return address.client(request, of(request).trusted_proxies)


def cookie_name(security: Security) -> str:
    """Browsers bind the longer name to https and to this very host."""
    return f"__Host-{COOKIE}" if security.https else COOKIE


async def _by_cookie(security: Security, cookie: str) -> Person | None:
    now = security.now()
    session = await security.read(sessions.by_cookie, cookie, now)
    if session is None:
        return None
    if session.stale(now):
        await security.tx(sessions.touch, session.hash, security.session_hours, now)
    return _person(session.user, "session", session.csrf)


async def _by_token(security: Security, raw: str) -> Person | None:
    now = security.now()
    found = await security.read(tokens.by_raw, raw, now)
    if found is None:
        return None
    token, user = found
    if token.stale(now):
        await security.tx(tokens.touch, token.id, now)
    return _person(user, "token", "")


def _bearer(request: Request) -> str:
    """Another scheme is a proxy's business, not ours."""
    scheme, _, raw = request.headers.get("authorization", "").partition(" ")
    return raw.strip() if scheme.lower() == "bearer" else ""


def _person(user: User, via: Literal["session", "token"], csrf: str) -> Person:
    return Person(user.id, user.name, user.email, user.owner, csrf, via, user.theme, user.zone, user.whole_answers)
