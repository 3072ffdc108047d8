"""Which provider a model belongs to, and whether all that it needs is set. Pure: nothing is loaded for it."""

from pydantic import SecretStr

from orchestrator.settings import Settings

KEYS = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openai-chat": "OPENAI_API_KEY",
    "openai-responses": "OPENAI_API_KEY",
    "google": "GOOGLE_API_KEY",
}
NAMES = {"openai-chat": "OpenAI", "openai-responses": "OpenAI", "openai": "OpenAI"}


def provider(model: str) -> str:
    return model.partition(":")[0]


def name(model: str) -> str:
    """As a person knows it: “Anthropic claude-sonnet-5”."""
    by, _, which = model.partition(":")
    return f"{NAMES.get(by, by.capitalize())} {which}"


def key(settings: Settings, by: str) -> str:
    """The key for this provider, or an empty text."""
    found = getattr(settings, KEYS[by].lower(), None) if by in KEYS else None
    return found.get_secret_value() if isinstance(found, SecretStr) else ""


def lacks(settings: Settings, model: str) -> str:
    """The variable without which this model cannot be asked; empty where nothing is missing."""
    by = provider(model)
    if by == "ollama" or (by in KEYS and (key(settings, by) or _elsewhere(settings, by))):
        return ""
    return KEYS.get(by, "")  # what others need, their own libraries look for, and say when they do not find it


def _elsewhere(settings: Settings, by: str) -> bool:
    """Whoever speaks like OpenAI may ask for no key."""
    return by.startswith("openai") and bool(settings.openai_base_url)


def ready(settings: Settings) -> bool:
    return bool(settings.model) and not lacks(settings, settings.model)


def says(settings: Settings) -> str:
    """Who talks with people, in a sentence or two."""
    if not settings.model:
        return "No model is set: the interview asks fixed questions."
    if missing := lacks(settings, settings.model):
        return f"{name(settings.model)} is set, but {missing} is not: the interview asks fixed questions."
    spare = f" {name(settings.fallback_model)} takes over when it does not answer." if settings.fallback_model else ""
    return f"{name(settings.model)} talks with people.{spare}"
