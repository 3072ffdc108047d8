"""The ways in and out: set-up by a link, sign-in by password or link, sign-out."""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import keys, passwords
from orchestrator.errors import NotAllowed, NotUnderstood
from orchestrator.store import links, people, sessions
from orchestrator.store.people import User
from orchestrator.store.sessions import Opened
from orchestrator.web import auth, csrf
from orchestrator.web.context import of

LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")
NO_MATCH: Final = "This email and this password do not belong together. Please check both."
Text = Annotated[str, Form()]
Zone = Annotated[str, Form(max_length=100)]


@dataclass(frozen=True, slots=True)
class Visit:
    """What is noted of somebody who comes in."""

    now: datetime
    hours: int
    address: str
    before: str  # the cookie of an earlier session in this browser, which ends
    zone: str  # as the browser says; empty without script


router = APIRouter(include_in_schema=False, default_response_class=Response)


@router.get("/setup", dependencies=[Depends(auth.limited("stranger"))])
async def setup_page(request: Request, key: str = "") -> Response:
    """Ask for a name and a password. Looking does not use the link: messengers look at links too."""
    if not key:
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    link = await of(request).read(links.look, key, links.SETUP, of(request).now())
    user = await of(request).read(people.get, link.user_id) if link.user_id else None
    name, email = (user.name, user.email) if user and not user.email.endswith("@localhost") else ("", "")
    return _setup(request, key=key, until=link.expires_at, name=name, email=email)


@router.post("/setup", dependencies=[Depends(csrf.same_origin), Depends(auth.limited("sign-in"))])
async def setup(
    request: Request, key: Text = "", name: Text = "", email: Text = "", password: Text = "", zone: Zone = ""
) -> Response:
    """Become the first owner, with the link that the server printed."""
    security, now = of(request), of(request).now()
    link = await security.read(links.look, key, links.SETUP, now)
    values = {"key": key, "until": link.expires_at, "name": name, "email": email}
    if wrong := _wrong(name, email, password):
        return _setup(request, **values, wrong=wrong)
    if (other := await security.read(people.by_email, email)) and other.id != link.user_id:
        return _setup(request, **values, wrong={"email": "Somebody with this email is here already."})
    hashed = await passwords.hashed(password)
    opened = await security.tx(_settle, key, email, name, hashed, _visit(request, zone))
    return _let_in(request, opened, "/")


@router.get("/sign-in", dependencies=[Depends(auth.limited("stranger"))])
async def sign_in_page(request: Request, key: str = "", next: str = "/") -> Response:
    """Show the page on which one signs in."""
    if not key and await auth.maybe(request):
        return RedirectResponse(_local(next), HTTPStatus.SEE_OTHER)
    if key:
        await of(request).read(links.look, key, links.SIGN_IN, of(request).now())
    return _sign_in(request, key=key, next=_local(next))


@router.post("/sign-in", dependencies=[Depends(csrf.same_origin), Depends(auth.limited("sign-in"))])
async def sign_in(
    request: Request, email: Text = "", password: Text = "", key: Text = "", next: Text = "/", zone: Zone = ""
) -> Response:
    """Sign in with an address and a password."""
    if key:
        return _let_in(request, await of(request).tx(_by_link, key, _visit(request, zone)), next)
    of(request).limits.check("sign-in-email", keys.hashed(email.strip().lower()))
    if opened := await _by_password(request, email, password, zone):
        return _let_in(request, opened, next)
    return _sign_in(request, email=email, next=_local(next), wrong=NO_MATCH)


@router.post("/sign-out")
async def sign_out(request: Request, person: auth.Signed) -> Response:
    """Sign out in this browser."""
    security = of(request)
    if person.via == "session":
        await security.tx(sessions.close, request.cookies[auth.cookie_name(security)])
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(auth.cookie_name(security), secure=security.https, httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"storage"'  # words typed and not sent are nobody else's to read
    return answer


async def _settle(db: AsyncSession, key: str, email: str, name: str, password: str, visit: Visit) -> Opened:
    """Use the link, make or complete the person, and begin a session: all of it or nothing."""
    link = await links.take(db, key, links.SETUP, visit.now)
    if link.user_id:
        user = await people.settle(db, link.user_id, email, name, password)
    else:
        user = await people.create_first(db, email, name, password, visit.now)
    return await _come_in(db, user, "setup", visit)


async def _by_link(db: AsyncSession, key: str, visit: Visit) -> Opened:
    link = await links.take(db, key, links.SIGN_IN, visit.now)
    return await _come_in(db, await people.get(db, link.user_id or ""), "link", visit)


async def _by_password(request: Request, email: str, password: str, zone: str) -> Opened | None:
    """Compare in the same time, and answer with the same words, whether or not we know the email."""
    security, visit = of(request), _visit(request, zone)
    user = await security.read(people.by_email, email)
    known = user.password if user else None
    fits = await passwords.matches(password, known)
    if not (user and known and fits) or user.disabled_at:
        await security.tx(sessions.refused, user.id if user else "", visit.address)
        return None
    if passwords.outdated(known):
        await security.tx(people.rehash, user.id, await passwords.hashed(password))
    return await security.tx(_come_in, user, "password", visit)


async def _come_in(db: AsyncSession, user: User, how: str, visit: Visit) -> Opened:
    if user.disabled_at:
        raise NotAllowed("You cannot sign in here any more. Ask whoever runs this installation.")
    if visit.before:
        await sessions.close(db, visit.before)
    await people.set_zone(db, user.id, visit.zone)
    return await sessions.open(db, user, visit.hours, visit.now, how, visit.address)


def _visit(request: Request, zone: str) -> Visit:
    security = of(request)
    before = request.cookies.get(auth.cookie_name(security), "")
    return Visit(security.now(), security.session_hours, auth.where(request), before, zone)


def _let_in(request: Request, opened: Opened, next: str) -> Response:
    """Go on with a cookie that never was anybody else's. How long it is good for, our row says."""
    security = of(request)
    answer = RedirectResponse(_local(next), HTTPStatus.SEE_OTHER)
    name, days = auth.cookie_name(security), int(sessions.LONGEST.total_seconds())
    answer.set_cookie(name, opened.cookie, days, path="/", secure=security.https, httponly=True, samesite="lax")
    return answer


def _setup(request: Request, *, wrong: dict[str, str] | None = None, **values: object) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return of(request).render(request, "setup.html", status=status, wrong=wrong or {}, **values)


def _sign_in(request: Request, *, next: str, key: str = "", email: str = "", wrong: str = "") -> Response:
    """Show the form. `away` says that there was a session, and it has ended."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    values = {"next": next, "key": key, "email": email, "wrong": wrong}
    away = auth.cookie_name(of(request)) in request.cookies and not key
    return of(request).render(request, "sign_in.html", status=status, away=away, **values)


def _wrong(name: str, email: str, password: str) -> dict[str, str]:
    """What is wrong with the fields of the form, a sentence each."""
    wrong = {}
    for field, value, check in (
        ("name", name, people.called),
        ("email", email, people.address),
        ("password", password, passwords.check),
    ):
        try:
            check(value)
        except NotUnderstood as reason:
            wrong[field] = str(reason)
    return wrong


def _local(next: str) -> str:
    """Where to go on: a place of ours, whatever the address said."""
    here = LOCAL.fullmatch(next) and not next.startswith(("/sign-in", "/sign-out", "/setup"))
    return next if here else "/"
