"""The first page while it is open: what waits for a person and how the projects stand, over all of them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.runtime import read, runtime
from orchestrator.store import pages
from orchestrator.web import rendering, stream
from orchestrator.web.auth import Follower, Person
from orchestrator.web.show import home
from orchestrator.web.show.viewer import Viewer, viewer
from orchestrator.web.views import home as home_views
from orchestrator.web.views.home import HomePage

router = APIRouter(include_in_schema=False)
LOOK_AGAIN_S = 15.0  # how long a project that is new to this person can go unnoticed
MANY_IDS = 300  # letters: as many decisions as the page shows at most
Known = Annotated[str | None, Query(max_length=MANY_IDS)]
AT_MOST_EVERY_S = 0.25  # while work goes on, things happen faster than anybody reads


@router.get("/stream")
async def home_stream(
    who: Follower,
    known: Known = None,
    last_event_id: Annotated[str | None, Header(max_length=MANY_IDS)] = None,
) -> StreamingResponse:
    """Follow all projects of the first page as pieces of HTML: each message has the regions whole.

    A decision that is not among the `known` ones is told aloud; without these, only what comes later is.
    """
    return stream.answer(follow(who, last_event_id or known))


async def follow(who: Person, known: str | None) -> AsyncIterator[str]:
    before: HomePage | None = None
    while not runtime().bus.closed:
        with runtime().bus.follow(*await read(_followed, who)) as follower:  # before the look: nothing falls between
            page, waiting = await read(_look, viewer(who))
            told = home_views.known(page) if known is None else known
            known = home_views.known(page)
            new = page != before
            yield stream.html("\n".join(_regions(page, waiting, told.split("."))), known) if new else stream.BEAT
            before = page
            await follower.changed(within=LOOK_AGAIN_S)
        await asyncio.sleep(AT_MOST_EVERY_S)


async def _followed(db: AsyncSession, who: Person) -> list[str]:
    shown = await pages.page(db, who.user_id, limit=home.ROWS)
    return [found.project.id for found in shown.standings]


async def _look(db: AsyncSession, seen: Viewer) -> tuple[HomePage, int]:
    return await home.page(db, seen), await pages.count(db, seen.person.user_id, waiting=True)


def _regions(page: HomePage, waiting: int, told: Collection[str]) -> Iterator[str]:
    yield rendering.part("needs", (), waiting)
    yield rendering.part("needs_you", page.needs)
    if page.projects:
        yield rendering.part("projects", page.projects)
    yield from (rendering.part("alert", f"Needs you: {need.question}") for need in page.needs if need.gate not in told)
