"""Pull requests: opened, kept up to date, made ready, merged, closed, and what reviewers say of them."""

from dataclasses import dataclass
from typing import Any

from orchestrator.forge.hub import refusals
from orchestrator.forge.hub.client import Client
from orchestrator.forge.hub.troubles import Refused
from orchestrator.forge.hub.values import Pull, Review, many, one

READY = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }"
DRAFT = "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }"
NOT_UNDERSTOOD, NOT_MERGEABLE, MOVED = 422, 405, 409


@dataclass(frozen=True, slots=True)
class Merged:
    sha: str
    by: str


async def get(client: Client, slug: str, number: int) -> Pull:
    return one(Pull, (await client.get(f"/repos/{slug}/pulls/{number}")).data)


async def of_branch(client: Client, slug: str, branch: str) -> Pull | None:
    """The newest that was opened for a branch, whatever became of it."""
    head = f"{slug.partition('/')[0]}:{branch}"
    found = (await client.get(f"/repos/{slug}/pulls", head=head, state="all", sort="created", direction="desc")).data
    return one(Pull, found[0]) if found else None


async def opened(client: Client, slug: str, branch: str, base: str, title: str, body: str, *, draft: bool) -> Pull:
    """As a draft where GitHub knows drafts there."""
    given = {"head": branch, "base": base, "title": title, "body": body}
    path = f"/repos/{slug}/pulls"
    try:
        return one(Pull, await client.send("POST", path, **given, draft=draft))
    except Refused as refused:
        if not (draft and refused.code == NOT_UNDERSTOOD and "draft" in refused.said.lower()):
            raise
        return one(Pull, await client.send("POST", path, **given, draft=False))


async def edited(client: Client, slug: str, number: int, **given: Any) -> Pull:
    """Change `title`, `body` or `state`."""
    return one(Pull, await client.send("PATCH", f"/repos/{slug}/pulls/{number}", **given))


async def set_draft(client: Client, slug: str, pull: Pull, *, draft: bool) -> None:
    if pull.draft is not draft:
        await client.graph(DRAFT if draft else READY, slug.partition("/")[0], id=pull.node_id)


async def reviews(client: Client, slug: str, number: int) -> list[Review]:
    """All, the oldest first."""
    return many(Review, await client.all(f"/repos/{slug}/pulls/{number}/reviews"))


def opinion(reviews: list[Review]) -> tuple[str, tuple[str, ...]]:
    """What reviewers think now and who: each one's last word that is an opinion counts. Pure."""
    last: dict[str, str] = {}
    for review in reviews:
        name = review.user.login if review.user else ""
        if review.state in {"APPROVED", "CHANGES_REQUESTED"}:
            last[name] = review.state
        elif review.state == "DISMISSED":
            last.pop(name, None)
    for state, word in (("CHANGES_REQUESTED", "changes"), ("APPROVED", "approved")):
        if people := tuple(sorted(name for name, said in last.items() if said == state)):
            return word, people
    return "", ()


async def merge(client: Client, slug: str, number: int, sha: str, title: str, message: str) -> str:
    """Merge exactly this save point; gives the one with which it was merged.

    Raises Refused with a plain sentence where the branch moved, something is missing, or we may not.
    """
    for method in ("merge", "squash"):
        given = {"sha": sha, "merge_method": method, "commit_title": title, "commit_message": message}
        try:
            told = await client.send("PUT", f"/repos/{slug}/pulls/{number}/merge", **given)
        except Refused as refused:
            if method == "merge" and refusals.only_squashed(refused.said):
                continue
            raise refusals.of_merge(refused) from refused
        return str(told["sha"])
    raise AssertionError("the last way returns or raises")
