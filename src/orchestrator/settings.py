"""Everything that can be set from outside, read once, in app.py."""

import ipaddress
import re
import shlex
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestrator import consistency
from orchestrator.consistency import LOOPBACK
from orchestrator.errors import NotUnderstood, WrongSetting

PREFIX = "ORCHESTRATOR_"
POSTGRES = re.compile(r"(postgresql(\+psycopg)?|postgres)://")
# What the checking of types says, in plain words.
PLAIN = {
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number",
    "bool_parsing": "it must be true or false",
    "greater_than": "it must be more than {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than_equal": "it must be at most {le:g}",
    "literal_error": "it must be {expected}",
}


def _also(name: str, *usual: str) -> Any:
    """Accept the usual names of a variable beside ORCHESTRATOR_<NAME>."""
    return AliasChoices(f"ORCHESTRATOR_{name.upper()}", *usual)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, allow_inf_nan=False
    )

    # Where it lives
    data_dir: Path = Field(
        Path("data"),
        validation_alias=_also("data_dir", "DATA_DIR"),
        description="Everything this installation writes: the SQLite file, the projects' repositories, logs and keys.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on. Only this machine can reach the default.")
    port: int = Field(8000, ge=1, le=65535, validation_alias=_also("port", "PORT"), description="Port to listen on.")
    public_url: str = Field(
        "", description="How people reach the page, for links. With https, cookies are sent over https only."
    )
    hosts: str = Field(
        "", description="Further host names, separated by commas, under which the page may be asked for."
    )

    trusted_proxies: str = Field(
        "", description="Addresses or networks, separated by commas, of proxies whose word about the sender is taken."
    )

    # Storage and work
    database_url: str | None = Field(
        None,
        validation_alias=_also("database_url", "DATABASE_URL"),
        description="postgresql://user:password@host/name. Without it: SQLite in the data directory.",
    )
    jobs: Literal["local", "procrastinate"] = Field(
        "local",
        description="Who carries work: this process, or (PostgreSQL only) a queue that several processes share.",
    )
    legs_at_once: int = Field(4, ge=1, le=64, description="How many builders may work at once in this process.")
    turns_at_once: int = Field(250, ge=1, le=1000, description="How many replies may be worked on at once.")
    reconcile_s: float = Field(2.0, gt=0, description="How soon, in seconds, work whose start was lost is found.")
    stalled_s: float = Field(
        3.0, gt=0, description="How long a process may be silent before others take its work over."
    )
    drain_s: float = Field(
        2.0, ge=0, description="How long work may go on, in seconds, when the process is asked to end."
    )

    # Building
    repairs: int = Field(
        2, ge=0, le=10, description="How often a phase is repaired by itself before a person is asked."
    )
    run_limit_s: float = Field(1800, gt=0, description="The longest that one piece of a builder's work may take.")
    stall_s: float = Field(600, gt=0, description="How long a builder may show no sign of life.")
    check_limit_s: float = Field(600, gt=0, description="The longest that one check may take.")
    builder: str = Field(
        "",
        description="Who builds new projects: starter, acp, claude, codex, gemini, opencode or goose. Without it: the "
        "command below where there is one, else the starter.",
    )
    builder_command: str = Field(
        "", description="A command line that speaks the Agent Client Protocol; as a builder it is called acp."
    )
    builder_models: str = Field(
        "",
        description="Which model a coding agent uses, such as “claude=claude-sonnet-5, codex=gpt-5”. Without it, each "
        "chooses its own.",
    )
    namespaces: bool = Field(
        True, description="Give each builder a process space of its own where the machine allows it."
    )
    sandbox: Literal["on", "off", "needed"] = Field(
        "on",
        description="Keep builders within walls (bubblewrap) where the machine allows it; needed: or have none work.",
    )
    look_at_end: Literal["on", "off"] = Field(
        "on", description="Ask all 54 questions about an app by itself when its project is complete."
    )
    decision_days: int = Field(
        7,
        ge=1,
        le=365,
        description="After how many days an open decision is reminded of; after as many again it is parked.",
    )

    # SCAR, a builder that runs by itself
    scar_url: str = Field(
        "",
        validation_alias=_also("scar_url", "SCAR_URL"),
        description="Where a SCAR is asked over HTTP: on this machine or in its private network only, because it lets "
        "in everybody.",
    )
    scar_bot: str = Field(
        "",
        validation_alias=_also("scar_bot", "SCAR_BOT"),
        description="The GitHub account of a SCAR that is asked in comments; our own key must be of another one.",
    )
    scar_mention: str = Field(
        "scar",
        validation_alias=_also("scar_mention", "SCAR_MENTION"),
        description="The name, without @, to which that SCAR listens.",
    )
    scar_issue: int = Field(
        0, ge=0, description="The number of an issue in which that SCAR is asked for everything; 0: one for each phase."
    )
    scar_answer_s: float = Field(
        120, gt=0, description="How long, in seconds, that SCAR may take to notice us before a person is asked."
    )

    # Telegram and GitHub
    telegram_bot_token: SecretStr | None = Field(
        None,
        validation_alias=_also("telegram_bot_token", "TELEGRAM_BOT_TOKEN"),
        description="The key of our bot on Telegram, as @BotFather gives it. Without it there is no Telegram.",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        validation_alias=_also("telegram_api_url", "TELEGRAM_API_URL"),
        description="Where Telegram is asked.",
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        validation_alias=_also("telegram_webhook_secret", "TELEGRAM_WEBHOOK_SECRET"),
        description="With it Telegram sends to /webhooks/telegram and shows this word. Without it we ask Telegram.",
    )
    github_token: SecretStr | None = Field(
        None,
        validation_alias=_also("github_token", "GITHUB_TOKEN"),
        description="Our own key for GitHub: for comments, pull requests and the branches of phases.",
    )
    github_api_url: str = Field(
        "https://api.github.com",
        validation_alias=_also("github_api_url", "GITHUB_API_URL"),
        description="Where GitHub is asked.",
    )
    github_url: str = Field("https://github.com", description="Where GitHub is read, and repositories are copied.")
    github_app_id: int = Field(0, ge=0, description="The number of a GitHub App that we speak as, instead of a key.")
    github_app_key_file: str = Field("", description="The file with the private key of that app.")
    github_webhook_secret: SecretStr | None = Field(
        None,
        validation_alias=_also("github_webhook_secret", "GITHUB_WEBHOOK_SECRET"),
        description="With it GitHub may send to /webhooks/github, signed with this word.",
    )
    github_hook_addresses: Literal["on", "off"] = Field(
        "off", description="Take webhooks only from the addresses that GitHub says are its own."
    )
    webhooks_from: str = Field(
        "",
        description="Addresses or networks, separated by commas, from which webhooks are taken. Without it, from "
        "anywhere, if they are signed.",
    )
    github_mention: str = Field(
        "", description="The name, without @, to which we listen on GitHub. Without it: that of our own account."
    )
    github_poll_s: float = Field(
        30.0, ge=0, description="How often GitHub is asked for what its webhooks did not bring, in seconds; 0: never."
    )

    # The AI model that talks with people
    model: str = Field(
        "",
        description="Provider and name of the AI model, such as anthropic:claude-sonnet-5, openai:gpt-5 or "
        "ollama:llama3.2. Without it, or without its key, fixed questions are asked instead.",
    )
    fallback_model: str = Field("", description="Another model, for when the first one does not answer.")
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias=_also("anthropic_api_key", "ANTHROPIC_API_KEY"), description="The key of Anthropic."
    )
    anthropic_base_url: str = Field(
        "", validation_alias=_also("anthropic_base_url", "ANTHROPIC_BASE_URL"), description="Where Anthropic is asked."
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias=_also("openai_api_key", "OPENAI_API_KEY"), description="The key of OpenAI or its like."
    )
    openai_base_url: str = Field(
        "",
        validation_alias=_also("openai_base_url", "OPENAI_BASE_URL"),
        description="Where OpenAI is asked, or whoever speaks like it.",
    )
    google_api_key: SecretStr | None = Field(
        None,
        validation_alias=_also("google_api_key", "GOOGLE_API_KEY", "GEMINI_API_KEY"),
        description="The key of Google.",
    )
    ollama_base_url: str = Field(
        "http://127.0.0.1:11434/v1",
        validation_alias=_also("ollama_base_url", "OLLAMA_BASE_URL"),
        description="Where Ollama is asked.",
    )
    model_limit_s: float = Field(120, gt=0, description="The longest that one answer of the model may take.")
    model_silence_s: float = Field(30, gt=0, description="How long the model may say nothing before we give it up.")
    model_prices: str = Field(
        "",
        description="What a million tokens cost in US dollars, read and written, such as “0.15 0.60”: for models whose "
        "prices are not known.",
    )
    currency: str = Field("USD", description="In which currency costs are shown: a code of three letters.")
    dollar: float = Field(1.0, gt=0, description="What one US dollar is worth in that currency.")
    budget: float = Field(10.0, ge=0, description="How much a new project may cost before a person is asked; 0: any.")

    # Safety
    rate_limits: Literal["on", "off"] = Field(
        "on", description="Limits per person and address. They can be off only while the server is bound to loopback."
    )
    bootstrap_token: SecretStr | None = Field(
        None, description="An API key (token) for the first owner, for scripted set-ups; never printed."
    )
    body_limit: int = Field(2_000_000, ge=1000, description="The largest request, in bytes, that is read.")
    session_hours: int = Field(12, ge=1, le=720, description="After how many hours without use a person is signed out.")

    # The command line
    url: str = Field("", description="The server that the command line talks to. Without it: the one on this machine.")
    token: SecretStr | None = Field(
        None, description="The API key (token) of the command line. Without it: one for this machine’s owner."
    )

    # Watching
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="How much is logged; info has a line for each request and each step."
    )
    log_format: Literal["text", "json"] = Field("text", description="json: one object a line, for log collectors.")

    @field_validator("database_url")
    @classmethod
    def _as_all_drivers_know_it(cls, url: str | None) -> str | None:
        return POSTGRES.sub("postgresql://", url, count=1) if url else None

    @property
    def address(self) -> str:
        """How people reach the page: `public_url`, or the address it listens on."""
        return self.public_url.rstrip("/") or self.here

    @property
    def here(self) -> str:
        """How programs of this machine reach the server."""
        return f"http://{_reached(self.host)}:{self.port}"

    @property
    def builder_words(self) -> tuple[str, ...]:
        """The builder's command, split as a shell would; nothing where that cannot be done."""
        try:
            return tuple(shlex.split(self.builder_command))
        except ValueError:
            return ()

    @property
    def models_of_builders(self) -> dict[str, str]:
        """The model of each builder for which one is set."""
        pairs = (pair.partition("=") for pair in self.builder_models.split(",") if pair.strip())
        return {builder.strip(): model.strip() for builder, _, model in pairs}

    @property
    def prices(self) -> tuple[float, float] | None:
        """What a million tokens cost, read and written, where that is set."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[\s,/]\s*(\d+(?:\.\d+)?)\s*", self.model_prices)
        return (float(found[1]), float(found[2])) if found else None

    @property
    def on_loopback(self) -> bool:
        return self.host in LOOPBACK

    def filled(self, stored: dict[str, str]) -> Self:
        """The same with stored secrets in the place of those that are not set; names are those of the variables."""
        fresh = {SECRETS[name]: SecretStr(value) for name, value in stored.items() if name in SECRETS}
        return self.model_copy(update={name: value for name, value in fresh.items() if getattr(self, name) is None})

    def secrets(self) -> list[str]:
        """The values that must not be seen in logs."""
        found = [getattr(self, field) for field in SECRETS.values()]
        return [value.get_secret_value() for value in found if value]


# The settings that may be stored, encrypted, instead of standing in the environment: by variable, the field.
SECRETS = {
    f"{PREFIX}{name.upper()}": name
    for name, field in Settings.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation))
}


def read(**given: Any) -> Settings:
    """Read the environment. Raises WrongSetting with one sentence that names the variable."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(str(first["loc"][0]), _plainly(first)) from None
    except UnicodeDecodeError:
        raise WrongSetting("The file .env cannot be read: it must be text in UTF-8.") from None
    try:
        consistency.check(settings)
    except consistency.Wrong as found:
        raise _wrong(found.name, found.why) from None
    for variable, name in SECRETS.items():
        if (secret := getattr(settings, name)) and not _sendable(secret.get_secret_value()):
            raise WrongSetting(f"{variable} {UNSENDABLE}")
    return settings


