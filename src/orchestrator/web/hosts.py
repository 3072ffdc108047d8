"""By which names we may be called: against pages elsewhere that give our address a name of theirs."""

import ipaddress
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestrator.errors import NotAllowed, NotUnderstood
from orchestrator.web import address, problems
from orchestrator.web.context import Security

OPEN: Final = ("/health", "/metrics")  # machines ask these, by whatever means they have


class UnknownHost(NotUnderstood):
    status = 400
    title = "Unknown address"


class Hosts:
    """Answers to known names only and, where we are known by https, to nothing that came without."""

    def __init__(self, app: ASGIApp, security: Security) -> None:
        self.app, self.security = app, security
        own = urlsplit(security.public_url).hostname or "localhost"
        self.names = {"localhost", own, *(name.lower() for name in security.hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not self._known(request.headers.get("host", "")):
            sentence = "We are not known under this name. Whoever runs this installation can add it to the settings."
            await problems.answer(request, problems.of(UnknownHost(sentence)))(scope, receive, send)
        elif self._needs_https(request):
            await self._to_https(request)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _known(self, host: str) -> bool:
        """A bare address is fine: a name is what such an attack needs."""
        name = _name(host)
        return bool(name) and (name in self.names or name.endswith(".localhost") or _bare(name))

    def _needs_https(self, request: Request) -> bool:
        secure = not self.security.https or address.https(request, self.security.trusted_proxies)
        return not secure and not request.url.path.startswith(OPEN)

    def _to_https(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            where = self.security.public_url.rstrip("/") + request.url.path
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(where + query, HTTPStatus.PERMANENT_REDIRECT)
        sentence = f"What is sent has to be sent securely. Please use {self.security.public_url}"
        return problems.answer(request, problems.of(NotAllowed(sentence)))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _bare(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False
