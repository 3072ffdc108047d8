"""What is known of one coding agent: a frozen value, and the little that the settings add to it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from orchestrator.settings import Settings

Tells = Literal["money", "tokens", "nothing"]
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Provider:
    """Whoever runs AI models. `key` and `address` are fields of our settings, `usual` is where it is asked else."""

    id: str
    title: str
    key: str
    variable: str
    usual: str
    address: str = ""
    keyless: bool = False  # whoever speaks like it elsewhere may ask for no key


@dataclass(frozen=True, slots=True)
class Access:
    """How an agent gets to its model. Without a provider it goes by the sign-in that an operator did for it."""

    provider: str = ""
    key: str = ""
    url: str = ""
    elsewhere: bool = False  # the address is not the provider's own
    model: str = ""  # empty: the agent chooses


@dataclass(frozen=True, slots=True)
class Agent:
    """One entry of the registry. Paths are relative to the agent's home, which is made anew for each trial copy."""

    id: str
    title: str
    programs: tuple[str, ...]  # the names of its program, the best first
    arguments: tuple[str, ...]
    install: str  # what an operator types to have it; {folder} is ours for agents
    providers: tuple[Provider, ...]  # the first whose key is set is asked
    sign_in: str  # what an operator types to sign in without a key
    signed: tuple[str, ...]  # the files that such a sign-in leaves
    hosts: tuple[str, ...]  # that it must reach when signed in so
    environment: Callable[[Access], Mapping[str, str]]
    files: Callable[[Access], Mapping[str, str]]  # what it finds in its home, written before each start
    tells: Tells  # what it says of its cost
    resumes: bool  # a conversation that was cut off
    quirks: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"The builder is {self.title}, a coding agent."


def nothing(_: Access) -> Mapping[str, str]:
    return {}


ANTHROPIC = Provider(
    "anthropic",
    "Anthropic",
    "anthropic_api_key",
    "ANTHROPIC_API_KEY",
    "https://api.anthropic.com",
    "anthropic_base_url",
)
OPENAI = Provider(
    "openai",
    "OpenAI",
    "openai_api_key",
    "OPENAI_API_KEY",
    "https://api.openai.com/v1",
    "openai_base_url",
    keyless=True,
)
GOOGLE = Provider("google", "Google", "google_api_key", "GOOGLE_API_KEY", "https://generativelanguage.googleapis.com")


def access(agent: Agent, settings: Settings) -> Access | None:
    """How it gets to its model by a key of our settings: the first provider of which there is one. None without."""
    model = settings.models_of_builders.get(agent.id, "")
    for provider in agent.providers:
        own = str(getattr(settings, provider.address)) if provider.address else ""
        secret = getattr(settings, provider.key)
        key = secret.get_secret_value() if isinstance(secret, SecretStr) else ""
        if key or (own and provider.keyless):
            return Access(provider.id, key or "none", (own or provider.usual).rstrip("/"), bool(own), model)
    return None


def place(url: str) -> str:
    """The host and the port that an address leads to, such as api.anthropic.com:443."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"


def hosts(agent: Agent, settings: Settings) -> tuple[str, ...]:
    """Where its model is, as host:port: it must reach that whatever else it may reach."""
    by_key = access(agent, settings)
    return (place(by_key.url),) if by_key else agent.hosts
