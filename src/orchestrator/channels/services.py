"""The services that this installation speaks with: those for which there is a key."""

from orchestrator.channels.ports import Channel
from orchestrator.settings import Settings


def load(settings: Settings) -> list[Channel]:
    """Make a channel for each service that is set up. Their libraries are loaded only then."""
    found: list[Channel] = []
    if settings.github_token or settings.github_app_id:
        from orchestrator.channels import github  # noqa: PLC0415 - not loaded where nobody speaks with it

        found += filter(None, [github.channel(settings)])
    return found
