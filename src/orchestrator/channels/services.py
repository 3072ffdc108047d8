"""The services that this installation speaks with: those for which there is a key."""

from importlib import import_module

from orchestrator.channels.ports import Channel
from orchestrator.settings import Settings


def load(settings: Settings) -> list[Channel]:
    """Make a channel for each service that is set up. What speaks with it is loaded only then: that takes a while."""
    wanted = {
        "telegram": settings.telegram_bot_token is not None,
        "github": settings.github_token is not None or bool(settings.github_app_id),
    }
    found = [import_module(f"orchestrator.channels.{name}").channel(settings) for name, has in wanted.items() if has]
    return [channel for channel in found if channel]
