"""Whether a message may interrupt somebody now: else it is held, and comes with others in one digest."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain import calling
from orchestrator.domain.calling import Caller
from orchestrator.domain.elsewhere import PostStatus, RoomKind
from orchestrator.store import gates, manners, people, posts, projects, rooms
from orchestrator.store.elsewhere import PostRow, RoomRow

RELEASED, SILENTLY, ALONE = "released", "silently", "alone"  # what a post remembers of having been held
SPOKEN = ("reply:", "word:")  # answers to what somebody just said


def is_silent(post: PostRow) -> bool:
    """What shows progress, or comes along with a digest, makes no sound."""
    return not (post.rings or post.subject.startswith(SPOKEN)) or post.details.get(RELEASED) == SILENTLY


async def put_off(db: AsyncSession, post: PostRow, room: RoomRow) -> datetime | None:
    """Until when something that rings has to wait in this room; nothing where it may ring now. It waits once."""
    if room.kind is not RoomKind.PRIVATE or room.user_id is None or RELEASED in post.details:
        return None
    zone = _zone((await people.get(db, room.user_id)).zone)
    now = clock.now().astimezone(zone)
    mine = [one.id for one in await rooms.of_user(db, room.channel, room.user_id)]
    rang = await posts.rang_since(db, mine, calling.midnight(now).astimezone(UTC))
    heard = room.heard_at.astimezone(zone) if room.heard_at else None
    until = calling.put_off(Caller(await manners.of(db, room.user_id), now, rang, heard))
    return until.astimezone(UTC) if until else None


async def is_over(db: AsyncSession) -> bool:
    """Whether something was held until now."""
    return bool(await posts.held(db, clock.now(), 1))


async def release(db: AsyncSession) -> None:
    """Let go what was held until now: alone it rings as it would have, several come silently before one digest."""
    found: dict[str, list[PostRow]] = {}
    for post in await posts.held(db, clock.now()):
        found.setdefault(post.room_id, []).append(post)
    for room_id, waiting in found.items():
        await _release(db, room_id, waiting)


async def _release(db: AsyncSession, room_id: str, waiting: list[PostRow]) -> None:
    """What nobody waits for any more is not told; only what follows from it may be, later and without a sound."""
    lines = {post.id: await _line(db, post) for post in waiting}
    asked = [line for line in lines.values() if line]
    how = SILENTLY if len(asked) > 1 else ALONE
    for post in waiting:
        post.status, post.due_at = PostStatus.DUE if lines[post.id] else PostStatus.SHOWN, clock.now()
        post.rings = bool(lines[post.id])
        post.details = {**post.details, RELEASED: how}
    if how == SILENTLY:
        said = {"text": f"{len(asked)} things wait for you:\n\n" + "\n".join(f"- {line}" for line in asked)}
        digest = await posts.add(db, room_id, f"digest:{clock.now():%Y-%m-%dT%H:%M}", rings=True, said=said)
        digest.details = {RELEASED: ALONE}
    posts.wake(db)


async def _line(db: AsyncSession, post: PostRow) -> str:
    """What a digest says of it; nothing where it does not wait for anybody any more."""
    name = (await projects.row(db, post.project_id)).name if post.project_id else ""
    kind, _, rest = post.subject.partition(":")
    if kind in {"gate", "reminder"}:
        gate = await gates.get(db, rest.partition(":")[0])
        return f"{name}: {gate.question}" if gate.answered_at is None else ""
    return f"{name} is complete." if kind == "done" else name


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name else UTC
