"""What people set for themselves about other services: their accounts there, and when they may be interrupted."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.elsewhere import CHANNELS, Manners, News, minutes
from orchestrator.errors import NotUnderstood
from orchestrator.runtime import runtime, tx
from orchestrator.store import identities, manners
from orchestrator.telling.marks import Field
from orchestrator.web import linking
from orchestrator.web.auth import Person, Signed
from orchestrator.web.pages import settings_page

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=200)]
Many = Annotated[list[str], Form(max_length=10)]
SEE_OTHER = 303


@router.post("/settings/codes")
async def code(who: Signed, channel: Text = "", login: Text = "") -> Response:
    """Make a code and show it, this once."""
    try:
        made = await tx(linking.code, who.actor, channel, login)
    except NotUnderstood as wrong:
        return await settings_page(who, 422, login=Field(login, str(wrong)))
    return await settings_page(who, code=made)


@router.post("/settings/unlink")
async def unlink(who: Signed, channel: Text = "", outside: Text = "") -> Response:
    """Cut the tie to one’s account elsewhere."""
    await tx(identities.unlink, who.actor, who.user_id, channel, outside)
    return RedirectResponse("/settings?saved=unlinked#elsewhere", SEE_OTHER)


@router.post("/settings/interruptions")
async def interruptions(
    who: Signed,
    quiet_from: Text = "",
    quiet_until: Text = "",
    most: Text = "0",
    told: Many = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Keep when somebody may be interrupted. `told` has one entry for each box: the kind of news and the service."""
    try:
        await tx(_keep, who, quiet_from, quiet_until, most, told)
    except NotUnderstood as wrong:
        return await settings_page(who, 422, wrong=str(wrong))
    return RedirectResponse("/settings?saved=interruptions#interruptions", SEE_OTHER)


async def _keep(db: AsyncSession, who: Person, quiet_from: str, quiet_until: str, most: str, told: list[str]) -> None:
    if not most.isdecimal():
        raise NotUnderstood("Please choose how often we may interrupt you.")
    before = await manners.of(db, who.user_id)
    chosen = {news: _chosen(news, before, told) for news in News}
    kept = {str(news): channels for news, channels in chosen.items() if channels != list(CHANNELS)}
    wanted = Manners(minutes(quiet_from), minutes(quiet_until), int(most[:4]), kept)
    await manners.set(db, who.user_id, wanted)


def _chosen(news: News, before: Manners, told: list[str]) -> list[str]:
    """The services for one kind of news. Of one that is not set up here the form says nothing, and nothing changes."""
    asked = {channel: linking.here(runtime().settings, channel) for channel in CHANNELS}
    wants = {
        channel: f"{news} {channel}" in told if here else before.wants(news, channel) for channel, here in asked.items()
    }
    return [channel for channel in CHANNELS if wants[channel]]
