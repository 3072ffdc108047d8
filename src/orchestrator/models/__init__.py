"""Language models, whoever provides them. The libraries for them are loaded only where one is set."""

from orchestrator.models.lazy import Lazy
from orchestrator.models.providers import ready
from orchestrator.settings import Settings


def load(settings: Settings) -> Lazy | None:
    """The model that is set, if its key is there as well."""
    return Lazy(settings) if ready(settings) else None
