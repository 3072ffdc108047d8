"""Projects: the list, one of them, and what can be done with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from orchestrator.domain.command import (
    Cancel,
    Create,
    OfProject,
    Pause,
    Prime,
    Rename,
    Reset,
    Resume,
    SetBudget,
    SetBuilder,
    SetHub,
    Validate,
    WriteVision,
)
from orchestrator.domain.project import Stage
from orchestrator.domain.run import Network
from orchestrator.errors import NotUnderstood
from orchestrator.runtime import read
from orchestrator.store import pages
from orchestrator.web import preview
from orchestrator.web.api.asking import Key, Limit, ProjectId, Who, done
from orchestrator.web.api.shapes import ProjectOut, ProjectPage
from orchestrator.web.auth import Person

router = APIRouter(tags=["projects"])


class Idea(BaseModel):
    """How a project begins: `idea` is the first message; `repository` is the path of an existing one.

    `hub` is a repository on GitHub, as in a change.
    """

    idea: str
    name: str = ""
    repository: str = ""
    hub: str = ""


class Change(BaseModel):
    """What is to be different: one of these, or `builder` and `network` together.

    `budget` is what it may cost before somebody is asked; 0 is no limit. `hub` is a repository on GitHub, such as
    owner/name, or new:owner/name for one to be made; empty, it has none.
    """

    name: str | None = None
    budget: float | None = None
    builder: str | None = None
    network: Network | None = None
    hub: str | None = None


@router.get("/projects")
async def projects(
    who: Who,
    cursor: Annotated[str, Query(max_length=300)] = "",
    limit: Limit = 20,
    status: Stage | None = None,
    waiting: bool | None = None,
) -> ProjectPage:
    """List a page of the caller's projects, those that wait for the caller first."""
    page = await read(pages.page, who.user_id, cursor=cursor, limit=limit, stage=status, waiting=waiting)
    return ProjectPage(items=[_out(found) for found in page.standings], next_cursor=page.next_cursor)


@router.post("/projects", status_code=201)
async def create(body: Idea, who: Who, key: Key = None) -> ProjectOut:
    """Start a conversation; the reply arrives as events."""
    outcome = await done(Create(body.idea, body.name, body.repository, body.hub), who, key)
    return await _project(who, outcome["project"])


@router.get("/projects/{id}")
async def project(id: ProjectId, who: Who) -> ProjectOut:
    """Show one project and where it stands."""
    return await _project(who, id)


@router.patch("/projects/{id}")
async def change(id: ProjectId, body: Change, who: Who, key: Key = None) -> ProjectOut:
    """Rename a project, set what it may cost, choose its builder and where that may reach, or its place on GitHub."""
    return await _after(_wanted(id, body), who, key)


@router.post("/projects/{id}/vision")
async def write_vision(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Have the vision written from what is known by now."""
    return await _after(WriteVision(id), who, key)


@router.post("/projects/{id}/pause")
async def pause(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Stop at once, whatever is going on; nothing is lost."""
    return await _after(Pause(id), who, key)


@router.post("/projects/{id}/resume")
async def resume(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Go on where it was paused."""
    return await _after(Resume(id), who, key)


@router.post("/projects/{id}/cancel")
async def cancel(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """End it for good; nothing is deleted."""
    return await _after(Cancel(id), who, key)


@router.post("/projects/{id}/reset")
async def reset(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Go back to the conversation with an empty brief; what was built stays, and so does the history."""
    return await _after(Reset(id), who, key)


@router.post("/projects/{id}/prime")
async def prime(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Have the builder look at what is there once more, while the phases are to be decided: they are planned anew."""
    return await _after(Prime(id), who, key)


@router.post("/projects/{id}/validate")
async def validate(id: ProjectId, who: Who, key: Key = None) -> ProjectOut:
    """Check once more what was built last."""
    return await _after(Validate(id), who, key)


def _wanted(id: str, body: Change) -> OfProject:
    built = body.builder is not None or body.network is not None
    if [body.name is not None, body.budget is not None, body.hub is not None, built].count(True) != 1:
        raise NotUnderstood(
            "Please give one of these: a name, a budget, a builder and a network, or a repository on GitHub.",
            field="name",
        )
    if body.hub is not None:
        return SetHub(id, body.hub)
    if body.name is not None:
        return Rename(id, body.name)
    if body.budget is not None:
        return SetBudget(id, body.budget)
    return SetBuilder(id, body.builder or "", body.network or "")


async def _after(command: OfProject, who: Person, key: str | None) -> ProjectOut:
    await done(command, who, key)
    return await _project(who, command.project_id)


async def _project(who: Person, id: str) -> ProjectOut:
    return _out(await read(pages.standing, who.user_id, id))


def _out(found: Any) -> ProjectOut:
    return ProjectOut.of(found, preview.url_of(found))
