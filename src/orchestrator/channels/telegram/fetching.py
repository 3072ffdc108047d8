"""Gets what comes from Telegram, by asking or by having it brought, and keeps it before Telegram may forget it."""

import asyncio
import json
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import BotCommand
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from orchestrator.channels.telegram.calls import Calls, told
from orchestrator.channels.telegram.orders import ORDERS
from orchestrator.channels.telegram.updates import KINDS, Me
from orchestrator.channels.telegram.visits import NAME
from orchestrator.domain import deliveries
from orchestrator.errors import NotUnderstood, OrchestratorError
from orchestrator.runtime import read, tx
from orchestrator.settings import Settings
from orchestrator.store import arrivals, cursors
from orchestrator.store.arrivals import Arrival

log = structlog.get_logger(__name__)
ME = "me"  # under this name our own account stands among the cursors
FIRST_S, LONGEST_S = 1.0, 60.0  # pauses after what went wrong
LOOK_AGAIN_S = 600.0  # whether Telegram still brings us what comes
WAY = "/webhooks/telegram"
REASONS = {
    Conflict: "Another program asks Telegram with the same token.",
    InvalidToken: "Telegram does not take our token.",
}


async def forever(calls: Calls, settings: Settings) -> None:
    """Until cancelled. What goes wrong is told once and tried again after pauses that grow."""
    pause, said = FIRST_S, ""
    begun, offset = False, None
    while True:
        try:
            if not begun:
                await _begin(calls, settings)
                begun = True
            if settings.telegram_webhook_secret:
                await asyncio.sleep(LOOK_AGAIN_S)
                await _bring(calls, settings)
            else:
                offset = await _fetch(calls, offset)
            if said:
                log.info("telegram.back")
            pause, said = FIRST_S, ""
        except (TelegramError, OrchestratorError) as problem:
            reason = REASONS.get(type(problem)) or str(problem)
            if reason != said:
                log.warning("telegram.away", reason=reason)
            said = reason
            begun = begun and not isinstance(problem, (Conflict, InvalidToken))
            wait = problem._retry_after.total_seconds() if isinstance(problem, RetryAfter) else pause  # noqa: SLF001
            await asyncio.sleep(wait)
            pause = min(LONGEST_S, pause * 2)


async def _begin(calls: Calls, settings: Settings) -> None:
    account = await calls.bot.get_me()
    await tx(cursors.put, NAME, ME, account.id, account.username or "")
    known = {one.command: one.description for one in await calls.bot.get_my_commands()}
    wanted = {name: order.says for name, order in ORDERS.items()}
    if known != wanted:
        await calls.bot.set_my_commands([BotCommand(name, says) for name, says in wanted.items()])
    if settings.telegram_webhook_secret:
        await _bring(calls, settings)
    elif (await calls.bot.get_webhook_info()).url:
        await calls.bot.delete_webhook()


async def _bring(calls: Calls, settings: Settings) -> None:
    """Have Telegram bring us what comes."""
    assert settings.telegram_webhook_secret
    url = settings.public_url.rstrip("/") + WAY
    info = await calls.bot.get_webhook_info()
    if info.url != url or info.last_error_date or set(info.allowed_updates or ()) != set(KINDS):
        secret = settings.telegram_webhook_secret.get_secret_value()
        await calls.bot.set_webhook(url, allowed_updates=list(KINDS), secret_token=secret)


async def _fetch(calls: Calls, offset: int | None) -> int | None:
    """Ask once, and keep what comes. The next time we ask, Telegram may forget it.

    The first time we ask for all that Telegram still has: what we have kept already is known by its number.
    """
    found = await calls.updates(offset, KINDS)
    if not found:
        return offset
    await tx(_keep, [arrival for one in found if (arrival := _arrival(one))])
    return max(int(one["update_id"]) for one in found) + 1


async def _keep(db: AsyncSession, found: list[Arrival]) -> None:
    await arrivals.keep(db, found)


def _arrival(update: dict[str, Any]) -> Arrival | None:
    try:
        known = deliveries.telegram(update)
    except NotUnderstood:
        return None
    return Arrival(NAME, *known, json.dumps(update).encode()) if known else None


async def me(calls: Calls) -> Me:
    """Our own account, as we know it since we asked last. Raises TryAgain."""
    if known := await read(cursors.get, NAME, ME):
        return Me(known.number, known.note)
    async with told():
        account = await calls.bot.get_me()
    return Me(account.id, account.username or "")
