"""Decisions: what waits for a person, and the answer to it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel

from orchestrator.domain.command import Answer, TakeBack
from orchestrator.domain.gate import Way
from orchestrator.errors import NotUnderstood
from orchestrator.runtime import read
from orchestrator.store import gates, pages, projects
from orchestrator.web.api.asking import Key, Limit, ProjectId, Who, done
from orchestrator.web.api.shapes import Answered, GateOut

router = APIRouter(tags=["decisions"])
GateId = Annotated[str, Path(max_length=64)]
Pending = Literal["pending"] | None


class GateList(BaseModel):
    items: list[GateOut]


@router.get("/gates")
async def waiting(who: Who, status: Pending = "pending", limit: Limit = 100) -> GateList:
    """List what waits for the caller, over all projects."""
    page = await read(pages.page, who.user_id, limit=limit, waiting=True)
    ids = [found.project.id for found in page.standings]
    return GateList(items=[GateOut.of(row) for row in await read(gates.of, ids, only_pending=status == "pending")])


@router.get("/projects/{id}/gates")
async def of_project(id: ProjectId, who: Who, status: Pending = None) -> GateList:
    """List the decisions of a project, oldest first."""
    await read(projects.role, id, who.user_id)
    return GateList(items=[GateOut.of(row) for row in await read(gates.of, [id], only_pending=status == "pending")])


@router.get("/gates/{id}")
async def gate(id: GateId, who: Who) -> GateOut:
    """Show one decision: what is asked, what each answer leads to, and how it was answered."""
    row = await read(gates.get, id)
    await read(projects.role, row.project_id, who.user_id)
    return GateOut.of(row)


@router.post("/gates/{id}/answer")
async def answer(id: GateId, body: Answered, who: Who, key: Key = None) -> GateOut:
    """Decide. 409 says who was faster, where and when, or that the document moved on."""
    if body.way is not None and body.way not in set(Way):
        raise NotUnderstood(f"There is no way out called “{body.way[:40]}”.", field="way")
    way = Way(body.way) if body.way else None
    await done(Answer(id, body.decision, body.note, body.version, way), who, key)
    return GateOut.of(await read(gates.get, id))


@router.post("/gates/{id}/take-back")
async def take_back(id: GateId, who: Who, key: Key = None) -> GateOut:
    """Ask again what was answered a moment ago: for 60 seconds, and as long as nothing came of it that stays.

    Gives the decision that was answered; the one that is asked now has an id of its own.
    """
    await done(TakeBack(id), who, key)
    return GateOut.of(await read(gates.get, id))
