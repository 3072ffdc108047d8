"""Documents, phases, runs and the evidence for them."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from orchestrator.domain.command import Undo
from orchestrator.runtime import read
from orchestrator.store import checks, documents, events, phases, projects, runs
from orchestrator.store import pages as pages_
from orchestrator.web import numbers, preview
from orchestrator.web.api import costs
from orchestrator.web.api.asking import Key, ProjectId, Who, done
from orchestrator.web.api.shapes import CheckOut, EventOut, PhaseOut, ProjectOut, RunOut, Version, VisionOut
from orchestrator.web.auth import Person

router = APIRouter(tags=["work"])
Number = Annotated[int, Path(ge=1, le=10_000)]
Which = numbers.Version


class Versions(BaseModel):
    items: list[Version]


class PhaseList(BaseModel):
    items: list[PhaseOut]


class RunList(BaseModel):
    items: list[RunOut]


class Evidence(BaseModel):
    items: list[CheckOut]


class RunLog(BaseModel):
    items: list[EventOut]


async def _member(who: Person, id: str) -> None:
    await read(projects.role, id, who.user_id)


@router.get("/projects/{id}/vision")
async def vision(id: ProjectId, who: Who, version: Which = None) -> VisionOut:
    """Show the vision, in parts."""
    await _member(who, id)
    row = await read(documents.latest, id, "vision", version)
    return VisionOut(**Version.of(row).model_dump(), vision=row.data["vision"], markdown=row.markdown)


@router.get("/projects/{id}/vision.md", response_class=PlainTextResponse)
async def vision_markdown(id: ProjectId, who: Who, version: Which = None) -> PlainTextResponse:
    """Download the vision as Markdown."""
    await _member(who, id)
    row = await read(documents.latest, id, "vision", version)
    return PlainTextResponse(row.markdown, media_type="text/markdown; charset=utf-8")


@router.get("/projects/{id}/vision/versions")
async def versions(id: ProjectId, who: Who) -> Versions:
    """List all versions, newest first."""
    await _member(who, id)
    return Versions(items=[Version.of(row) for row in await read(documents.versions, id, "vision")])


@router.get("/projects/{id}/phases")
async def of_project(id: ProjectId, who: Who) -> PhaseList:
    """List the phases of a project, in their order."""
    await _member(who, id)
    paid = await costs.by_phase(id)
    return PhaseList(items=[PhaseOut.of(row, paid) for row in await read(phases.of, id)])


@router.get("/projects/{id}/phases/{n}")
async def phase(id: ProjectId, n: Number, who: Who) -> PhaseOut:
    """Show one phase, with what it will make and how far it is."""
    await _member(who, id)
    return PhaseOut.of(await read(phases.get, id, n), await costs.by_phase(id))


@router.get("/projects/{id}/phases/{n}/plan.md", response_class=PlainTextResponse)
async def plan(id: ProjectId, n: Number, who: Who) -> PlainTextResponse:
    """Download the plan of a phase as Markdown."""
    await _member(who, id)
    row = await read(documents.latest, id, f"plan-{n}")
    return PlainTextResponse(row.markdown, media_type="text/markdown; charset=utf-8")


@router.get("/projects/{id}/phases/{n}/evidence")
async def evidence(id: ProjectId, n: Number, who: Who) -> Evidence:
    """List every check that we ran for this phase ourselves, oldest first."""
    await _member(who, id)
    phase = await read(phases.get, id, n)
    return Evidence(items=[CheckOut.of(row, phase) for row in await read(checks.of, id, n)])


@router.post("/projects/{id}/phases/{n}/undo")
async def undo(id: ProjectId, n: Number, who: Who, key: Key = None) -> ProjectOut:
    """Take a finished phase out of the app again, by a new save point; nothing is deleted."""
    await done(Undo(id, n), who, key)
    found = await read(pages_.standing, who.user_id, id)
    return ProjectOut.of(found, preview.url_of(found))


@router.get("/projects/{id}/runs")
async def work(id: ProjectId, who: Who) -> RunList:
    """List what builders did in a project, newest first."""
    await _member(who, id)
    found = await read(runs.of, id)
    paid = await costs.on(id, [row.id for row in found])
    return RunList(items=[RunOut.of(row, paid) for row in found])


@router.get("/projects/{id}/runs/{run}")
async def run(id: ProjectId, run: Annotated[str, Path(max_length=64)], who: Who) -> RunOut:
    """Show one piece of a builder’s work."""
    await _member(who, id)
    return RunOut.of(await read(runs.get, id, run), await costs.on(id, [run]))


@router.get("/projects/{id}/runs/{run}/log")
async def log(id: ProjectId, run: Annotated[str, Path(max_length=64)], who: Who) -> RunLog:
    """List the signs of life of one piece of work, in order."""
    await _member(who, id)
    await read(runs.get, id, run)
    kinds = ["run.started", "run.activity", "run.finished"]
    found = [event for event in await read(events.latest, id, kinds, 2000) if event.data.get("run") == run]
    return RunLog(items=[EventOut.model_validate(event, from_attributes=True) for event in reversed(found)])
