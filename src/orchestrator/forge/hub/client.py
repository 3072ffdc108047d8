"""Ask GitHub, as ourselves or as a GitHub App; it tries nothing twice, and says plainly what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from orchestrator.forge.hub import app
from orchestrator.forge.hub.troubles import FOREIGN, GONE, SILENT, UNAUTHORIZED, Later, Refused, trouble
from orchestrator.settings import Settings

PAGE = 100
PATIENCE = httpx.Timeout(20, connect=10)
ENTERPRISE = "/api/v3"
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "project-orchestrator",
}
UNCHANGED, LIMITED_AT = 304, ("RATE_LIMITED", "RATE_LIMIT")


@dataclass(frozen=True, slots=True)
class Answer:
    """`etag` is to be shown when the same is asked again: then what is `unchanged` is not told, and costs nothing."""

    data: Any
    etag: str = ""
    unchanged: bool = False
    more: bool = False  # there is another page


class Client:
    """GitHub, under one account. `url` is where it is asked, `web` where it is read and repositories are copied from.

    All calls raise Refused for what will never work, and Later for what may work later.
    """

    def __init__(
        self,
        url: str,
        web: str,
        token: str = "",
        of_app: tuple[int, str] | None = None,
        patience: httpx.Timeout = PATIENCE,
    ) -> None:
        self.url, self.web = url.rstrip("/"), web.rstrip("/")
        self._token, self._login, self._patience = token, "", patience
        self.app = app.App(*of_app, ask=self._as_app) if of_app else None

    async def login(self) -> str:
        """What our own account is called: never to be answered."""
        if not self._login:
            self._login = await self.app.login() if self.app else str((await self.get("/user")).data["login"])
        return self._login

    async def key(self, owner: str) -> str:
        """What git may show for the repositories of this owner."""
        return await self.app.key(owner) if self.app else self._token

    def page(self, slug: str, kind: str = "", number: int | str = "") -> str:
        """Where people see it: a repository, or something of this kind and number in it."""
        return "/".join(filter(None, [self.web, slug, kind, str(number)]))

    async def get(self, path: str, *, owner: str = "", etag: str = "", **params: Any) -> Answer:
        return await self.ask("GET", path, owner=owner, etag=etag, params=params)

    async def all(self, path: str, *, most: int = 10, of: str = "", **params: Any) -> list[Any]:
        """What there is on all pages, up to so many; `of` names the list where it is wrapped."""
        found: list[Any] = []
        for number in range(1, most + 1):
            answer = await self.get(path, per_page=PAGE, page=number, **params)
            found += answer.data[of] if of else answer.data
            if not answer.more:
                break
        return found

    async def send(self, method: str, path: str, *, owner: str = "", **given: Any) -> Any:
        return (await self.ask(method, path, owner=owner, given=given)).data

    async def graph(self, query: str, owner: str, **variables: Any) -> Any:
        """For the little that the rest of the API cannot do."""
        parts = urlsplit(self.url)
        path = parts.path.removesuffix("/v3") if parts.path.endswith(ENTERPRISE) else parts.path
        url = urlunsplit((*parts[:2], f"{path}/graphql", "", ""))
        said = (await self.ask("POST", url, owner=owner, given={"query": query, "variables": variables})).data
        if errors := said.get("errors"):
            if errors[0].get("type") in LIMITED_AT:
                raise trouble(429, {}, "", "")
            raise trouble(422, {}, str(errors[0].get("message", "")), "")
        return said["data"]

    async def ask(
        self,
        method: str,
        path: str,
        *,
        owner: str = "",
        etag: str = "",
        given: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One question, one answer. Whose repositories it is about follows from the path, where it names one."""
        whose = owner or _owner(path)
        try:
            return await self._asked(method, path, await self.key(whose), etag, given, params)
        except Refused as refused:
            if self.app is None or refused.code != UNAUTHORIZED:
                raise
            self.app.forget(whose)
            return await self._asked(method, path, await self.key(whose), etag, given, params)

    async def close(self) -> None:
        await self._line.aclose()

    async def _as_app(self, method: str, path: str, word: str) -> Any:
        return (await self._asked(method, path, word)).data

    async def _asked(
        self,
        method: str,
        path: str,
        key: str,
        etag: str = "",
        given: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {key}"} | ({"If-None-Match": etag} if etag else {})
        try:
            response = await self._line.request(method, path, headers=headers, params=params or None, json=given)
        except httpx.TimeoutException as late:
            raise Later(SILENT, 5.0, unsure=not isinstance(late, httpx.ConnectTimeout)) from late
        except httpx.RequestError as gone:
            raise Later(GONE, 5.0, unsure=not isinstance(gone, httpx.ConnectError)) from gone
        if response.is_error:
            raise trouble(response.status_code, response.headers, _said(response), _what(path))
        return _answer(response)

    @cached_property
    def _line(self) -> httpx.AsyncClient:
        """A repository that was renamed is asked for under its new name, as GitHub says."""
        return httpx.AsyncClient(
            base_url=self.url, headers=HEADERS, timeout=self._patience, trust_env=False, follow_redirects=True
        )


def client(settings: Settings) -> Client | None:
    """Who we are on GitHub, if anybody. Raises WrongSetting where the key of our app cannot be used."""
    url, web = settings.github_api_url, settings.github_url
    if settings.github_app_id:
        return Client(url, web, of_app=(settings.github_app_id, app.read(settings.github_app_key_file)))
    if settings.github_token:
        return Client(url, web, settings.github_token.get_secret_value())
    return None


def _owner(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "repos" and len(parts) > 1 else ""


def _what(path: str) -> str:
    parts = path.strip("/").split("/")
    return f"“{parts[1]}/{parts[2]}”" if parts[0] == "repos" and len(parts) > 2 else "this"  # noqa: PLR2004


def _said(response: httpx.Response) -> str:
    """Why, in GitHub's own words."""
    try:
        told = response.json()
    except ValueError:
        return response.text
    if not isinstance(told, dict):
        return response.text
    errors = told.get("errors")
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    more = [each.get("message", "") if isinstance(each, dict) else str(each) for each in listed]
    return "\n".join(filter(None, [str(told.get("message", "")), *more]))


def _answer(response: httpx.Response) -> Answer:
    etag, unchanged = response.headers.get("etag", ""), response.status_code == UNCHANGED
    more = 'rel="next"' in response.headers.get("link", "")
    if unchanged or not response.content:
        return Answer(None, etag, unchanged=unchanged)
    try:
        return Answer(response.json(), etag, more=more)
    except ValueError as problem:
        raise Refused(FOREIGN, response.status_code) from problem
