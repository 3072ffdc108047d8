"""Telegram: one bot, many chats. Its library is loaded only where there is a token."""

from orchestrator.channels.ports import Channel
from orchestrator.settings import Settings


def channel(settings: Settings) -> Channel | None:
    """Make the channel; nothing where no bot is set up."""
    if settings.telegram_bot_token is None:
        return None
    from orchestrator.channels.telegram.service import Telegram  # noqa: PLC0415 - takes memory and half a second

    return Telegram(settings)
