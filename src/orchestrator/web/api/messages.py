"""The conversation, and the stream of everything that happens."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from orchestrator.domain.command import Say
from orchestrator.runtime import read, runtime
from orchestrator.store import messages, projects
from orchestrator.store.tables import MessageRow
from orchestrator.web import stream
from orchestrator.web.api import costs
from orchestrator.web.api.asking import Key, Limit, ProjectId, Who, done
from orchestrator.web.api.shapes import MessageOut
from orchestrator.web.numbers import After, LastEvent

router = APIRouter(tags=["conversation"])
LONGEST_WAIT_S = 60


class Words(BaseModel):
    text: str


class Said(BaseModel):
    id: str
    sequence: int
    reply: MessageOut | None = None


class MessagePage(BaseModel):
    items: list[MessageOut]
    next_after: int | None


@router.post("/projects/{id}/messages", status_code=202)
async def say(
    id: ProjectId,
    body: Words,
    who: Who,
    response: Response,
    key: Key = None,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait for the reply.")] = 0,
) -> Said:
    """Say something. The reply arrives as events, or here when `wait` is given and it comes in time (then 200)."""
    outcome = await done(Say(id, body.text), who, key)
    reply = await _reply(id, outcome["message"], wait) if wait else None
    if reply is not None:
        response.status_code = 200
    found = MessageOut.of(reply) if reply else None
    return Said(id=outcome["message"], sequence=outcome["sequence"], reply=found)


async def _reply(project_id: str, message_id: str, wait: float) -> MessageRow | None:
    until = time.monotonic() + wait
    with runtime().bus.follow(project_id) as follower:
        while (reply := await read(messages.reply_to, message_id)) is None:
            left = until - time.monotonic()
            if left <= 0 or runtime().bus.closed:
                return None
            await follower.changed(within=min(left, stream.LOOK_AGAIN_S))
            await asyncio.sleep(0)
    return reply


@router.get("/projects/{id}/messages")
async def conversation(id: ProjectId, who: Who, after: After = 0, limit: Limit = 100) -> MessagePage:
    """List what was said behind a place in the conversation, in order of `sequence`."""
    await read(projects.role, id, who.user_id)
    rows = await read(messages.after, id, after, limit)
    paid = await costs.on(id, {row.in_reply_to for row in rows if row.in_reply_to})
    return MessagePage(
        items=[MessageOut.of(row, paid) for row in rows], next_after=rows[-1].sequence if len(rows) == limit else None
    )


@router.get("/projects/{id}/events", response_class=StreamingResponse)
async def events(
    id: ProjectId,
    who: Who,
    after: After = 0,
    last_event_id: LastEvent = None,
) -> StreamingResponse:
    """Follow everything that happens, as server-sent events; the id is the event's number."""
    await read(projects.role, id, who.user_id)
    return stream.answer(stream.as_json(id, after if last_event_id is None else last_event_id))
