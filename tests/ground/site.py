"""The web layer on a real server of this process, before any page is designed: what is rendered is shown as JSON."""

import html
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ground.stores import Store
from orchestrator import clock, passwords
from orchestrator.store import links, people, tokens
from orchestrator.store.people import User
from orchestrator.web import security
from orchestrator.web.context import Security
from orchestrator.web.limits import Limits

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing here is https, and to load certificates is slow
PASSWORD = "three blue teapots"


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page without a design: its template's name and what it was given."""
    shown = html.escape(json.dumps(values, default=str), quote=False)
    return HTMLResponse(f"<title>{template}</title><pre>{shown}</pre>", status)


@dataclass
class Site:
    """A running site. `later(...)` moves its clock."""

    url: str
    store: Store
    app: FastAPI
    security: Security
    shift: list[timedelta] = field(default_factory=lambda: [timedelta()])
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def now(self) -> datetime:
        return clock.now() + self.shift[0]

    def later(self, **time: float) -> None:
        self.shift[0] += timedelta(**time)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Somebody at the page; keeps cookies, follows nothing by itself."""
        client = httpx.AsyncClient(base_url=self.url, verify=PLAIN, headers={"accept": "text/html", **headers})
        self.clients.append(client)
        return client

    def program(self, token: str = "", **headers: str) -> httpx.AsyncClient:
        """A program at the API."""
        bearer = {"authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(
            base_url=self.url, verify=PLAIN, headers={"accept": "application/json", **bearer, **headers}
        )
        self.clients.append(client)
        return client

    async def owner(self, email: str = "nadia@example.org") -> User:
        password = await passwords.hashed(PASSWORD)
        return await self.store.tx(people.create_first, email, "Nadia", password, self.now())

    async def signed_in(self, user: User) -> httpx.AsyncClient:
        """A browser in which this person has signed in, with the session's secret for forms at hand."""
        browser = self.browser()
        answer = await browser.post("/sign-in", data={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        browser.headers["x-csrf-token"] = (await browser.get("/who")).json()["csrf"]
        return browser

    async def token(self, user: User, **how: Any) -> tokens.Fresh:
        return await self.store.tx(tokens.create, user.acts(), user.id, "script", self.now(), **how)

    async def link(self, purpose: str, user: User | None = None) -> str:
        by = user.acts() if user else people.Actor("orchestrator", "Orchestrator", "")
        return await self.store.tx(links.create, by, purpose, user and user.id, self.now())


def shown(page: httpx.Response) -> tuple[str, dict[str, Any]]:
    """Which template a page was made of, and what it was given."""
    found = re.fullmatch(r"<title>(.*)</title><pre>(.*)</pre>", page.text, re.DOTALL)
    assert found, page.text
    return found[1], json.loads(html.unescape(found[2]))


@asynccontextmanager
async def running(store: Store, routes: Callable[[FastAPI], None], **given: Any) -> AsyncIterator[Site]:
    """Serve `routes`, protected as the settings in `given` say, on a free port of this machine."""
    app = FastAPI(openapi_url=None)
    shift = [timedelta()]
    options = {"limits": Limits(), "now": lambda: clock.now() + shift[0], **given}
    protection = Security(tx=store.tx, read=store.read, render=render, **options)
    security.install(app, protection)
    routes(app)
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # named, so that asyncio sends small answers at once
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", proxy_headers=False)
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listening])
        site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}", store, app, protection, shift)
        yield site
        for client in site.clients:
            await client.aclose()
        await server.shutdown(sockets=[listening])
