"""The pages, each read from the rows at the moment it is asked for."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.delivery import hub_looking, readiness, reviewing
from orchestrator.runtime import read
from orchestrator.store import documents, pages
from orchestrator.store.pages import Standing
from orchestrator.store.readiness import known as known_readiness
from orchestrator.telling.marks import Field
from orchestrator.web import numbers, rendering
from orchestrator.web.auth import Owner, Signed
from orchestrator.web.show import around, costs, elsewhere, home, papers, phases, settings, talk, undone
from orchestrator.web.show import ready as ready_shown
from orchestrator.web.show import report as report_shown
from orchestrator.web.show.viewer import Viewer, viewer
from orchestrator.web.views.ready import ReadyPage
from orchestrator.web.views.shell import Place

router = APIRouter(include_in_schema=False)
ProjectId = Annotated[str, Path(max_length=64)]
Which = numbers.Version
Show = Annotated[str, Query(max_length=20)]
SAVED = {
    "1": "How it looks and reads.",
    "unlinked": "The account is not connected any more.",
    "interruptions": "When we may interrupt you.",
}
Fill = Callable[[AsyncSession, Viewer, Standing], Awaitable[Any]]


async def of_project(name: str, id: str, who: Signed, fill: Fill, status: int = 200) -> HTMLResponse:
    """Draw a page of one project of this person."""

    async def look(db: AsyncSession) -> str:
        seen = viewer(who)
        found = await pages.standing(db, who.user_id, id)
        shell = await around.shell(db, seen, current=id)
        return rendering.page(name, shell, await fill(db, seen, found))

    return HTMLResponse(await read(look), status)


@router.get("/")
async def projects(who: Signed, q: Annotated[str, Query(max_length=100)] = "", cursor: str = "") -> HTMLResponse:
    """Show the caller’s projects, those that wait for an answer first."""
    return await first_page(who, query=q.strip(), cursor=cursor)


async def first_page(who: Signed, status: int = 200, **more: Any) -> HTMLResponse:
    async def look(db: AsyncSession) -> str:
        seen = viewer(who)
        shell = await around.shell(db, seen, rail=False, place=Place.PROJECTS)
        return rendering.page("home", shell, await home.page(db, seen, **more))

    return HTMLResponse(await read(look), status)


@router.get("/settings")
async def own_settings(who: Signed, saved: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """Show what one can set for oneself."""
    return await settings_page(who, saved=SAVED.get(saved, ""))


async def settings_page(who: Signed, status: int = 200, saved: str = "", **more: Any) -> HTMLResponse:
    """Draw the settings of a person. `more` belongs to a form that was not accepted, or to a code that was made."""
    seen = viewer(who)
    connections = await settings.connections(seen)  # programs may be asked for it, so no connection is held meanwhile

    async def look(db: AsyncSession) -> str:
        shell = await around.shell(db, seen, rail=False, place=Place.SETTINGS)
        others = await elsewhere.look(db, seen, **more)
        return rendering.page("settings", shell, settings.page(seen, connections, others, saved))

    return HTMLResponse(await read(look), status)


@router.get("/operations")
async def operations(who: Owner, saved: bool = False) -> HTMLResponse:
    """Show what could not be delivered or taken up, to whoever owns the installation."""

    async def look(db: AsyncSession) -> str:
        seen = viewer(who)
        shell = await around.shell(db, seen, rail=False, place=Place.SETTINGS)
        return rendering.page("operations", shell, await undone.page(db, seen, saved=saved))

    return HTMLResponse(await read(look))


@router.get("/projects/{id}")
async def conversation(id: ProjectId, who: Signed, before: Which = None) -> HTMLResponse:
    """Show the conversation of a project, with what it waits for."""
    return await of_project("talk", id, who, lambda db, seen, found: talk.page(db, seen, found, before=before))


@router.get("/projects/{id}/progress")
async def progress(id: ProjectId, who: Signed, show: Show = "") -> HTMLResponse:
    """Show how far the phases of a project are."""
    return await of_project("progress", id, who, lambda db, seen, found: phases.progress(db, seen, found, show))


@router.get("/projects/{id}/phases/{n}")
async def phase(id: ProjectId, n: Annotated[int, Path(ge=1, le=10_000)], who: Signed) -> HTMLResponse:
    """Show one phase, with its checks and its proof."""
    return await of_project("phase", id, who, lambda db, seen, found: phases.one(db, seen, found, n))


@router.get("/projects/{id}/vision")
async def vision(id: ProjectId, who: Signed, version: Which = None) -> HTMLResponse:
    """Show the vision as a page."""
    return await of_project("vision", id, who, lambda db, seen, found: papers.vision(db, seen, found, version))


@router.get("/projects/{id}/vision/changes")
async def changes(id: ProjectId, who: Signed, a: Which = None, b: Which = None) -> HTMLResponse:
    """Show what a new version of the vision changes."""
    return await of_project("vision_changes", id, who, lambda db, seen, found: papers.changes(db, seen, found, a, b))


@router.get("/projects/{id}/vision.md")
async def download(id: ProjectId, who: Signed, version: Which = None) -> PlainTextResponse:
    """Download the vision as Markdown."""

    async def look(db: AsyncSession) -> str:
        await pages.standing(db, who.user_id, id)
        return (await documents.latest(db, id, "vision", version)).markdown

    named = {"Content-Disposition": 'attachment; filename="vision.md"'}
    return PlainTextResponse(await read(look), media_type="text/markdown; charset=utf-8", headers=named)


@router.get("/projects/{id}/history")
async def history(id: ProjectId, who: Signed, show: Show = "") -> HTMLResponse:
    """Show who did what, and when."""
    return await of_project("history", id, who, lambda db, seen, found: papers.history(db, seen, found, show))


@router.get("/projects/{id}/ready")
async def ready(id: ProjectId, who: Signed) -> HTMLResponse:
    """Show how ready the app is, question by question."""
    return await ready_page(id, who)


async def ready_page(id: str, who: Signed, status: int = 200, wrong: dict[str, Field] | None = None) -> HTMLResponse:
    """Draw what is known about the questions. `wrong` belongs to a form that was not accepted."""
    await read(pages.standing, who.user_id, id)  # before its repository is looked at
    report = await readiness.report(id)

    async def fill(db: AsyncSession, seen: Viewer, found: Standing) -> ReadyPage:
        return ready_shown.page(seen, found, report, await known_readiness(db, id), wrong or {})

    return await of_project("ready", id, who, fill, status)


@router.get("/projects/{id}/report")
async def report(id: ProjectId, who: Signed) -> HTMLResponse:
    """Show what was built, and how far it is what was planned."""
    await read(pages.standing, who.user_id, id)  # before its repository is looked at
    facts = await reviewing.gathered(id)
    return await of_project("report", id, who, _plain(lambda seen, found: report_shown.page(seen, found, facts)))


@router.get("/projects/{id}/phases/{n}/report")
async def phase_report(id: ProjectId, n: Annotated[int, Path(ge=1, le=10_000)], who: Signed) -> HTMLResponse:
    """Show the report on one phase."""
    await read(pages.standing, who.user_id, id)
    facts = await reviewing.gathered(id)
    fill = _plain(lambda seen, found: report_shown.of_phase(seen, found, facts, n))
    return await of_project("report", id, who, fill)


@router.get("/projects/{id}/cost")
async def cost(id: ProjectId, who: Signed, saved: bool = False) -> HTMLResponse:
    """Show what a project has cost, and what it may cost."""
    return await of_project("cost", id, who, lambda db, seen, found: costs.page(db, seen, found, saved=saved))


@router.get("/projects/{id}/settings")
async def people(id: ProjectId, who: Signed, request: Request) -> HTMLResponse:
    """Show who may do what in a project, and its settings."""
    saved = "Saved." if "saved" in request.query_params else ""
    return await of_project(
        "people", id, who, lambda db, seen, found: settings.people_page(db, seen, found, saved=saved)
    )


@router.get("/projects/{id}/issues")
async def issues(id: ProjectId, who: Signed) -> HTMLResponse:
    """The open issues of its repository, to choose from."""
    await read(pages.standing, who.user_id, id)
    listed = await hub_looking.issues(id)
    return await of_project("issues", id, who, _plain(lambda seen, found: settings.issues(seen, found, listed)))


def _plain(make: Callable[[Viewer, Standing], Any]) -> Fill:
    async def fill(_db: AsyncSession, seen: Viewer, found: Standing) -> Any:
        return make(seen, found)

    return fill
