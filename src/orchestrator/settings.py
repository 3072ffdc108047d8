"""Everything that can be set from outside, read once, in app.py."""

from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestrator.errors import WrongSetting

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _also(name: str, *usual: str) -> Any:
    """Accept the usual names of a variable beside ORCHESTRATOR_<NAME>."""
    return AliasChoices(f"ORCHESTRATOR_{name.upper()}", *usual)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="ORCHESTRATOR_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where it lives
    data_dir: Path = Field(
        Path("data"),
        validation_alias=_also("data_dir", "DATA_DIR"),
        description="Everything this installation writes: the SQLite file, the projects' repositories, logs and keys.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on. Only this machine can reach the default.")
    port: int = Field(8000, ge=0, le=65535, validation_alias=_also("port", "PORT"), description="Port to listen on.")
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
    turns_at_once: int = Field(20, ge=1, le=1000, description="How many replies may be worked on at once.")
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
    namespaces: bool = Field(
        True, description="Give each builder a process space of its own where the machine allows it."
    )
    decision_days: int = Field(
        7,
        ge=1,
        le=365,
        description="After how many days an open decision is reminded of; after as many again it is parked.",
    )

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

    @property
    def address(self) -> str:
        """How people reach the page: `public_url`, or the address it listens on."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - shown, not bound
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def on_loopback(self) -> bool:
        return self.host in LOOPBACK


def read(**given: Any) -> Settings:
    """Read the environment. Raises WrongSetting with one sentence that names the variable."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongSetting(f"{_variable(str(first['loc'][0]))} cannot be used: {first['msg'].lower()}.") from None
    _consistent(settings)
    return settings


def _variable(name: str) -> str:
    return name if name.isupper() else f"ORCHESTRATOR_{name.upper()}"


def _consistent(settings: Settings) -> None:
    url = settings.database_url
    if url and not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise WrongSetting("DATABASE_URL cannot be used: it must begin with postgresql://, or be left out for SQLite.")
    if settings.jobs == "procrastinate" and not url:
        raise WrongSetting("ORCHESTRATOR_JOBS=procrastinate needs DATABASE_URL with a PostgreSQL database.")
    if settings.rate_limits == "off" and not settings.on_loopback:
        raise WrongSetting("ORCHESTRATOR_RATE_LIMITS can be off only while ORCHESTRATOR_HOST is 127.0.0.1.")
    if settings.public_url and not settings.public_url.startswith(("http://", "https://")):
        raise WrongSetting("ORCHESTRATOR_PUBLIC_URL cannot be used: it must begin with https:// or http://.")
