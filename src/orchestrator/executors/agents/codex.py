"""Codex of OpenAI, through the adapter that lets it speak the Agent Client Protocol."""

import json
from collections.abc import Mapping

from orchestrator.executors.agents.entry import OPENAI, Access, Agent

# What holds it is our own boundary: within its own it could write no save points. It asks us before these.
ASKED = (
    *(("git", "push"), ("git", "clone"), ("npm", "install"), ("npm", "ci"), ("npx",), ("pnpm", "add"), ("yarn", "add")),
    *(("pip", "install"), ("pip3", "install"), ("uv", "add"), ("uv", "sync"), ("uv", "pip"), ("poetry", "add")),
    *(("cargo", "add"), ("cargo", "install"), ("go", "get"), ("go", "install"), ("gem", "install"), ("brew",)),
    *(("apt",), ("apt-get",), ("curl",), ("wget",), ("ssh",), ("scp",), ("rsync",), ("rm",), ("sudo",)),
)
SETTINGS = """\
approval_policy = "on-request"
approvals_reviewer = "user"
default_permissions = "builder"
check_for_update_on_startup = false
{own}
[analytics]
enabled = false

[permissions.builder.filesystem]
":root" = "write"

[permissions.builder.network]
enabled = true
"""
KEYED = """\
model_provider = "ours"
{model}
[model_providers.ours]
name = "ours"
base_url = {url}
env_key = "OPENAI_API_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
"""


def environment(access: Access) -> Mapping[str, str]:
    return {"NO_BROWSER": "1", **({"OPENAI_API_KEY": access.key} if access.provider else {})}


def files(access: Access) -> Mapping[str, str]:
    model = f"model = {json.dumps(access.model)}\n" if access.model else ""
    own = KEYED.format(url=json.dumps(access.url), model=model) if access.provider else model
    return {".codex/config.toml": SETTINGS.format(own=own), ".codex/rules/builder.rules": rules()}


def rules() -> str:
    """The commands about which it asks, in its own language for that."""
    return "".join(f'prefix_rule(pattern={json.dumps(list(words))}, decision="prompt")\n' for words in ASKED)


AGENT = Agent(
    id="codex",
    title="Codex",
    programs=("codex-acp",),
    arguments=(),
    install="npm install --prefix {folder} @agentclientprotocol/codex-acp@2.6.0",
    providers=(OPENAI,),
    sign_in="codex-acp login",
    signed=(".codex/auth.json",),
    hosts=("chatgpt.com:443", "auth.openai.com:443", "api.openai.com:443"),
    environment=environment,
    files=files,
    tells="tokens",
    resumes=True,
    quirks=(
        "Its own sandbox makes the history read-only, so it could not commit: a permission profile of ours opens it.",
        "In its usual mode a model of its own decides about commands, and its calls cost money; ours asks us.",
        "It asks only about the commands that our rules in its home name.",
        "When its model gives up it still says that it has finished; a systemError beside it tells the truth.",
        "It tells tokens, never money, and the name of its model only when a conversation is opened.",
    ),
)
