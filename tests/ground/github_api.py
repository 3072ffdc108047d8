"""A stand-in for GitHub on loopback: its API, its git over HTTP, and its webhooks.

Inside a test it is `async with GithubApi(folder) as hub:`.

npm's `emulate` could not carry this: its branches are its own, so that it opens pull requests for branches that nobody
pushed and refuses save points that were; a pull request is no issue there, so it cannot be commented on; and it has no
reactions, ETags or limits. Where both can be asked, `test_github_api.py` asks both the same.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from uvicorn.server import ServerState

from ground import github_git, github_routes
from ground.github_world import RANK, Account, Delivery, No, Repo, World
from ground.model_api import Connection, Reply

LOOPBACK = "127.0.0.1"
NAMES = ("orchestrator-bot", "orchestrator-app[bot]")
TOKEN, SECRET, APP_ID = "ghp_of-the-orchestrator", "a-secret-between-us", 4711
KEYS: list[rsa.RSAPrivateKey] = []


@dataclass
class Fault:
    """What goes wrong for calls whose “METHOD /path” matches: so often, in this way.

    `after`: it is done all the same, only nobody hears of it. `drop` cuts the line, `slow` waits before the answer.
    """

    on: str = ""
    times: int = 1
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    message: str = "Server Error"
    drop: bool = False
    after: bool = False
    slow: float = 0
    go: asyncio.Event | None = None  # waits for it, before anything is done


def limited(on: str = "", seconds: int = 1, times: int = 1, *, primary: bool = False) -> Fault:
    """GitHub wants to be left alone: for too much in an hour, or for too much at once."""
    if primary:
        headers = (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", str(int(time.time()) + seconds)))
        return Fault(on, times, 403, headers, "API rate limit exceeded for user ID 1.")
    return Fault(on, times, 429, (("retry-after", str(seconds)),), "You have exceeded a secondary rate limit.")


class GithubApi:
    """`world` has everything; `asked` counts what was asked, `unchanged` those that cost nothing.

    We are NAMES[0] with TOKEN, or, once `install` was called, an app; `person(...)` is anybody else.
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.world, self.port = World(folder / "github"), port
        self.tokens: dict[str, Account] = {TOKEN: self.world.account(NAMES[0])}
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.wrong: list[Exception] = []
        self.unchanged = 0
        self.sent: deque[tuple[Delivery, int]] = deque(maxlen=1000)
        self._given: dict[str, Account] = {}
        self._state = ServerState()
        self._told = 0

    @property
    def url(self) -> str:
        """For GITHUB_API_URL and ORCHESTRATOR_GITHUB_URL alike."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def me(self) -> Account:
        return self.world.account(NAMES[0])

    @property
    def app(self) -> Account:
        return self.world.account(NAMES[1], "Bot")

    def settings(self, *, app_key: Path | None = None) -> dict[str, str]:
        """How our server is told of all this; with a place for the key it is an app."""
        where = {"GITHUB_API_URL": self.url, "ORCHESTRATOR_GITHUB_URL": self.url, "GITHUB_WEBHOOK_SECRET": SECRET}
        if app_key is None:
            return where | {"GITHUB_TOKEN": TOKEN}
        app_key.write_bytes(private_key())
        return where | {"ORCHESTRATOR_GITHUB_APP_ID": str(APP_ID), "ORCHESTRATOR_GITHUB_APP_KEY_FILE": str(app_key)}

    def install(self, owner: str) -> None:
        """Our app, for all repositories of this owner."""
        self.world.installations[owner.lower()] = self.world.id()

    def repository(
        self, slug: str, texts: dict[str, str] | None = None, *, ours: str = "write", private: bool = True
    ) -> Repo:
        """With what our own account may do there."""
        repo = self.world.repository(slug, texts, private=private)
        repo.people[self.me.login.lower()] = ours
        return repo

    def person(self, login: str, repo: Repo | None = None, may: str = "") -> "Person":
        if repo and may:
            repo.people[login.lower()] = may
        return Person(self.world, self.world.account(login))

    async def deliver(
        self, to: str, *which: Delivery, secret: str = SECRET, times: int = 1, **headers: str
    ) -> list[int]:
        """Send webhooks, signed, in this order; without any, all that happened since the last time."""
        if not which:
            which, self._told = tuple(self.world.happened[self._told :]), len(self.world.happened)
        codes = []
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            for delivery in which * times:
                answer = await client.post(to, content=delivery.body, headers=signed(delivery, secret) | headers)
                self.sent.append((delivery, answer.status_code))
                codes.append(answer.status_code)
        return codes

    async def __aenter__(self) -> Self:
        how: dict[str, Any] = {"interface": "asgi3", "lifespan": "off", "ws": "none", "proxy_headers": False}
        config = uvicorn.Config(self._app, log_config=None, access_log=False, **how)
        config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(config, self._state, {}), LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self.world.url = self.url
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._server.close()
        while self._state.connections or self._state.tasks:
            for connection in list(self._state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
        if self.wrong and kind is None:
            raise self.wrong[0]

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        reply = Reply(receive, send, scope["extensions"]["cut"]["now"])
        content = await reply.content()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        try:
            await self._answer(scope["method"], scope["path"], query, headers, content, reply)
        except Exception as wrong:
            self.wrong.append(wrong)
            raise

    async def _answer(
        self, method: str, path: str, query: str, headers: dict[str, str], content: bytes, reply: Reply
    ) -> None:
        self.asked.append(f"{method} {path}")
        fault = self._fault(f"{method} {path}")
        if fault and fault.go:
            await fault.go.wait()
        if fault and fault.slow:
            await asyncio.sleep(fault.slow)
        failing = fault and (fault.status or fault.drop)
        if fault and failing and not fault.after:
            return await self._fail(fault, reply)
        if ".git/" in path:
            said = await self._git(method, path, query, headers, content)
        else:
            said = self._api(method, path, query, headers, content)
        if fault and failing:
            return await self._fail(fault, reply)
        return await _send(reply, *said)

    def _fault(self, called: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and re.search(fault.on, called):
                fault.times -= 1
                return fault
        return None

    async def _fail(self, fault: Fault, reply: Reply) -> None:
        if fault.drop:
            return await reply.break_off()
        body = json.dumps({"message": fault.message}).encode()
        return await _send(reply, fault.status, dict(fault.headers), body)

    def _api(self, method: str, path: str, query: str, headers: dict[str, str], content: bytes) -> Any:
        params = dict(httpx.QueryParams(query))
        try:
            if not headers.get("user-agent"):
                raise No(403, "Please make sure your request has a User-Agent header")
            code, data = self._called(method, path, params, headers, content)
        except No as no:
            told = {"message": no.message, "documentation_url": "https://docs.github.com/rest", "status": str(no.code)}
            return no.code, {}, json.dumps(told | ({"errors": no.errors} if no.errors else {})).encode()
        if data is None:
            return code, {}, b""
        more = {}
        if method == "GET" and isinstance(data, list):
            data, more = _page(data, params, f"{self.url}{path}")
        body = json.dumps(data).encode()
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if method == "GET" and headers.get("if-none-match") == tag:
            self.unchanged += 1
            return 304, {"etag": tag}, b""
        return code, more | ({"etag": tag} if method == "GET" else {}), body

    def _called(self, method: str, path: str, params: Any, headers: dict[str, str], content: bytes) -> tuple[int, Any]:
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if kind not in ("Bearer", "token"):
            raise No(401, "Requires authentication")
        if shown.count(".") == 2:
            return self._as_app(path, shown, method)
        by = self.tokens.get(shown) or self._given.get(shown)
        if by is None:
            raise No(401, "Bad credentials")
        try:
            given = json.loads(content) if content else {}
        except ValueError:
            raise No(400, "Problems parsing JSON") from None
        if not isinstance(given, dict):
            raise No(400, "Body should be a JSON object")
        app = shown in self._given
        if app and path.startswith("/repos/") and not self._installed(path.split("/")[2], shown):
            raise No(404, "Not Found")
        return github_routes.answered(self.world, by, app, method, path, params, given)

    def _as_app(self, path: str, word: str, method: str) -> tuple[int, Any]:
        _verified(word)
        code, data = github_routes.installation(self.world, path, self.app)
        if "token" in data:
            assert method == "POST"
            self._given[data["token"]] = self.app
        return code, data

    def _installed(self, owner: str, token: str) -> bool:
        return token.endswith(f"_{self.world.installations.get(owner.lower(), 'nowhere')}")

    def forget_keys(self) -> None:
        """The keys that our app was given are withdrawn."""
        self._given.clear()

    async def _git(self, method: str, path: str, query: str, headers: dict[str, str], content: bytes) -> Any:
        slug = path[1:].partition(".git/")[0]
        repo = self.world.repos.get(slug.lower())
        by, app = self._shown(headers), self._is_app(headers)
        rank = 0 if repo is None else RANK["write" if app else repo(by.login if by else "")]
        asks = {"www-authenticate": 'Basic realm="GitHub"'}
        if repo is None or (rank < RANK["read"]):
            return (404, {}, b"Not found") if by else (401, asks, b"")
        writing = "git-receive-pack" in path or "git-receive-pack" in query
        if writing and (rank < RANK["write"] or repo.archived):
            return (403, {}, b"Write access to repository not granted.") if by else (401, asks, b"")
        before = repo.git.heads()
        said = await github_git.served(
            self.world.folder, path, query, method, headers, content, by.login if by and writing else ""
        )
        if writing and method == "POST":
            self.world.pushed(repo, by or self.me, before)
        return said

    def _shown(self, headers: dict[str, str]) -> Account | None:
        token = _basic(headers)
        return self.tokens.get(token) or self._given.get(token)

    def _is_app(self, headers: dict[str, str]) -> bool:
        return _basic(headers) in self._given


@dataclass(frozen=True)
class Person:
    """Somebody at GitHub's pages."""

    world: World
    account: Account

    @property
    def login(self) -> str:
        return self.account.login

    def opens(self, repo: Repo, title: str, body: str = "") -> int:
        return self.world.open_issue(repo, self.account, title, body)["number"]

    def closes(self, repo: Repo, number: int) -> None:
        change = self.world.edit_pull if number in repo.pulls else self.world.edit_issue
        change(repo, self.account, number, state="closed")

    def says(self, repo: Repo, number: int, body: str) -> int:
        return self.world.comment(repo, self.account, number, body)["id"]

    def edits(self, repo: Repo, comment: int, body: str) -> None:
        self.world.edit_comment(repo, self.account, comment, body)

    def deletes(self, repo: Repo, comment: int) -> None:
        self.world.delete_comment(repo, self.account, comment)

    def reacts(self, repo: Repo, content: str, *, comment: int = 0, issue: int = 0) -> None:
        self.world.react(repo, self.account, "comment" if comment else "issue", comment or issue, content)

    def reviews(self, repo: Repo, number: int, state: str = "APPROVED", body: str = "") -> None:
        self.world.review(repo, self.account, number, state, body)

    def pushes(self, repo: Repo, branch: str, texts: dict[str, str], start: str = "main") -> str:
        before = repo.git.heads()
        made = repo.git.commit(branch, texts, self.login, "By hand", start)
        self.world.pushed(repo, self.account, before)
        return made

    def merges(self, repo: Repo, number: int) -> str:
        repo.pulls[number]["draft"] = False
        return self.world.merge(repo, self.account, number, "", "merge", "", "")


