"""Brings a message to Telegram: sent once, edited afterwards; a long one as several, a document as a file."""

from typing import Any

from orchestrator.channels.ports import Letter, Shown, TryAgain
from orchestrator.channels.telegram import moving
from orchestrator.channels.telegram.calls import Calls, Gone, Moved, Rows
from orchestrator.store.elsewhere import PostRow, RoomRow

MOVED = "The group has another number now."


async def show(calls: Calls, post: PostRow, room: RoomRow, letter: Letter, *, silent: bool) -> Shown:
    """Send it, or edit what is there. Raises Refusal and TryAgain."""
    chat, topic = place(room.address)
    try:
        if post.outside:
            return await _edit(calls, post, chat, topic, letter, silent=silent)
        return await _send(calls, post, chat, topic, letter, silent=silent)
    except Moved as moved:
        await moving.follow(chat, moved.to)
        raise TryAgain(MOVED, 0) from None


def place(address: str) -> tuple[int, int | None]:
    """Chat, and topic where there is one."""
    chat, _, topic = address.partition("/")
    return int(chat), int(topic) if topic else None


async def _send(calls: Calls, post: PostRow, chat: int, topic: int | None, letter: Letter, *, silent: bool) -> Shown:
    """The buttons, and the number by which we know it, belong to the last of several."""
    *before, last = _texts(letter)
    ids = [await calls.send(chat, topic, text, silent=silent) for text in before]
    outside = await calls.send(
        chat, topic, last, _rows(letter), silent=silent or bool(ids), asks=bool(letter.more.get("asks"))
    )
    details: dict[str, Any] = {"before": ids} if ids else {}
    if file := letter.more.get("file"):
        details["file"] = await calls.file(chat, topic, str(file["name"]), str(file["text"]), silent=True)
    if old := post.details.get("old"):
        await calls.bare(chat, int(old))  # it was shown further up: there is one message with these buttons
    return Shown(str(outside), details)


async def _edit(calls: Calls, post: PostRow, chat: int, topic: int | None, letter: Letter, *, silent: bool) -> Shown:
    """Change what is there. What was removed is shown again only where it still waits for an answer."""
    texts = _texts(letter)
    before = [int(id) for id in post.details.get("before", ())]
    try:
        for id, text in zip(before, texts[:-1], strict=False):
            await calls.edit(chat, id, text)
        await calls.edit(chat, int(post.outside), texts[-1], _rows(letter))
    except Gone:
        if letter.more.get("waits"):
            return await _send(calls, post, chat, topic, letter, silent=silent)
    return Shown(post.outside, {name: value for name, value in post.details.items() if name != "digest"})


def _texts(letter: Letter) -> list[str]:
    return [letter.text, *letter.more.get("rest", ())]


def _rows(letter: Letter) -> Rows:
    rows: Rows = letter.more.get("rows", ())
    return rows
