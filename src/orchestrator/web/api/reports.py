"""What was built, and how far it is what was planned, for programs: as values and as documents."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from orchestrator.delivery import reviewing
from orchestrator.domain.review import execution, reviewed
from orchestrator.domain.review.facts import Facts
from orchestrator.runtime import read
from orchestrator.store import projects
from orchestrator.web.api.asking import ProjectId, Who

router = APIRouter(tags=["reports"])
Number = Annotated[int, Path(ge=1, le=10_000)]
MARKDOWN = "text/markdown; charset=utf-8"


class ReportOut(BaseModel):
    """What was built: facts from what was written down, from git, and from our own checks."""

    commit: str
    at: str
    complete: bool
    words: str = Field(description="A model’s summary of these facts, which alone count; empty without one.")
    phases: list[dict[str, Any]] = Field(description="Each with its promises, files, checks and pieces of work.")
    files: list[dict[str, Any]] = Field(description="From the beginning to now.")
    markdown: str


class ReviewOut(BaseModel):
    """Plan against result. The same facts give the same score, by the rules that stand in it."""

    commit: str
    at: str
    complete: bool
    score: float | None = Field(description="Out of 10; nothing while nothing is part of the app.")
    rule: str
    promises: dict[str, int]
    divergences: list[dict[str, Any]]
    patterns: list[dict[str, Any]] = Field(description="The project’s own rules: kept, broken, or not judged.")
    actions: list[dict[str, Any]] = Field(description="What to do better, each with a patch that git apply takes.")
    remaining: dict[str, Any] | None
    rules: list[dict[str, str]]
    markdown: str


@router.get("/projects/{id}/report")
async def report(id: ProjectId, who: Who) -> ReportOut:
    """Say what was built so far."""
    return _out(await _facts(id, who))


@router.get("/projects/{id}/report.md", response_class=PlainTextResponse)
async def report_markdown(id: ProjectId, who: Who) -> PlainTextResponse:
    """The same as a document."""
    return PlainTextResponse(execution.markdown(await _facts(id, who)), media_type=MARKDOWN)


@router.get("/projects/{id}/review")
async def review(id: ProjectId, who: Who) -> ReviewOut:
    """Compare what was planned with what came of it."""
    found = reviewing.review(await _facts(id, who))
    return ReviewOut(**reviewed.values(found), markdown=reviewed.markdown(found))


@router.get("/projects/{id}/review.md", response_class=PlainTextResponse)
async def review_markdown(id: ProjectId, who: Who) -> PlainTextResponse:
    """The same as a document."""
    return PlainTextResponse(reviewed.markdown(reviewing.review(await _facts(id, who))), media_type=MARKDOWN)


@router.get("/projects/{id}/phases/{n}/report")
async def phase(id: ProjectId, n: Number, who: Who) -> ReportOut:
    """Say what was built in one phase, which may still be in the making."""
    return _out(await _facts(id, who), n)


@router.get("/projects/{id}/phases/{n}/report.md", response_class=PlainTextResponse)
async def phase_markdown(id: ProjectId, n: Number, who: Who) -> PlainTextResponse:
    """The same as a document."""
    return PlainTextResponse(reviewing.of_phase(await _facts(id, who), n), media_type=MARKDOWN)


async def _facts(id: str, who: Who) -> Facts:
    await read(projects.role, id, who.user_id)
    return await reviewing.gathered(id)


def _out(facts: Facts, number: int = 0) -> ReportOut:
    text = reviewing.of_phase(facts, number) if number else execution.markdown(facts)
    return ReportOut(**execution.values(facts, number), markdown=text)
