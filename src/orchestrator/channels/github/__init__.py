"""GitHub as a place where people are: issues are rooms, comments are what is said in them."""

from orchestrator.channels.github.channel import Github
from orchestrator.settings import Settings


def channel(settings: Settings) -> Github | None:
    """GitHub, if we have an account there."""
    return Github(settings) if settings.github_token or settings.github_app_id else None
