"""Goose, which speaks the Agent Client Protocol itself and may use models of several providers."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from orchestrator.executors.agents.entry import ANTHROPIC, GOOGLE, OPENAI, Access, Agent

QUIET = {"GOOSE_MODE": "approve", "GOOSE_DISABLE_KEYRING": "1", "GOOSE_TELEMETRY_ENABLED": "false"}
MODELS = {"anthropic": "claude-sonnet-5", "openai": "gpt-5", "google": "gemini-2.5-pro"}  # it has no choice of its own


def environment(access: Access) -> Mapping[str, str]:
    if not access.provider:
        return QUIET
    env = {**QUIET, "GOOSE_PROVIDER": access.provider, "GOOSE_MODEL": access.model or MODELS[access.provider]}
    env[f"{access.provider.upper()}_API_KEY"] = access.key
    if access.elsewhere:
        parts = urlsplit(access.url)
        env[f"{access.provider.upper()}_HOST"] = f"{parts.scheme}://{parts.netloc}"
        if access.provider == "openai":
            env["OPENAI_BASE_PATH"] = f"{parts.path.strip('/')}/chat/completions".lstrip("/")
    return env


def files(_: Access) -> Mapping[str, str]:
    return {".config/goose/config.yaml": "extensions:\n  developer:\n    enabled: true\n    type: builtin\n"}


AGENT = Agent(
    id="goose",
    title="Goose",
    programs=("goose",),
    arguments=("acp",),
    install="see https://block.github.io/goose/docs/getting-started/installation",
    providers=(ANTHROPIC, OPENAI, GOOGLE),
    sign_in="goose configure",
    signed=(".config/goose/secrets.yaml",),
    hosts=("api.anthropic.com:443", "api.openai.com:443"),
    environment=environment,
    files=files,
    tells="nothing",
    resumes=True,
    quirks=(
        "It needs the name of a model: without one of yours it gets a usual one of the provider.",
        "It keeps keys in the keyring of a desktop unless it is told not to.",
    ),
)
