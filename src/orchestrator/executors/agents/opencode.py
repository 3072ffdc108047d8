"""OpenCode, which speaks the Agent Client Protocol itself and may use models of several providers."""

import json
from collections.abc import Mapping

from orchestrator.executors.agents.entry import ANTHROPIC, GOOGLE, OPENAI, Access, Agent

ASKS = {"edit": "ask", "bash": "ask", "webfetch": "ask", "external_directory": "ask"}
QUIET = {
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
    "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
}
VARIABLES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "google": "GOOGLE_GENERATIVE_AI_API_KEY",
}


def environment(access: Access) -> Mapping[str, str]:
    return {**QUIET, **({VARIABLES[access.provider]: access.key} if access.provider else {})}


def files(access: Access) -> Mapping[str, str]:
    told: dict[str, object] = {
        "$schema": "https://opencode.ai/config.json",
        "autoupdate": False,
        "share": "disabled",
        "permission": ASKS,
    }
    if access.provider:  # and nobody else, or it would choose a model of its maker
        told["enabled_providers"] = [access.provider]
    if access.elsewhere:
        told["provider"] = {access.provider: {"options": {"baseURL": address(access)}}}
    if access.model:
        model = access.model if "/" in access.model or not access.provider else f"{access.provider}/{access.model}"
        told |= {"model": model, "small_model": model}
    return {".config/opencode/opencode.json": json.dumps(told)}


def address(access: Access) -> str:
    """It wants the version in the address of Anthropic as well."""
    return f"{access.url}/v1" if access.provider == "anthropic" else access.url


AGENT = Agent(
    id="opencode",
    title="OpenCode",
    programs=("opencode",),
    arguments=("acp",),
    install="npm install --prefix {folder} opencode-ai@1.18.33",
    providers=(ANTHROPIC, OPENAI, GOOGLE),
    sign_in="opencode auth login",
    signed=(".local/share/opencode/auth.json",),
    hosts=("opencode.ai:443", "api.anthropic.com:443", "api.openai.com:443"),
    environment=environment,
    files=files,
    tells="money",
    resumes=True,
    quirks=(
        "Left to itself it chooses a model of its maker, whatever key it has.",
        "While its provider is overloaded it tries again without a word; our stall timer ends that.",
        "It tells its list of steps as the input of a tool, not as a plan.",
        "It tries to write files through us, though we do not offer that, and goes on by itself.",
        "It takes about 700 MB of memory.",
    ),
)
