"""Which settings go together, and what each of them may look like beyond its type."""

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.errors import WrongSetting

if TYPE_CHECKING:
    from orchestrator.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MODELS = re.compile(r"\s*([a-z-]+\s*=\s*[^\s,=]+\s*(,\s*|$))*")


class Wrong(Exception):
    """The setting of this name cannot be used, for this reason."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name, self.why = name, why


def check(settings: "Settings") -> None:
    _of_the_database(settings)
    _of_builders(settings)
    if settings.rate_limits == "off" and not settings.on_loopback:
        raise WrongSetting("ORCHESTRATOR_RATE_LIMITS can be off only while ORCHESTRATOR_HOST is 127.0.0.1.")
    if not re.fullmatch(r"[\w.:%-]+", settings.host):
        raise Wrong("host", "it must be the name or the address of this machine")
    for name in ("public_url", "url"):
        if (address := getattr(settings, name)) and not _is_web(address):
            raise Wrong(name, "it must begin with https:// or http:// and name a host")
    _of_the_model(settings)
    _of_scar(settings)
    if re.search(r"[/\s]", re.sub(r"\s*,\s*", ",", settings.hosts)):
        raise Wrong("hosts", "it must be names such as app.example.org, separated by commas")
    _of_channels(settings)
    if not _are_networks(settings.webhooks_from):
        raise Wrong("webhooks_from", "it must be addresses or networks such as 192.0.2.0/24, separated by commas")


def _are_networks(text: str) -> bool:
    try:
        return all(ip_network(name.strip(), strict=False) for name in text.split(",") if name.strip())
    except ValueError:
        return False


def _of_builders(settings: "Settings") -> None:
    if settings.builder_command and not settings.builder_words:
        raise Wrong("builder_command", "a quotation mark in it is not closed")
    if not re.fullmatch(r"[a-z-]*", settings.builder):
        raise Wrong("builder", "it must be the name of a builder, such as starter or claude")
    if not re.fullmatch(MODELS, settings.builder_models):
        raise Wrong("builder_models", "it must be builders with their models, such as claude=claude-sonnet-5")


def _of_the_model(settings: "Settings") -> None:
    for name in ("model", "fallback_model"):
        if (model := getattr(settings, name)) and not re.fullmatch(r"[a-z][a-z-]*(/[a-z-]+)?:\S+", model):
            raise Wrong(name, "it must be a provider and a name, such as anthropic:claude-sonnet-5")
    for name in ("anthropic_base_url", "openai_base_url", "ollama_base_url"):
        if (address := getattr(settings, name)) and not _is_safe(address):
            raise Wrong(name, "it must begin with https://, or with http:// for this machine itself")
    if settings.model_prices and settings.prices is None:
        raise Wrong("model_prices", "it must be two numbers, such as 0.15 0.60")
    if not re.fullmatch(r"[A-Z]{3}", settings.currency):
        raise Wrong("currency", "it must be a code of three capital letters, such as EUR")


def _of_scar(settings: "Settings") -> None:
    if settings.scar_url and not _is_web(settings.scar_url):
        raise Wrong("scar_url", "it must begin with https:// or http:// and name a host")
    if settings.scar_bot and not re.fullmatch(r"[A-Za-z0-9-]+(\[bot\])?", settings.scar_bot):
        raise Wrong("scar_bot", "it must be the name of an account, without @")
    if not re.fullmatch(r"[\w-]+", settings.scar_mention):
        raise Wrong("scar_mention", "it must be a name, without @")


def _of_channels(settings: "Settings") -> None:
    for name in ("telegram_api_url", "github_api_url", "github_url"):
        if not _is_safe(getattr(settings, name)):
            raise Wrong(name, "it must begin with https://, or with http:// for this machine itself")
    if not re.fullmatch(r"(@?[A-Za-z0-9-]+(\[bot\])?)?", settings.github_mention):
        raise Wrong("github_mention", "it must be the name of an account")
    if settings.github_app_id and not settings.github_app_key_file:
        raise Wrong("github_app_id", "it needs the file with the key of that app, in ORCHESTRATOR_GITHUB_APP_KEY_FILE")
    if settings.telegram_webhook_secret:
        _of_the_webhook(settings, settings.telegram_webhook_secret.get_secret_value())


def _of_the_webhook(settings: "Settings", secret: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise Wrong("telegram_webhook_secret", "it must have letters, digits, _ and - only")
    if not settings.public_url:
        raise Wrong("telegram_webhook_secret", "Telegram must be told where to send to: set ORCHESTRATOR_PUBLIC_URL")


def _of_the_database(settings: "Settings") -> None:
    if settings.jobs == "procrastinate" and not settings.database_url:
        raise WrongSetting("ORCHESTRATOR_JOBS=procrastinate needs DATABASE_URL with a PostgreSQL database.")
    if settings.database_url and not _names_a_database(settings.database_url):
        raise Wrong("database_url", "it must look like postgresql://user:password@host/name, or be left out for SQLite")


def _names_a_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "postgresql" and parts.port != 0 and len(parts.path) > 1
    except ValueError:
        return False


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_safe(address: str) -> bool:
    """Whether a key may be sent there: encrypted, or without leaving this machine."""
    return _is_web(address) and (address.startswith("https://") or urlsplit(address).hostname in LOOPBACK)
