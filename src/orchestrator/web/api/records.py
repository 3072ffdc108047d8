"""Timeline, export and the audit log."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from orchestrator.errors import NotAllowed
from orchestrator.runtime import read
from orchestrator.store import costs, documents, events, gates, messages, pages, phases, projects, runs
from orchestrator.web import preview
from orchestrator.web.api import costs as money
from orchestrator.web.api.asking import Limit, ProjectId, Who
from orchestrator.web.api.shapes import EventOut, GateOut, MessageOut, PhaseOut, ProjectOut, RunOut
from orchestrator.web.numbers import After

router = APIRouter(tags=["records"])
EVERYTHING = 100_000


class Events(BaseModel):
    items: list[EventOut]


@router.get("/projects/{id}/timeline")
async def timeline(id: ProjectId, who: Who, after: After = 0, limit: Limit = 100) -> Events:
    """List what happened, in order; `after` is the number of the last event that is known."""
    await read(projects.role, id, who.user_id)
    return Events(items=_out(await read(events.after, id, after, limit)))


@router.get("/projects/{id}/export")
async def export(id: ProjectId, who: Who) -> dict[str, Any]:
    """Hand out everything that is kept about a project, in one document."""
    found = await read(pages.standing, who.user_id, id)
    return {
        "project": ProjectOut.of(found, preview.url_of(found)),
        "brief": found.project.brief,
        "messages": [MessageOut.of(row) for row in await read(messages.after, id, 0, EVERYTHING)],
        "visions": [row.markdown for row in await read(documents.versions, id, "vision")],
        "gates": [GateOut.of(row) for row in await read(gates.of, [id])],
        "phases": [PhaseOut.of(row) for row in await read(phases.of, id)],
        "runs": [RunOut.of(row) for row in await read(runs.of, id)],
        "cost": money.of(found.project, await read(costs.parts, id)),
        "events": _out(await read(events.after, id, 0, EVERYTHING)),
    }


@router.get("/audit")
async def audit(
    who: Who, before: datetime | None = None, kind: Annotated[str, Query(max_length=40)] = "", limit: Limit = 100
) -> Events:
    """List what happened anywhere, newest first. For the owner of the installation."""
    if not who.owner:
        raise NotAllowed("Only the owner of this installation can see what happened in all of it.")
    return Events(items=_out(await read(events.everywhere, before=before, kind=kind, limit=limit)))


def _out(found: list[events.Event]) -> list[EventOut]:
    return [EventOut.model_validate(event, from_attributes=True) for event in found]
