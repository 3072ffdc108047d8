"""The little of GitHub's REST API that is needed to speak with somebody in the comments of an issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from orchestrator import clock
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors.scar.http import Unsure

PAGE = 100
GONE = "GitHub cannot be reached at the moment."
SILENT = "GitHub does not answer at the moment."
KEY = "GitHub does not accept our key (GITHUB_TOKEN). Whoever runs this installation can give us another one."
HIDDEN = "GitHub does not show us “{slug}”, or does not let us write there. Our key has to be allowed to."
CLOSED = "GitHub does not take our comment: {why}"
FOREIGN = "What answers at GitHub’s address is not GitHub."
LIMITED = (403, 429)
MOST_WAIT_S = 3600
LAST_ERROR = 500


Form = TypeVar("Form", bound=BaseModel)


class _User(BaseModel):
    login: str


class _Comment(BaseModel):
    id: int
    body: str | None = None
    user: _User | None = None


class _Issue(BaseModel):
    number: int
    body: str | None = None


class _Notice(BaseModel):
    """What GitHub's webhook says about a comment."""

    class _Where(BaseModel):
        full_name: str

    action: str
    comment: _Comment
    issue: _Issue
    repository: _Where


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    author: str
    text: str

    @classmethod
    def of(cls, given: _Comment) -> Self:
        return cls(given.id, given.user.login if given.user else "", given.body or "")


class Limited(Exception):
    """GitHub wants to be left alone for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def noticed(payload: Mapping[str, Any]) -> tuple[str, int, Comment] | None:
    """The repository, the issue and the comment that a notice of GitHub is about; None if it says nothing new."""
    try:
        notice = _Notice.model_validate(payload)
    except ValidationError:
        return None
    if notice.action == "deleted":
        return None
    return notice.repository.full_name.lower(), notice.issue.number, Comment.of(notice.comment)


def slug(url: str) -> str:
    """Owner and name of a repository, from its address."""
    parts = urlsplit(url).path.rstrip("/").removesuffix(".git").split("/")
    return "/".join(parts[-2:])


class Github:
    """Asks for what it knows already only whether it has changed: that costs nothing of what we may ask."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str, repository: str) -> None:
        self._client, self._url, self.slug = client, url.rstrip("/"), repository
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        self._known: dict[str, tuple[str, Any]] = {}

    async def me(self) -> str:
        return self._read(_User, await self._get("/user")).login

    async def issue(self, mark: str, title: str, body: str) -> int:
        """The one with this mark in it, opened if there is none yet."""
        me, page = await self.me(), 1
        while found := await self._get(f"/repos/{self.slug}/issues?creator={me}&state=all&per_page={PAGE}&page={page}"):
            for issue in (self._read(_Issue, each) for each in found):
                if mark in (issue.body or ""):
                    return issue.number
            page += 1
        given = {"title": title, "body": f"{body}\n\n{mark}"}
        return self._read(_Issue, await self._post(f"/repos/{self.slug}/issues", given)).number

    async def comments(self, issue: int) -> list[Comment]:
        """All of them, oldest first."""
        found: list[Comment] = []
        page = 1
        while True:
            some = await self._get(f"/repos/{self.slug}/issues/{issue}/comments?per_page={PAGE}&page={page}")
            found += [Comment.of(self._read(_Comment, each)) for each in some]
            if len(some) < PAGE:
                return sorted(found, key=lambda comment: comment.id)
            page += 1

    async def say(self, issue: int, text: str) -> int:
        """The number of the comment. Raises Unsure where nobody knows whether it is there."""
        given = await self._post(f"/repos/{self.slug}/issues/{issue}/comments", {"body": text})
        return self._read(_Comment, given).id

    async def _get(self, path: str) -> Any:
        tag, known = self._known.get(path, ("", None))
        answer = await self._sent("GET", path, headers={"If-None-Match": tag} if tag else {})
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return known
        self._known[path] = (answer.headers.get("etag", ""), self._json(answer))
        return self._known[path][1]

    async def _post(self, path: str, given: dict[str, str]) -> Any:
        return self._json(await self._sent("POST", path, json=given))

    async def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = self._headers | more.pop("headers", {})
        try:
            answer = await self._client.request(method, f"{self._url}{path}", headers=headers, **more)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise BuilderLost(GONE) from problem
        except httpx.TransportError as problem:
            raise Unsure(SILENT) from problem
        self._refused(answer)
        return answer

    def _refused(self, answer: httpx.Response) -> None:
        code, about = answer.status_code, {"code": answer.status_code, "answer": answer.text[:LAST_ERROR]}
        if code in LIMITED and (wait := waits(answer)):
            raise Limited(wait)
        if code == httpx.codes.UNAUTHORIZED:
            raise NotPossible(KEY, **about)
        if code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
            raise NotPossible(HIDDEN.format(slug=self.slug), **about)
        if code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unsure(SILENT, **about)
        if code >= httpx.codes.BAD_REQUEST:
            raise NotPossible(CLOSED.format(why=f"it answers with {code}."), **about)

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError as problem:
            raise NotPossible(FOREIGN) from problem

    def _read(self, kind: type[Form], given: Any) -> Form:
        try:
            return kind.model_validate(given)
        except ValidationError as problem:
            raise NotPossible(FOREIGN) from problem


def waits(answer: httpx.Response) -> float:
    """For how long GitHub wants to be left alone; 0 where that is not what it refuses us for."""
    headers = answer.headers
    if (after := headers.get("retry-after", "")).isdigit():
        return min(MOST_WAIT_S, max(1.0, float(after)))
    if headers.get("x-ratelimit-remaining") == "0" and (reset := headers.get("x-ratelimit-reset", "")).isdigit():
        here = clock.now().timestamp()
        return min(MOST_WAIT_S, max(1.0, float(reset) - here))
    return 0.0
