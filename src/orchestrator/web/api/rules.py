"""What people allowed the builder of a project, and taking that back."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import Forget
from orchestrator.runtime import read
from orchestrator.store import projects, rules
from orchestrator.web.api.asking import Key, ProjectId, Who, done
from orchestrator.web.api.shapes import RuleOut

router = APIRouter(tags=["decisions"])
RuleId = Annotated[str, Path(max_length=64)]


class RuleList(BaseModel):
    items: list[RuleOut]


@router.get("/projects/{id}/rules")
async def of_project(id: ProjectId, who: Who) -> RuleList:
    """List what holds now, in the order in which it was said."""
    await read(projects.role, id, who.user_id)
    return RuleList(items=await read(_holding, id))


@router.delete("/projects/{id}/rules/{rule}")
async def forget(id: ProjectId, rule: RuleId, who: Who, key: Key = None) -> RuleList:
    """Let it hold no longer: the next time the builder wants such a thing, somebody is asked."""
    await done(Forget(id, rule), who, key)
    return RuleList(items=await read(_holding, id))


async def _holding(db: AsyncSession, id: str) -> list[RuleOut]:
    return [RuleOut.of(row) for row in await rules.holding(db, await projects.row(db, id))]
