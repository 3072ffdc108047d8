"""The services that this installation speaks with: those for which there is a key."""

from orchestrator.channels import github, telegram
from orchestrator.channels.ports import Channel
from orchestrator.settings import Settings


def load(settings: Settings) -> list[Channel]:
    """Make a channel for each service that is set up. Their libraries are loaded only then."""
    return [channel for made in (telegram, github) if (channel := made.channel(settings))]
