"""What changes on an open page: after each event the regions that it touches, made from the rows as they are."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.policy import ANSWERS
from orchestrator.ports import ANEW
from orchestrator.runtime import read
from orchestrator.store import gates as gate_rows
from orchestrator.store import messages, pages, projects
from orchestrator.store.events import Event
from orchestrator.store.pages import Standing
from orchestrator.telling import standing
from orchestrator.web import markdown, rendering, stream
from orchestrator.web.auth import Follower, Person
from orchestrator.web.numbers import After, LastEvent
from orchestrator.web.pages import ProjectId, Show
from orchestrator.web.show import activity, around, phases, talk
from orchestrator.web.show import gates as cards
from orchestrator.web.show.viewer import Viewer, viewer
from orchestrator.web.views.shell import Tab

router = APIRouter(include_in_schema=False)
CLOSES = {"gate.answered", "gate.withdrawn", "gate.expired", "gate.taken_back"}
SUGGESTS = {"suggestion.made", "suggestion.decided"}
MOVES = {"project.moved", "project.renamed", "brief.changed", "gate.opened", *CLOSES}
RENEWS = {"gate.opened", "check.finished", "project.moved", "phase.planned", "phase.completed", "phase.undone", *CLOSES}


@dataclass(frozen=True, slots=True)
class Place:
    """The page that follows. `phase` is the number of the phase that it shows, if it shows only one."""

    project: str
    tab: Tab = Tab.TALK
    show: str = ""
    phase: int = 0


@router.get("/projects/{id}/stream")
async def page_stream(
    id: ProjectId,
    who: Follower,
    tab: Tab = Tab.TALK,
    after: After = 0,
    show: Show = "",
    phase: Annotated[int, Query(ge=0, le=10_000)] = 0,
    last_event_id: LastEvent = None,
) -> StreamingResponse:
    """Follow a project as pieces of HTML: unnamed messages of partials, each with the number of its last event."""
    await read(projects.role, id, who.user_id)
    place = Place(id, tab, show, phase)
    return stream.answer(follow(who, place, after if last_event_id is None else last_event_id))


async def follow(who: Person, place: Place, seen: int) -> AsyncIterator[str]:
    yield stream.BEAT
    said = ""  # of the reply that is being written
    async for found, words in stream.follow(place.project, seen):
        said = "" if _is_answered(found) else (said + words).rpartition(ANEW)[2]
        html = await read(_regions, viewer(who), place, found, "" if who.whole_answers else said)
        yield stream.html(html, found[-1].number if found else None) if html else stream.BEAT


def _is_answered(found: Sequence[Event]) -> bool:
    return any(event.kind == "message.created" and event.data["role"] == "assistant" for event in found)


async def _regions(db: AsyncSession, seen: Viewer, place: Place, found: Sequence[Event], said: str) -> str:
    """All that has changed, in the order in which it should appear."""
    if not found:
        return _writing(said) if said and place.tab is Tab.TALK else ""
    now = await pages.standing(db, seen.person.user_id, place.project)
    kinds = {event.kind for event in found}
    parts = [rendering.part("status", standing.status_line(now, seen.zone))]
    if "project.renamed" in kinds:
        parts.append(rendering.part("project_name", now.project.name))
    if kinds & {"gate.opened", *CLOSES}:
        parts += await _needs(db, seen)
        parts.append(rendering.part("strip", around.head(seen, now, place.tab)))
    if place.tab is Tab.TALK:
        parts += await _talk(db, seen, now, found, said)
    if place.phase and kinds & RENEWS:
        parts.append(rendering.part("phase_page", await phases.one(db, seen, now, place.phase), seen.person.csrf))
    elif place.tab is Tab.PROGRESS:
        parts += await _progress(db, seen, now, found, place.show)
    return "\n".join([*parts, *_aloud(found, now.role in ANSWERS, place.tab)])


def _writing(said: str) -> str:
    return rendering.part("streaming", markdown.html(said, links=False))


async def _needs(db: AsyncSession, seen: Viewer) -> list[str]:
    shown = (await pages.page(db, seen.person.user_id, limit=around.IN_RAIL)).standings
    waiting = await pages.count(db, seen.person.user_id, waiting=True)
    return [rendering.part("needs", around.needs(shown), waiting)]


async def _talk(db: AsyncSession, seen: Viewer, now: Standing, found: Sequence[Event], said: str) -> list[str]:
    kinds = {event.kind for event in found}
    parts = [part for event in found if (part := await _entry(db, seen, now, event))]
    parts.append(rendering.part("streaming", markdown.html(said, links=False) if said else None))
    if kinds & {"gate.opened", *CLOSES}:
        open_ = [cards.card(seen, now.gate, now.role)] if now.gate else []
        parts.append(rendering.part("open_gates", open_, seen.person.csrf))
    if kinds & SUGGESTS:
        parts.append(rendering.part("suggestions", await talk.suggested(db, seen, now), seen.person.csrf))
    if kinds & MOVES or _is_answered(found):
        parts.append(rendering.part("composer", talk.composer(now), seen.person.csrf))
        parts += _beside(seen, now, found, await talk.change(db, now))
    return parts


async def _entry(db: AsyncSession, seen: Viewer, now: Standing, event: Event) -> str:
    """What an event adds to the conversation."""
    if event.kind == "message.created":
        row = await messages.get(db, event.data["message"])
        return rendering.part("message", talk.message(seen, row))
    if event.kind in CLOSES:
        gate = await gate_rows.get(db, event.data["gate"])
        place = "gate_answered" if event.kind == "gate.taken_back" else "receipt"  # that slip is there already
        return rendering.part(place, cards.slip(seen, gate, now))
    return ""


def _beside(seen: Viewer, now: Standing, found: Sequence[Event], change: str) -> Iterator[str]:
    """The brief while we talk about the idea, the way ahead after that; each may take the other's place."""
    csrf = seen.person.csrf
    if now.project.step in talk.BEFORE_VISION:
        brief = talk.brief_of(now)
        if any(event.kind == "project.moved" for event in found):
            yield rendering.part("brief_begins", brief, csrf)
        yield rendering.part("brief", brief, csrf)
        return
    journey = talk.journey(now, change)
    if any(event.data.get("left") in set(talk.BEFORE_VISION) for event in found if event.kind == "project.moved"):
        yield rendering.part("journey_begins", journey, csrf)
    yield rendering.part("journey", journey, csrf)


async def _progress(db: AsyncSession, seen: Viewer, now: Standing, found: Sequence[Event], show: str) -> list[str]:
    known = await phases.work(db, now)
    kinds = activity.kinds(show, live=True)
    items = activity.items(seen, [event for event in found if kinds is None or event.kind in kinds], show)
    return [
        rendering.part("phases", phases.thread(seen, known)),
        rendering.part("buttons", phases.buttons(now), seen.person.csrf),
        *(rendering.part("activity", item) for _, item in items),
    ]


def _aloud(found: Sequence[Event], may_answer: bool, tab: Tab) -> Iterator[str]:
    """What is read aloud: a new question, and on other pages than the conversation a reply."""
    for event in found:
        if event.kind == "gate.opened" and may_answer:
            yield rendering.part("alert", f"Needs you: {event.data['question']}")
        if event.kind == "message.created" and event.data["role"] == "assistant" and tab is not Tab.TALK:
            yield rendering.part("announce", "There is a new message in the conversation.")