def signed(delivery: Delivery, secret: str = SECRET) -> dict[str, str]:
    """The headers with which GitHub sends a webhook."""
    return {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/abc1234",
        "x-github-event": delivery.event,
        "x-github-delivery": delivery.id,
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), delivery.body, "sha256").hexdigest(),
    }


def private_key() -> bytes:
    """Of our app."""
    if not KEYS:
        KEYS.append(rsa.generate_private_key(65537, 2048))
    plain = serialization.NoEncryption()
    return KEYS[0].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)


def _verified(word: str) -> None:
    """As strict as GitHub about who an app is: signed, for ten minutes at most, and not from tomorrow."""
    body, _, signature = word.rpartition(".")
    pad = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    claims = json.loads(pad(body.split(".")[1]))
    try:
        KEYS[0].public_key().verify(pad(signature), body.encode(), padding.PKCS1v15(), hashes.SHA256())
    except Exception:
        raise No(401, "A JSON web token could not be decoded") from None
    if claims["exp"] - claims["iat"] > 600 or claims["exp"] < time.time() or claims["iat"] > time.time():
        raise No(401, "'Expiration time' claim ('exp') is too far in the future")
    if claims["iss"] != str(APP_ID):
        raise No(401, "'Issuer' claim ('iss') is wrong")


def _basic(headers: dict[str, str]) -> str:
    kind, _, shown = headers.get("authorization", "").partition(" ")
    return base64.b64decode(shown).decode().partition(":")[2] if kind == "Basic" else ""


def _page(data: list[Any], params: dict[str, str], url: str) -> tuple[list[Any], dict[str, str]]:
    size, number = min(100, int(params.get("per_page", 30))), int(params.get("page", 1))
    more = len(data) > size * number
    query = httpx.QueryParams(params | {"page": number + 1})
    return data[(number - 1) * size : number * size], {"link": f'<{url}?{query}>; rel="next"'} if more else {}


async def _send(reply: Reply, status: int, headers: dict[str, str], body: bytes) -> None:
    kind = {name.lower(): value for name, value in headers.items()}.pop("content-type", "application/json")
    named = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999"} | headers
    pairs = {name.lower().replace("-", "_"): value for name, value in named.items() if name.lower() != "content-type"}
    await reply.begin(status, kind, **pairs)
    if body:
        await reply.send({"type": "http.response.body", "body": body, "more_body": True})
    await reply.end()
