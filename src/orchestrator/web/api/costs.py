"""Money in the API: what a project cost, and what each part, run and reply did, in the currency that people see."""

from collections.abc import Iterable

from fastapi import APIRouter
from pydantic import BaseModel, Field

from orchestrator.domain import cost as rules
from orchestrator.domain.cost import Usage
from orchestrator.runtime import read
from orchestrator.store import costs, projects
from orchestrator.store.costs import Part
from orchestrator.store.tables import ProjectRow
from orchestrator.web.api.asking import ProjectId, Who
from orchestrator.web.api.shapes import Money, amount

router = APIRouter(tags=["records"])


class Tokens(BaseModel):
    read: int
    written: int
    cached: int = Field(description="Of those read: what the provider knew already.")


class PartOut(BaseModel):
    """Where money went: `part` is talking, phases (splitting into them) or phase-1."""

    part: str
    title: str
    spent: float
    read: int
    written: int
    calls: int


class CostOut(Money):
    """What was spent. `unpriced` says that for some calls nobody knows the price, so that `spent` says too little."""

    left: float | None
    reached: bool
    tokens: Tokens
    calls: int
    unpriced: bool
    parts: list[PartOut]


@router.get("/projects/{id}/cost")
async def cost(id: ProjectId, who: Who) -> CostOut:
    """Say what was spent, on what, and how much of the limit is left."""
    await read(projects.role, id, who.user_id)
    return of(await read(projects.row, id), await read(costs.parts, id))


def of(row: ProjectRow, parts: tuple[Part, ...]) -> CostOut:
    together = costs.together(parts)
    return CostOut(
        **Money.of(row).model_dump(),
        left=amount(max(row.budget - row.spent, 0)) if row.budget else None,
        reached=rules.reached(row.spent, row.budget),
        tokens=Tokens(read=together.read, written=together.written, cached=together.cached),
        calls=together.calls,
        unpriced=not together.priced,
        parts=[_part(part.part, part.title, part.spent) for part in parts],
    )


def _part(part: str, title: str, spent: Usage) -> PartOut:
    counts = {name: getattr(spent, name) for name in ("read", "written", "calls")}
    return PartOut(part=part, title=title, spent=amount(spent.micros), **counts)


async def on(project_id: str, abouts: Iterable[str]) -> dict[str, float]:
    """What these runs or messages cost, where they cost anything."""
    found = await read(costs.about, project_id, abouts)
    return {id: amount(micros) for id, micros in found.items()}


async def by_phase(project_id: str) -> dict[int, float]:
    """What each phase cost, by its number."""
    parts = await read(costs.parts, project_id)
    return {part.phase: amount(part.spent.micros) for part in parts if part.phase}
