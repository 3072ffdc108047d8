"""Codes with which somebody links their account on another service to themselves here."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import Actor
from orchestrator.domain.elsewhere import SERVICES
from orchestrator.errors import Conflict, NotUnderstood
from orchestrator.runtime import runtime
from orchestrator.settings import Settings
from orchestrator.store import cursors, identities, links

LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
WHO: Final = "Please write your name on GitHub, as in github.com/your-name."
NO_SERVICE: Final = "We do not speak with people on “{name}”. There is: {all}."
NOT_HERE: Final = "{title} is not set up here. Whoever runs this installation can do that."


@dataclass(frozen=True, slots=True)
class Code:
    """What is typed there, once. `link` does it with one tap, where the service has that."""

    channel: str
    code: str
    until: datetime
    login: str = ""
    link: str = ""


def here(settings: Settings, channel: str) -> bool:
    """Whether this installation speaks with people there."""
    if channel == "telegram":
        return settings.telegram_bot_token is not None
    return settings.github_token is not None or bool(settings.github_app_id)


def account(login: str) -> str:
    """The name of an account on GitHub, however it was written. Raises NotUnderstood."""
    name = login.strip().removeprefix("https://").removeprefix("github.com/").strip("@/ ")
    if not LOGIN.fullmatch(name):
        raise NotUnderstood(WHO, field="login")
    return name


async def code(db: AsyncSession, who: Actor, channel: str, login: str) -> Code:
    """Make a code for whoever asks; the one before ends. On GitHub it works for one account alone."""
    if channel not in SERVICES:
        raise NotUnderstood(NO_SERVICE.format(name=channel[:40], all=", ".join(SERVICES)), field="channel")
    if not here(runtime().settings, channel):
        raise Conflict(NOT_HERE.format(title=SERVICES[channel]))
    about = account(login) if channel == "github" else ""
    until = identities.code_lasts()
    made = await links.create(db, who, channel, who.user_id, clock.now(), about=about)
    bot = await cursors.get(db, "telegram", "bot") if channel == "telegram" else None
    link = f"https://t.me/{bot.note}?start={made}" if bot and bot.note else ""
    return Code(channel, made, until, about, link)
