"""Puts what we say into an issue on GitHub as a comment of ours, once, and edits it in place."""

from typing import Final

from orchestrator.channels.github.us import FORBIDDEN, GONE, MISSING, Us, again
from orchestrator.channels.ports import Refusal, Shown, TryAgain
from orchestrator.forge.hub import Later, Refused, talk
from orchestrator.store.elsewhere import PostRow, RoomRow

DELETED: Final = "Somebody deleted this comment of ours on GitHub."
LOCKED: Final = "This issue is locked on GitHub, so nothing can be said there."
NOWHERE: Final = "This is not an issue on GitHub."


def place(room: RoomRow) -> tuple[str, int]:
    """Repository and number. Raises Refusal for a room that is no issue."""
    slug, _, number = room.address.rpartition("#")
    if not slug or not number.isdigit():
        raise Refusal(NOWHERE, shut=True)
    return slug, int(number)


def marked(post: PostRow, text: str) -> str:
    """With a sign that nobody sees, by which we find it again."""
    return f"{_mark(post)}\n{text}"


def _mark(post: PostRow) -> str:
    return f"<!-- orchestrator:{post.id} -->"


async def show(us: Us, post: PostRow, room: RoomRow, text: str, *, unsure: bool) -> Shown:
    slug, number = place(room)
    body = marked(post, text)
    try:
        outside = post.outside or (await _found(us, slug, number, post) if unsure else "")
        if outside:
            return await _edited(us, slug, outside, body)
        comment = await talk.say(us.client, slug, number, body)
    except (Refused, Later) as problem:
        raise _trouble(problem) from problem
    return Shown(str(comment.id), {"url": comment.html_url})


async def _found(us: Us, slug: str, number: int, post: PostRow) -> str:
    """The comment that may have got there: only one of ours counts that begins with its sign."""
    for comment in await talk.comments(us.client, slug, number):
        if (comment.body or "").startswith(_mark(post)) and await us.is_us(comment.author.login):
            return str(comment.id)
    return ""


async def _edited(us: Us, slug: str, outside: str, body: str) -> Shown:
    try:
        comment = await talk.edit(us.client, slug, int(outside), body)
    except Refused as refused:
        if refused.code in {MISSING, GONE}:
            raise Refusal(DELETED) from refused
        raise
    return Shown(str(comment.id), {"url": comment.html_url})


def _trouble(problem: Refused | Later) -> Refusal | TryAgain:
    """An issue that is locked, was deleted or is hidden from us takes nothing any more."""
    found = again(problem)
    if isinstance(found, Refusal) and isinstance(problem, Refused):
        locked = "locked" in problem.said.lower()
        shut = locked or problem.code in {FORBIDDEN, MISSING, GONE}
        return Refusal(LOCKED if locked else str(problem), shut=shut)
    return found
