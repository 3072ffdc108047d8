"""Looks on GitHub for what its webhooks do not bring, and makes of it what they would have brought."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.github import answering
from orchestrator.channels.github.us import NAME, Us
from orchestrator.domain import deliveries
from orchestrator.errors import NotUnderstood, Unreachable
from orchestrator.forge.hub import Later, Refused
from orchestrator.runtime import read, tx
from orchestrator.store import arrivals, cursors, posts, rooms
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import PostRow, RoomRow

log = structlog.get_logger(__name__)
PAGE: Final = 100
MOST_PAGES: Final = 10  # in one look; the next goes on there
REACTIONS: Final = "github:reactions"
EDITOR: Final = "query($id: ID!) { node(id: $id) { ... on Comment { editor { login } } } }"


@dataclass(frozen=True, slots=True)
class Kind:
    """Something to look for: the event that GitHub would send, where it is listed, and what it is called there."""

    event: str
    path: str
    name: str
    about: str  # which of its addresses ends with the number of the issue
    begins: str  # the action of what is new


KINDS: Final = (
    Kind("issue_comment", "issues/comments", "comment", "issue_url", "created"),
    Kind("pull_request_review_comment", "pulls/comments", "comment", "pull_request_url", "created"),
    Kind("issues", "issues", "issue", "url", "opened"),
)


async def forever(us: Us) -> None:
    """Look again and again, until cancelled; not at all where that is not wanted."""
    while pause := us.settings.github_poll_s:
        put_off = await once(us)
        await asyncio.sleep(put_off or pause)
    await asyncio.Event().wait()


async def once(us: Us) -> float:
    """Look everywhere. Returns for how long GitHub wants to be left alone; 0 where it said nothing of the kind."""
    try:
        for slug in await read(repositories):
            for kind in KINDS:
                await _alone(_list(us, slug, kind), slug)
        for post, room in await read(posts.open_decisions, NAME):
            await _alone(_signs(us, post, room), room.address)
    except Later as later:
        log.info("github.look_put_off", reason=str(later), seconds=later.seconds)
        return later.seconds
    except Unreachable as away:
        log.warning("github.look_put_off", reason=str(away))
    return 0.0


async def _alone(look: Any, where: str) -> None:
    """What we may not see in one place is no reason not to look in the others."""
    try:
        await look
    except Refused as refused:
        log.info("github.not_shown", where=where, reason=str(refused))


async def repositories(db: AsyncSession) -> list[str]:
    """Where somebody may speak with us: where a project is, or where we were spoken with."""
    return sorted({address.partition("#")[0].lower() for address in await rooms.addresses(db, NAME)})


async def _list(us: Us, slug: str, kind: Kind) -> None:
    """Keep what is new since the last look, and how far that was. What was before the first one is history."""
    reader = f"{NAME}:{kind.path}"
    known = await read(cursors.get, reader, slug)
    if known is None:
        await tx(cursors.put, reader, slug, int(clock.now().timestamp()))
        return
    since, tag = known.number, known.note
    for _ in range(MOST_PAGES):
        how: dict[str, Any] = {"since": _time(since), "sort": "updated", "direction": "asc", "per_page": PAGE}
        how |= {"state": "all"} if kind.name == "issue" else {}
        answer = await us.client.get(f"/repos/{slug}/{kind.path}", etag=tag, **how)
        if answer.unchanged:
            return
        found = [one for one in answer.data if isinstance(one, dict)]
        last = max([since, *(_seconds(one.get("updated_at")) for one in found)])
        kept = [arrival for one in found if (arrival := await _arrival(us, slug, kind, one, known.number))]
        tag = answer.etag if last == since else ""
        await tx(_keep, kept, reader, slug, last, tag)
        if last == since or len(found) < PAGE:
            return
        since = last


async def _keep(db: AsyncSession, kept: list[Arrival], reader: str, slug: str, number: int, tag: str) -> None:
    await arrivals.keep(db, kept)
    await cursors.put(db, reader, slug, number, tag)


async def _arrival(us: Us, slug: str, kind: Kind, one: dict[str, Any], since: int) -> Arrival | None:
    """The delivery that GitHub would have sent; None for what concerns nobody."""
    number = str(one.get(kind.about, "")).rpartition("/")[2]
    if not number.isdigit() or (kind.name == "issue" and _seconds(one.get("created_at")) < since):
        return None
    author, edited = one.get("user"), _edited(one)
    payload = {
        "action": kind.begins,
        kind.name: one,
        "repository": {"full_name": slug},
        "sender": author,
    }
    if kind.name == "comment":
        payload["issue" if kind.event == "issue_comment" else "pull_request"] = {"number": int(number)}
    try:
        lane = deliveries.github(kind.event, payload, us.settings.scar_bot)
    except NotUnderstood:
        return None
    if lane is None or (edited and not await _edited_by_author(us, slug, one)):
        return None
    key = f"look:{kind.path}:{one.get('id')}:{one.get('updated_at') if kind.name == 'comment' else ''}"
    return Arrival(NAME, key, kind.event, lane, json.dumps(payload).encode())


def _edited(one: dict[str, Any]) -> bool:
    """An issue is also “updated” when somebody comments on it: whether its words were changed is then asked."""
    return one.get("updated_at") != one.get("created_at")


async def _edited_by_author(us: Us, slug: str, one: dict[str, Any]) -> bool:
    """Whoever may write there can change what others said: then it is not theirs, and asks for nothing."""
    try:
        told = await us.client.graph(EDITOR, slug.partition("/")[0], id=one.get("node_id", ""))
        editor = (told["node"] or {}).get("editor")
        return editor is None or editor["login"].lower() == one["user"]["login"].lower()
    except (Refused, KeyError, TypeError):
        return False


async def _signs(us: Us, post: PostRow, room: RoomRow) -> None:
    """Signs on a decision's comment; GitHub has no webhook for them."""
    slug, _, number = room.address.rpartition("#")
    known = await read(cursors.get, REACTIONS, post.id)
    path = f"/repos/{slug}/issues/comments/{post.outside}/reactions"
    answer = await us.client.get(path, etag=known.note if known else "", per_page=PAGE)
    if answer.unchanged:
        return
    about = {"repository": {"full_name": slug}, "issue": {"number": int(number)}, "comment": {"id": int(post.outside)}}
    found = [one for one in answer.data if isinstance(one, dict) and one.get("content") in answering.MEANS]
    kept = [_sign(room.address, about | {"reaction": one}) for one in found]
    await tx(_keep, kept, REACTIONS, post.id, 0, answer.etag)


def _sign(lane: str, payload: dict[str, Any]) -> Arrival:
    key = f"look:sign:{payload['reaction'].get('id')}"
    return Arrival(NAME, key, answering.KIND, lane, json.dumps(payload).encode())


def _seconds(at: Any) -> int:
    try:
        return int(datetime.fromisoformat(str(at)).timestamp())
    except ValueError:
        return 0


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
