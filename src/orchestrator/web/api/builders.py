"""Builders: which are here, and what each of them still needs."""

from fastapi import APIRouter
from pydantic import BaseModel

from orchestrator.executors import installed
from orchestrator.executors.agents.finding import Found
from orchestrator.runtime import runtime
from orchestrator.web.api.asking import Who

router = APIRouter(tags=["builders"])


class BuilderOut(BaseModel):
    """`ready` is one that new work can be given to; `next` is what to do until then."""

    id: str
    title: str
    description: str
    where: str | None
    version: str | None
    signed_in: bool
    ready: bool
    default: bool
    next: str

    @classmethod
    def of(cls, found: Found, default: str) -> "BuilderOut":
        plain = {name: getattr(found, name) for name in ("id", "title", "description", "signed_in", "ready", "next")}
        where, version = str(found.where) if found.where else None, found.version or None
        return cls(**plain, where=where, version=version, default=found.id == default)


@router.get("/builders")
async def builders(who: Who) -> list[BuilderOut]:  # noqa: ARG001 - anybody who is signed in
    """List the builders, and what each of them still needs."""
    live = runtime()
    return [BuilderOut.of(one, live.builder) for one in await installed.stand(live.settings, live.builders)]