def stored(name: str, value: str) -> None:
    """See that a secret can be stored under this name. Raises NotUnderstood where it could not be used."""
    if name not in SECRETS:
        raise NotUnderstood(f"{name} is not a secret setting. These are: {', '.join(sorted(SECRETS))}.")
    if not _sendable(value):
        raise NotUnderstood(f"{name} {UNSENDABLE}")


UNSENDABLE = "cannot be used: it must have letters, digits and signs only, without spaces."


def _reached(host: str) -> str:
    """Where programs of this machine find who listens there: everywhere is no place to go to."""
    try:
        at = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(at, ipaddress.IPv6Address):
        return "[::1]" if at.is_unspecified else f"[{at}]"
    return "127.0.0.1" if at.is_unspecified else host


def _sendable(secret: str) -> bool:
    return bool(re.fullmatch(r"[!-~]+", secret))


def _wrong(name: str, why: str) -> WrongSetting:
    return WrongSetting(f"{_variables(name)} cannot be used: {why}.")


def _variables(given: str) -> str:
    """All names of the variable that was read under this one."""
    for name, field in Settings.model_fields.items():
        names = getattr(field.validation_alias, "choices", [f"{PREFIX}{name.upper()}"])
        if given == name or given in names:
            return " (or ".join(names) + ")" * (len(names) - 1)
    return given


def _plainly(error: Any) -> str:
    said = PLAIN.get(error["type"])
    return said.format(**error.get("ctx", {})).replace("'", "") if said else str(error["msg"]).lower()
