"""Where GitHub and Telegram send to: what is signed and concerns us is kept, and only then acknowledged."""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Request
from pydantic import SecretStr
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from orchestrator.domain import deliveries
from orchestrator.errors import NotAllowed, NotPossible, NotUnderstood, OrchestratorError
from orchestrator.settings import Settings
from orchestrator.store.arrivals import Arrival
from orchestrator.web import address, auth
from orchestrator.web.context import Transaction, of
from orchestrator.web.intake import Intake
from orchestrator.web.senders import Senders, meta

Given = dict[bytes, bytes]  # the headers, by their names in small letters
ID: Final = re.compile(rb"[!-~]{1,100}")
KIND: Final = re.compile(rb"[a-z0-9_]{1,60}")
JSON, FORM = b"application/json", b"application/x-www-form-urlencoded"
OFF: Final = "Nothing is taken here: {variable} is not set."
ELSEWHERE: Final = "GitHub does not send from this address."
NOT_LISTED: Final = "Nothing is taken from this address."
UNREADABLE: Final = "What was sent is not readable as JSON."


class NotSigned(OrchestratorError):
    """Whoever sent it does not know the secret."""

    status = 401
    title = "Not signed"


@dataclass(frozen=True, slots=True)
class Way:
    """How a service shows that it is the one, and what of its deliveries is kept."""

    variable: str
    secret: Callable[[Settings], SecretStr | None]
    read: Callable[[Request, Given, Settings, str], Any]  # the arrival, or None where it concerns nobody


class Hook:
    """Takes what one service sends."""

    def __init__(self, name: str, settings: Callable[[], Settings], intake: Intake, senders: Senders) -> None:
        self.path, self.way = f"/webhooks/{name}", WAYS[name]
        self.settings, self.intake, self.senders = settings, intake, senders
        self.__doc__ = f"Take what a service sends that knows {self.way.variable}."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self  # by whose path the figures call it
        request, settings = Request(scope, receive), self.settings()
        if not (secret := self.way.secret(settings)):
            raise NotPossible(OFF.format(variable=self.way.variable))
        if settings.webhooks_from:
            self._only_from(request, address.listed(settings.webhooks_from))
        if settings.github_hook_addresses == "on" and self.way is GITHUB:
            await self._only_from_github(request)
        try:
            arrival = await self.way.read(request, dict(scope["headers"]), settings, secret.get_secret_value())
        except NotSigned:
            of(request).limits.check("webhook", auth.where(request))  # those who guess; who knows it is not counted
            raise
        fresh = await self.intake.keep(arrival) if arrival else False
        await _say(send, HTTPStatus.ACCEPTED if fresh else HTTPStatus.OK)

    def _only_from(self, request: Request, allowed: address.Networks) -> None:
        if not address.among(request, of(request).trusted_proxies, allowed):
            raise NotAllowed(NOT_LISTED)

    async def _only_from_github(self, request: Request) -> None:
        if not await self.senders.include(auth.where(request)):
            raise NotAllowed(ELSEWHERE)


ANSWERS: Final = {HTTPStatus.ACCEPTED: b'{"status":"accepted"}', HTTPStatus.OK: b'{"status":"nothing to do"}'}


async def _say(send: Send, status: HTTPStatus) -> None:
    body = ANSWERS[status]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _from_github(request: Request, given: Given, settings: Settings, secret: str) -> Arrival | None:
    """Nothing of the body is read as anything before its signature was compared, in the same time for every wrong one.

    Bodies over our limit are refused, though GitHub’s go up to 25 MB: what people write has less than 66,000
    characters, so that only what concerns nobody, such as enormous pushes, is ever larger.
    """
    body = await request.body()
    signature = b"sha256=" + hmac.digest(secret.encode(), body, "sha256").hex().encode()
    if not hmac.compare_digest(signature, given.get(b"x-hub-signature-256", b"")):
        raise NotSigned("This was not signed with the secret that we share with GitHub, so we did nothing.")
    content = _type(given, JSON, FORM)
    key, kind = _word(given, b"x-github-delivery", ID), _word(given, b"x-github-event", KIND)
    if kind not in deliveries.TALK and kind not in deliveries.STATE:
        return None
    body = _payload(body) if content == FORM else body
    lane = deliveries.github(kind, _json(body), settings.scar_bot)
    return Arrival("github", key, kind, lane, body) if lane else None


async def _from_telegram(request: Request, given: Given, _settings: Settings, secret: str) -> Arrival | None:
    if not hmac.compare_digest(secret.encode(), given.get(b"x-telegram-bot-api-secret-token", b"")):
        raise NotSigned("This does not show the secret that we share with Telegram, so we did nothing.")
    _type(given, JSON)
    body = await request.body()
    found = deliveries.telegram(_json(body))
    return Arrival("telegram", found[0], found[1], found[2], body) if found else None


def _type(given: Given, *known: bytes) -> bytes:
    content = given.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if content not in known:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return content


def _word(given: Given, name: bytes, form: re.Pattern[bytes]) -> str:
    word = given.get(name, b"")
    if not form.fullmatch(word):
        raise NotUnderstood("GitHub says which delivery this is, and of what kind. Here that is missing.")
    return word.decode("ascii")


def _payload(form: bytes) -> bytes:
    """What GitHub sends in a form is the same JSON, in its field “payload”."""
    try:
        return parse_qs(form.decode("ascii"), strict_parsing=True, max_num_fields=10)["payload"][0].encode()
    except (ValueError, KeyError):
        raise NotUnderstood("There is no “payload” in this form.") from None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood(UNREADABLE) from None


GITHUB: Final = Way("GITHUB_WEBHOOK_SECRET", lambda settings: settings.github_webhook_secret, _from_github)
TELEGRAM: Final = Way("TELEGRAM_WEBHOOK_SECRET", lambda settings: settings.telegram_webhook_secret, _from_telegram)


WAYS: Final = {"github": GITHUB, "telegram": TELEGRAM}


def install(app: FastAPI, settings: Callable[[], Settings], tx: Transaction) -> None:
    """Open both ways in, before all others and as bare as can be: a busy repository sends much, and does not wait."""
    intake, senders = Intake(tx), Senders(lambda: meta(settings().github_api_url))
    hooks = [Hook(name, settings, intake, senders) for name in WAYS]
    app.router.routes[:0] = [Route(hook.path, hook, methods=["POST"], include_in_schema=False) for hook in hooks]
