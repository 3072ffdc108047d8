"""Issues, comments and reactions, and who may do what in a repository."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from orchestrator.forge.hub.client import Client
from orchestrator.forge.hub.troubles import NOT_THERE, Refused
from orchestrator.forge.hub.values import Comment, Issue, Reaction, many, one

WRITES = frozenset({"admin", "maintain", "write"})
LONGEST = 65_536  # characters of a comment


@dataclass(frozen=True, slots=True)
class News:
    """What changed since we looked last; `etag` is for the next look."""

    comments: tuple[Comment, ...] = ()
    issues: tuple[Issue, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    etag: str = ""
    unchanged: bool = False


async def permission(client: Client, slug: str, login: str) -> str:
    """What somebody may do there: admin, maintain, write, triage, read or none."""
    try:
        told = (await client.get(f"/repos/{slug}/collaborators/{quote(login, safe='')}/permission")).data
    except Refused as refused:
        if refused.code == NOT_THERE:
            return "none"
        raise
    return str(told.get("role_name") or told.get("permission") or "none")


async def writes(client: Client, slug: str, login: str) -> bool:
    """Whether somebody may change what is in the repository, and therefore command us there."""
    return await permission(client, slug, login) in WRITES


async def issue(client: Client, slug: str, number: int) -> Issue:
    return one(Issue, (await client.get(f"/repos/{slug}/issues/{number}")).data)


async def open_issue(client: Client, slug: str, title: str, body: str) -> Issue:
    return one(Issue, await client.send("POST", f"/repos/{slug}/issues", title=title, body=body))


async def issues_since(client: Client, slug: str, since: datetime, etag: str = "", page: int = 1) -> News:
    """Issues and pull requests that changed since, the one that changed first before the others."""
    how: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc", "per_page": 100, "page": page}
    answer = await client.get(f"/repos/{slug}/issues", etag=etag, since=_time(since), **how)
    return News(issues=tuple(many(Issue, answer.data or [])), etag=answer.etag, unchanged=answer.unchanged)


async def open_issues(client: Client, slug: str) -> list[Issue]:
    """Those that are open, the oldest first, without pull requests."""
    found = await client.all(f"/repos/{slug}/issues", state="open", sort="created", direction="asc")
    return [each for each in many(Issue, found) if each.pull_request is None]


async def comment(client: Client, slug: str, id: int) -> Comment:
    return one(Comment, (await client.get(f"/repos/{slug}/issues/comments/{id}")).data)


async def comments(client: Client, slug: str, issue: int) -> list[Comment]:
    """All of an issue, oldest first."""
    return many(Comment, await client.all(f"/repos/{slug}/issues/{issue}/comments"))


async def comments_since(client: Client, slug: str, since: datetime, etag: str = "", page: int = 1) -> News:
    """Comments on any issue that are new or were changed since, the one that changed first before the others."""
    how: dict[str, Any] = {"sort": "updated", "direction": "asc", "per_page": 100, "page": page}
    answer = await client.get(f"/repos/{slug}/issues/comments", etag=etag, since=_time(since), **how)
    return News(comments=tuple(many(Comment, answer.data or [])), etag=answer.etag, unchanged=answer.unchanged)


async def say(client: Client, slug: str, issue: int, body: str) -> Comment:
    return one(Comment, await client.send("POST", f"/repos/{slug}/issues/{issue}/comments", body=body))


async def edit(client: Client, slug: str, comment: int, body: str) -> Comment:
    return one(Comment, await client.send("PATCH", f"/repos/{slug}/issues/comments/{comment}", body=body))


async def react(client: Client, slug: str, content: str, *, comment: int = 0, issue: int = 0) -> None:
    """Show a sign such as eyes, +1 or rocket on a comment or on an issue; shown already, it stays one."""
    where = f"comments/{comment}" if comment else str(issue)
    await client.send("POST", f"/repos/{slug}/issues/{where}/reactions", content=content)


async def reactions(client: Client, slug: str, *, comment: int = 0, issue: int = 0, etag: str = "") -> News:
    """Whose signs stand there, the oldest first."""
    where = f"comments/{comment}" if comment else str(issue)
    answer = await client.get(f"/repos/{slug}/issues/{where}/reactions", etag=etag, per_page=100)
    return News(reactions=tuple(many(Reaction, answer.data or [])), etag=answer.etag, unchanged=answer.unchanged)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
