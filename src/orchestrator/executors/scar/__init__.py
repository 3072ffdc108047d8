"""Builders that are a running SCAR, spoken to over HTTP or over GitHub."""

from dataclasses import replace
from urllib.parse import urlsplit

from orchestrator.executors.scar.github import Account, ScarGithub
from orchestrator.executors.scar.notes import Notes
from orchestrator.executors.scar.run import ScarHttp
from orchestrator.executors.scar.talk import ScarLimits
from orchestrator.ports import Exchange, Executor
from orchestrator.settings import Settings

HTTP, GITHUB = "scar-http", "scar-github"
TITLES = {HTTP: "SCAR over HTTP", GITHUB: "SCAR over GitHub"}
API = "api.github.com"


def builders(settings: Settings, exchange: Exchange) -> dict[str, Executor]:
    """Those that are set, by name."""
    folder = settings.data_dir.resolve() / "homes" / "scar"
    limits = ScarLimits(hard_s=settings.run_limit_s, ack_s=settings.scar_answer_s)
    found: dict[str, Executor] = {}
    if settings.github_token and not lacks(GITHUB, settings):
        token, issue = settings.github_token.get_secret_value(), settings.scar_issue
        account = Account(settings.github_api_url, token, settings.scar_mention, settings.scar_bot, issue)
        calm = replace(limits, shortest_s=0.5, longest_s=10)  # GitHub does not like to be asked all the time
        found[GITHUB] = ScarGithub(account, exchange, Notes(folder / "github"), calm)
    if not lacks(HTTP, settings):
        found[HTTP] = ScarHttp(settings.scar_url, exchange, Notes(folder / "http"), limits)
    return found


def lacks(id: str, settings: Settings) -> str:
    """The variable without which it cannot be used; empty where nothing is missing."""
    if id == HTTP:
        return "" if settings.scar_url else "SCAR_URL"
    if not settings.github_token:
        return "GITHUB_TOKEN"
    return "" if settings.scar_bot else "ORCHESTRATOR_SCAR_BOT"


def passes(settings: Settings) -> dict[str, str]:
    """What git shows to which host."""
    if not settings.github_token:
        return {}
    host = urlsplit(settings.github_api_url).hostname or ""
    return {"github.com" if host == API else host: settings.github_token.get_secret_value()}
