"""Somebody said or pressed something: who it was, in which of our rooms, and how to answer there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.telegram.buttons import Button
from orchestrator.channels.telegram.updates import Account, Message
from orchestrator.domain.command import Actor
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.runtime import tx
from orchestrator.store import commands, identities, posts, rooms
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.people import User

NAME = "telegram"
NEW, NOTE = ":new", ":note"
ROUTES = (NEW, NOTE, "")  # what words can have been taken for that would be taken for something else the second time


@dataclass(frozen=True, slots=True)
class Visit:
    """`number` is that of the update: all that is done in answer to it is done under that name."""

    number: int
    room: RoomRow
    user: User
    sender: Account
    answers: str | None = None  # the project of our message that this one answers

    @property
    def key(self) -> str:
        return f"{NAME}:{self.number}"

    @property
    def actor(self) -> Actor:
        """For what is said: it is answered in the room."""
        return replace(self.silent, room=self.room.id)

    @property
    def silent(self) -> Actor:
        """For a button: its message shows what came of it."""
        return Actor(self.user.id, self.user.name, NAME)

    @property
    def alone(self) -> bool:
        return self.room.kind is RoomKind.PRIVATE


async def enter(number: int, message: Message, sender: Account) -> Visit | RoomRow | None:
    """Who came where. The room alone for a stranger; nothing where this was taken up before to its end."""
    return await tx(_enter, number, message, sender)


async def _enter(db: AsyncSession, number: int, message: Message, sender: Account) -> Visit | RoomRow | None:
    user = await identities.who(db, NAME, str(sender.id))
    more: dict[str, Any] = {"heard_at": clock.now()}
    if message.chat.is_private:
        kind, title = RoomKind.PRIVATE, sender.name
        more["user_id"] = user.id if user else None
    else:
        kind, title = RoomKind.GROUP, message.chat.title
    room = await rooms.met(db, NAME, message.address, kind, title, **more)
    if await posts.at(db, room.id, f"word:{number}"):
        return None
    if user is None:
        return room
    await identities.called(db, NAME, str(sender.id), sender.name)
    if await _was_done(db, room, user, sender, number):
        return None
    return Visit(number, room, user, sender, await _answered(db, room, message))


async def _was_done(db: AsyncSession, room: RoomRow, user: User, sender: Account, number: int) -> bool:
    """Whether it was taken up before a crash; then only what follows from that is left to do."""
    for route in ROUTES:
        if done := await commands.outcome(db, f"{user.id}:{NAME}:{number}{route}"):
            if route == NEW:
                room.project_id = str(done["project"])
            if route in {NEW, NOTE}:
                room.state = {name: one for name, one in room.state.items() if name != str(sender.id)}
            return True
    return False


async def _answered(db: AsyncSession, room: RoomRow, message: Message) -> str | None:
    to = message.reply_to_message
    post = await posts.by_outside(db, room.id, str(to.message_id)) if to else None
    return post.project_id if post else None


async def say(
    visit: Visit, text: str, rows: Sequence[Sequence[Button]] = (), project: str | None = None, **more: Any
) -> None:
    """Answer, once for each update. `more`: `asks` for an answer, or a `document` to show."""
    await tx(said, visit.room.id, visit.number, text, rows, project, **more)


async def said(
    db: AsyncSession,
    /,
    room_id: str,
    number: int | str,
    text: str,
    rows: Sequence[Sequence[Button]] = (),
    project: str | None = None,
    **more: Any,
) -> None:
    """The same within a transaction."""
    words = {"text": text, "rows": [list(row) for row in rows], **more}
    await posts.add(db, room_id, f"word:{number}", project_id=project, said=words)


async def settle(db: AsyncSession, visit: Visit, message: int, text: str) -> bool:
    """Let a question of ours say what became of it, without its buttons; False where it is none of these."""
    post = await posts.by_outside(db, visit.room.id, str(message))
    if post is None or not post.subject.startswith("word:") or post.said is None:
        return False
    post.said = {"text": text, "rows": []}
    posts.fresh(db, post)
    return True


async def choose(db: AsyncSession, room_id: str, project_id: str | None) -> None:
    """Talk about this project in the room from now on."""
    (await rooms.locked(db, room_id)).project_id = project_id


async def remember(db: AsyncSession, room_id: str, **state: Any) -> None:
    """What we wait to be told there; nothing forgets it."""
    room = await rooms.locked(db, room_id)
    room.state = {name: value for name, value in {**room.state, **state}.items() if value is not None}


def since(at: str) -> datetime:
    return datetime.fromisoformat(at)
