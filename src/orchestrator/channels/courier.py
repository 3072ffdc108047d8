"""Shows what is due: room by room in order, as its subject stands at that moment, with patience and without hurry."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.channels import ringing
from orchestrator.channels.lanes import Lanes
from orchestrator.channels.ports import Channel, Letter, Refusal, Shown, TryAgain
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.errors import Unreachable
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import posts, rooms
from orchestrator.store.elsewhere import PostRow, RoomRow

log = structlog.get_logger(__name__)
LOOK_AGAIN_S = 5.0
AT_ONCE = 16  # rooms
MOST_TRIES = 12
FIRST_S, LONGEST_S = 1.0, 600.0  # pauses between tries
LIMIT_S = 60.0  # for one message
OURS = "Something went wrong on our side while this was shown."


async def forever(channels: dict[str, Channel]) -> None:
    """Show what is due and what becomes due, until cancelled."""
    with runtime().bus.follow(posts.WAKES) as follower:
        lanes = Lanes(AT_ONCE, follower.wake)
        try:
            while True:
                await follower.changed(within=await _round(channels, lanes))
        finally:
            await lanes.end()


async def _round(channels: dict[str, Channel], lanes: Lanes) -> float:
    """Begin with each room that has something to show; returns how long nothing else is due."""
    try:
        if await read(ringing.is_over):
            await tx(ringing.release)
        now = clock.now()
        due, after = await read(posts.due, now), await read(posts.next_due, now)
    except Unreachable as away:
        log.warning("courier.put_off", reason=str(away))
        return LOOK_AGAIN_S
    for room_id, found in groupby(due, key=lambda post: post.room_id):
        if lanes.free(room_id):
            lanes.begin(room_id, _room(channels, [post.id for post in found]))
    return min(LOOK_AGAIN_S, max(0.02, (after - clock.now()).total_seconds())) if after else LOOK_AGAIN_S


async def _room(channels: dict[str, Channel], due: list[str]) -> None:
    """One after the other; where a new message does not get through, those after it wait."""
    for post_id in due:
        try:
            if not await _post(channels, post_id):
                return
        except Unreachable as away:
            log.warning("post.put_off", reason=str(away))
            await asyncio.sleep(1)
            return


@dataclass(frozen=True, slots=True)
class Going:
    """A message on its way."""

    post: PostRow
    room: RoomRow
    letter: Letter
    mark: str  # the hash of the letter
    silent: bool
    rings: bool
    unsure: bool


async def _post(channels: dict[str, Channel], post_id: str) -> bool:
    """Show one; False where the room has to wait."""
    going = await tx(_begin, channels, post_id)
    if going is None:
        return True
    channel = channels[going.room.channel]
    faults.point(f"post:begun:{channel.name}")
    try:
        async with asyncio.timeout(LIMIT_S):
            shown = await channel.show(going.post, going.room, going.letter, silent=going.silent, unsure=going.unsure)
    except Refusal as refusal:
        log.warning("post.refused", channel=channel.name, subject=going.post.subject, reason=str(refusal))
        await tx(_dead, going, str(refusal), shut=refusal.shut)
        return not refusal.shut
    except TryAgain as problem:
        return await tx(_later, going, str(problem), problem.seconds, hush=problem.hush)
    except TimeoutError:
        return await tx(_later, going, "The service took too long to answer.", None)
    except Exception:
        log.exception("post.failed", channel=channel.name, subject=going.post.subject)
        return await tx(_later, going, OURS, None)
    faults.point(f"post:sent:{channel.name}")
    await tx(_done, going, shown)
    faults.point(f"post:shown:{channel.name}")
    return True


async def _begin(db: AsyncSession, channels: dict[str, Channel], post_id: str) -> Going | None:
    """Compose it from the rows, and note that it is on its way; nothing where there is nothing to show, or not now."""
    post = await posts.get(db, post_id)
    room = await rooms.locked(db, post.room_id)
    now = clock.now()
    if post.status is not PostStatus.DUE or post.due_at > now or room.problem or room.channel not in channels:
        return None
    letter = await channels[room.channel].compose(db, post, room)
    mark = marked(letter) if letter else ""
    if letter is None or mark == post.shown:
        post.tries, post.problem = 0, ""
        _rests(post, letter)
        return None
    if post.rings and not post.outside and (until := await ringing.put_off(db, post, room)):
        post.status, post.due_at = PostStatus.HELD, until
        return None
    unsure = post.begun_at is not None and not post.outside
    post.begun_at = now
    return Going(post, room, letter, mark, ringing.is_silent(post), post.rings and not post.outside, unsure)


def marked(letter: Letter) -> str:
    """What tells letters apart that do not look the same."""
    said = json.dumps([letter.text, letter.more], sort_keys=True, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


async def _done(db: AsyncSession, going: Going, shown: Shown) -> None:
    post = await posts.get(db, going.post.id)
    now = clock.now()
    post.outside, post.shown, post.details = shown.outside, going.mark, dict(shown.details)
    post.shown_at, post.tries, post.problem = now, 0, ""
    if going.rings and not going.silent:
        post.rang_at = now
    if post.due_at == going.post.due_at:
        _rests(post, going.letter)  # else its subject changed meanwhile: it is shown once more


def _rests(post: PostRow, letter: Letter | None) -> None:
    """It is shown as it is, until something changes; time alone may be that."""
    post.status = PostStatus.SHOWN
    if letter and letter.until:
        post.status, post.due_at = PostStatus.DUE, letter.until


async def _dead(db: AsyncSession, going: Going, problem: str, *, shut: bool) -> None:
    post = await posts.get(db, going.post.id)
    post.status, post.problem, post.due_at = PostStatus.DEAD, problem, clock.now()
    if shut:
        await rooms.shut(db, going.room.id, problem)


async def _later(db: AsyncSession, going: Going, problem: str, seconds: float | None, *, hush: bool = False) -> bool:
    """Try again after a pause that grows. A new message holds up those after it: they come in order."""
    post = await posts.get(db, going.post.id)
    if not hush and post.tries + 1 >= MOST_TRIES:
        log.warning("post.given_up", channel=going.room.channel, subject=post.subject, reason=problem)
        post.status, post.problem, post.due_at = PostStatus.DEAD, problem, clock.now()
        return True
    pause = min(LONGEST_S, FIRST_S * 2.0**post.tries) if seconds is None else seconds
    if hush:
        post.problem, post.due_at = problem, clock.now()  # a flood is no failure of this message
    else:
        posts.later(post, problem, pause)
    if hush or not post.outside:
        await rooms.hush(db, going.room.id, clock.now() + timedelta(seconds=pause))
        return False
    return True
