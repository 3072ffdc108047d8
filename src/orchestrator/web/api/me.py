"""About whoever asks: their accounts on other services, and when they may be interrupted."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.elsewhere import Manners, minutes, time_of_day
from orchestrator.runtime import read, tx
from orchestrator.store import identities, manners
from orchestrator.web import linking
from orchestrator.web.api.asking import Who, actor

router = APIRouter(prefix="/me", tags=["me"])
Kind = Literal["decisions", "stuck", "done", "progress"]
Where = Literal["web", "telegram", "github"]
Text = Annotated[str, Path(max_length=200)]


class Identity(BaseModel):
    """`id` is the account's own number there."""

    channel: str
    id: str
    name: str
    linked_at: datetime


class Identities(BaseModel):
    items: list[Identity]


class Wanted(BaseModel):
    """For which service a code is wanted; for GitHub also for which account."""

    channel: str = Field(max_length=40)
    login: str = Field("", max_length=200)


class CodeOut(BaseModel):
    """It works once. `link` does with one tap what typing `/link` and the code does, where the service has that."""

    channel: str
    code: str
    expires_at: datetime
    login: str | None
    link: str | None


class MannersBody(BaseModel):
    """Times are “20:30”, in the zone of the person; 0 interruptions a day is no limit.

    `channels` names for a kind of news the services on which it is told; a kind that is not named is told on all.
    On the web everything is always to be seen.
    """

    quiet_from: str | None = Field(None, max_length=10)
    quiet_until: str | None = Field(None, max_length=10)
    most_a_day: int = Field(0, ge=0, le=100)
    channels: dict[Kind, list[Where]] = {}

    @classmethod
    def of(cls, kept: Manners) -> "MannersBody":
        times = {
            "quiet_from": time_of_day(kept.quiet_from) or None,
            "quiet_until": time_of_day(kept.quiet_until) or None,
        }
        return cls.model_validate({**times, "most_a_day": kept.most_a_day, "channels": kept.channels})

    def value(self) -> Manners:
        channels = {str(news): [*map(str, chosen)] for news, chosen in self.channels.items()}
        return Manners(minutes(self.quiet_from or ""), minutes(self.quiet_until or ""), self.most_a_day, channels)


@router.get("/identities")
async def accounts(who: Who) -> Identities:
    """List the accounts on other services that are linked to whoever asks."""
    return await read(_accounts, who.user_id)


@router.delete("/identities/{channel}/{outside}")
async def unlink(channel: Text, outside: Text, who: Who) -> Identities:
    """Let an account be nobody here again. What it does then counts as a stranger's."""
    await tx(identities.unlink, actor(who), who.user_id, channel, outside)
    return await read(_accounts, who.user_id)


@router.post("/codes", status_code=201)
async def code(body: Wanted, who: Who) -> CodeOut:
    """Make a code with which an account is linked. It is shown this once, and the one before ends with it."""
    made = await tx(linking.code, actor(who), body.channel, body.login)
    return CodeOut(
        channel=made.channel,
        code=made.code,
        expires_at=made.until,
        login=made.login or None,
        link=made.link or None,
    )


@router.get("/manners")
async def how(who: Who) -> MannersBody:
    """Say when whoever asks may be interrupted, and where they are told of what."""
    return MannersBody.of(await read(manners.of, who.user_id))


@router.put("/manners")
async def set_how(body: MannersBody, who: Who) -> MannersBody:
    """Set all of it."""
    await tx(manners.set, who.user_id, body.value())
    return MannersBody.of(await read(manners.of, who.user_id))


async def _accounts(db: AsyncSession, user_id: str) -> Identities:
    found = await identities.of(db, user_id)
    items = [Identity(channel=one.channel, id=one.outside, name=one.name, linked_at=one.linked_at) for one in found]
    return Identities(items=items)
