"""A project's events as server-sent events, from any number on. The id is the event's number."""

import json
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from orchestrator.ports import ANEW
from orchestrator.runtime import read, runtime
from orchestrator.store import events
from orchestrator.store.events import Event

LOOK_AGAIN_S = 5.0  # also how long a wake lost between processes can go unnoticed
BEAT = ": still here\n\n"
BEAT_EVERY = 3  # looks
ENDING = "The server is being restarted. Nothing is lost; follow again in a moment."
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Batch = tuple[list[Event], str]


def answer(lines: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(lines, media_type="text/event-stream", headers=HEADERS)


async def as_json(project_id: str, seen: int) -> AsyncIterator[str]:
    """Follow for programs: one event a message, pieces of a reply without a number."""
    yield BEAT
    async for found, words in follow(project_id, seen):
        for event in found:
            yield f"id: {event.number}\nevent: {event.kind}\ndata: {_body(event)}\n\n"
        if words:
            yield _delta(words)
        if not found and not words:
            yield BEAT
    yield f"event: server.ending\ndata: {json.dumps({'text': ENDING})}\n\n"


async def follow(project_id: str, seen: int) -> AsyncIterator[Batch]:
    """Give events in order, each once, with what was said in between; an empty batch every 15 seconds of silence.

    It ends when this process is asked to end.
    """
    silence = 0
    with (
        runtime().metrics.streams.track_inprogress(),
        runtime().bus.follow(project_id, words=True) as follower,  # before the look: nothing falls between
    ):
        while not runtime().bus.closed:
            words = "".join(follower.tokens)
            follower.tokens.clear()
            moved, follower.moved = follower.moved, False
            found = await read(events.after, project_id, seen) if moved else []
            seen = found[-1].number if found else seen
            silence = 0 if found or words else silence + 1
            if found or words or silence >= BEAT_EVERY:
                silence = 0
                yield found, words
            if found:
                follower.moved = True  # there may be more than one look gives
            else:
                await follower.changed(within=LOOK_AGAIN_S)


def html(parts: str, number: int | str | None = None) -> str:
    """One unnamed message, which the page swaps in. After a break it goes on at the number, or what stands for it."""
    lines = "".join(f"data: {line}\n" for line in parts.split("\n"))
    return f"{lines}\n" if number is None else f"id: {number}\n{lines}\n"


def _delta(words: str) -> str:
    """A piece of a reply; `anew` says that it takes the place of all pieces before it."""
    before, anew, text = words.rpartition(ANEW)
    said = {"text": text, "anew": True} if anew or before else {"text": text}
    return f"event: message.delta\ndata: {json.dumps(said)}\n\n"


def _body(event: Event) -> str:
    said = {"at": event.at.isoformat(), "actor": event.actor, "actor_name": event.actor_name, "channel": event.channel}
    return json.dumps(said | event.data, ensure_ascii=False)
