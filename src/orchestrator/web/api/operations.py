"""For whoever runs the installation: what could not be delivered or taken up, and trying it again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.runtime import read, tx
from orchestrator.store import arrivals, posts
from orchestrator.web.auth import Owner
from orchestrator.web.show import undone

router = APIRouter(tags=["operations"])


class Undelivered(BaseModel):
    id: str
    channel: str
    what: str
    where: str
    problem: str
    tries: int
    made_at: datetime


class NotTaken(BaseModel):
    id: int
    channel: str
    kind: str
    problem: str
    arrived_at: datetime


class Operations(BaseModel):
    """`waiting` is how many arrivals are still to be taken up."""

    undelivered: list[Undelivered]
    not_taken: list[NotTaken]
    waiting: int


@router.get("/operations")
async def operations(who: Owner) -> Operations:  # noqa: ARG001 - it lets in
    """List the messages that could not be delivered, and what came and could not be taken up, newest first."""
    return await read(_now)


@router.post("/operations/undelivered/{post}/again")
async def deliver_again(post: Annotated[str, Path(max_length=64)], who: Owner) -> Operations:  # noqa: ARG001
    """Try to deliver a message once more."""
    await tx(posts.again, post)
    return await read(_now)


@router.post("/operations/not-taken/{number}/again")
async def take_again(number: Annotated[int, Path(ge=1, le=2**62)], who: Owner) -> Operations:  # noqa: ARG001
    """Take up once more what came."""
    await tx(arrivals.again, number)
    return await read(_now)


async def _now(db: AsyncSession) -> Operations:
    dead = [
        Undelivered(
            id=post.id,
            channel=room.channel,
            what=undone.subject(post),
            where=undone.place(room),
            problem=post.problem or room.problem,
            tries=post.tries,
            made_at=post.made_at,
        )
        for post, room in await posts.dead(db)
    ]
    failed = [
        NotTaken(id=row.id, channel=row.channel, kind=row.kind, problem=row.problem, arrived_at=row.at)
        for row in await arrivals.failed(db)
    ]
    return Operations(undelivered=dead, not_taken=failed, waiting=await arrivals.count_open(db))
