"""How ready a project is, for programs: the report, asking anew, and a person’s word."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from orchestrator.delivery import readiness
from orchestrator.domain.command import Attest, Mend, Prove
from orchestrator.domain.ready import board, written
from orchestrator.runtime import read
from orchestrator.store import projects
from orchestrator.store.readiness import known
from orchestrator.web.api.asking import Key, ProjectId, Who, done

router = APIRouter(tags=["readiness"])
Item = Annotated[str, Path(max_length=4, description="A question, such as S5.")]


class ReadinessOut(BaseModel):
    """54 questions and the verdict that follows from their answers by fixed rules."""

    score: int
    total: int
    ready: bool
    verdict: str
    band: str
    commit: str
    at: str
    hours: float
    items: list[dict[str, Any]] = Field(description="Each question with its state, its evidence and what to do.")
    categories: dict[str, dict[str, int]]
    promises: list[dict[str, Any]] = Field(description="Each feature with its promises: kept, not_yet or broken.")
    asking: bool = Field(description="We are looking at it now.")


class Word(BaseModel):
    sentence: str = Field(max_length=5000, description="What was looked at, and why it is so.")


@router.get("/projects/{id}/readiness")
async def report(id: ProjectId, who: Who) -> ReadinessOut:
    """What is known now; what has changed since it was proven is out of date."""
    await read(projects.role, id, who.user_id)
    return await _report(id)


class PromisesOut(BaseModel):
    """What was promised, and how it stands: traced to the tests that tried it on the app as it is now."""

    kept: int
    not_yet: int
    broken: int
    features: list[dict[str, Any]] = Field(description="Each with its promises: kept, not_yet or broken, and why.")


@router.get("/projects/{id}/promises")
async def promises(id: ProjectId, who: Who) -> PromisesOut:
    """The board: each feature and acceptance criterion of the agreed vision and its phases."""
    await read(projects.role, id, who.user_id)
    known = (await readiness.report(id)).board
    return PromisesOut(**board.counts(known.lines), features=board.values(known))


@router.get("/projects/{id}/readiness.md", response_class=PlainTextResponse)
async def markdown(id: ProjectId, who: Who) -> PlainTextResponse:
    """The same as a document."""
    await read(projects.role, id, who.user_id)
    return PlainTextResponse(written.markdown(await readiness.report(id)), media_type="text/markdown; charset=utf-8")


@router.post("/projects/{id}/readiness/prove", status_code=202)
async def prove_all(id: ProjectId, who: Who, key: Key = None) -> ReadinessOut:
    """Have all questions asked. What comes of it arrives as `readiness.changed`."""
    await done(Prove(id), who, key)
    return await _report(id)


@router.post("/projects/{id}/readiness/{item}/prove", status_code=202)
async def prove(id: ProjectId, item: Item, who: Who, key: Key = None) -> ReadinessOut:
    """Have one question asked, from a clean copy."""
    await done(Prove(id, (item,)), who, key)
    return await _report(id)


@router.post("/projects/{id}/readiness/{item}/fix", status_code=202)
async def mend(id: ProjectId, item: Item, who: Who, key: Key = None) -> ReadinessOut:
    """Have a phase that does nothing but make this proven. The vision with it is asked about first, as any change."""
    await done(Mend(id, item), who, key)
    return await _report(id)


@router.post("/projects/{id}/readiness/{item}/attest")
async def attest(id: ProjectId, item: Item, word: Word, who: Who, key: Key = None) -> ReadinessOut:
    """Vouch for what no program can settle, for 90 days."""
    await done(Attest(id, item, word.sentence), who, key)
    return await _report(id)


async def _report(id: str) -> ReadinessOut:
    asking = (await read(known, id)).asking is not None
    return ReadinessOut(**written.values(await readiness.report(id)), asking=asking)
