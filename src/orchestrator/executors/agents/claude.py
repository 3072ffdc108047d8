"""Claude Code, through the adapter that lets it speak the Agent Client Protocol."""

import json
from collections.abc import Mapping

from orchestrator.executors.agents.entry import ANTHROPIC, Access, Agent

# In its own default mode a second model decides about each command, for money, and we are never asked.
ASKS_US = {"permissions": {"defaultMode": "default"}, "includeCoAuthoredBy": False}
RETRIES = "3"  # about five seconds; ten of its own would hide a wrong key for minutes


def environment(access: Access) -> Mapping[str, str]:
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1"}
    env = {**quiet, "CLAUDE_CODE_MAX_RETRIES": RETRIES}
    if access.provider:
        env["ANTHROPIC_API_KEY"] = access.key
    if access.elsewhere:
        env["ANTHROPIC_BASE_URL"] = access.url
    return env | ({"ANTHROPIC_MODEL": access.model} if access.model else {})


def files(_: Access) -> Mapping[str, str]:
    return {".claude/settings.json": json.dumps(ASKS_US)}


AGENT = Agent(
    id="claude",
    title="Claude Code",
    programs=("claude-agent-acp",),
    arguments=(),
    install="npm install --prefix {folder} @agentclientprotocol/claude-agent-acp@0.101.0",
    providers=(ANTHROPIC,),
    sign_in="claude-agent-acp --cli auth login",
    signed=(".claude/.credentials.json", ".claude.json"),
    hosts=("api.anthropic.com:443", "platform.claude.com:443", "claude.ai:443"),
    environment=environment,
    files=files,
    tells="money",
    resumes=True,
    quirks=(
        "Without a mode set in its home, a model of its own decides about commands, and its calls cost money.",
        "A wrong key is retried like an overloaded server, so the number of tries is kept small.",
        "Its shell commands begin sessions of their own, so ending its process group does not end them.",
        "It says its warnings in the same words as its work, so its words are never read as a result.",
        "The name of the model and the time at which a limit ends come beside the usage, in _meta.",
    ),
)
