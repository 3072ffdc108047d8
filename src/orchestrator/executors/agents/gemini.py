"""Gemini CLI of Google, which speaks the Agent Client Protocol itself."""

import json
from collections.abc import Mapping

from orchestrator.executors.agents.entry import GOOGLE, Access, Agent


def environment(access: Access) -> Mapping[str, str]:
    env = {"GEMINI_CLI_NO_RELAUNCH": "true", "GEMINI_CLI_TRUST_WORKSPACE": "true"}
    if access.provider:
        env["GEMINI_API_KEY"] = access.key
    return env | ({"GEMINI_MODEL": access.model} if access.model else {})


def files(access: Access) -> Mapping[str, str]:
    told = {
        "security": {
            "auth": {"selectedType": "gemini-api-key" if access.provider else "oauth-personal"},
            "folderTrust": {"enabled": False},
        },
        "privacy": {"usageStatisticsEnabled": False},
        "telemetry": {"enabled": False},
        "general": {"enableAutoUpdate": False, "disableAutoUpdate": True},
    }
    return {".gemini/settings.json": json.dumps(told)}


AGENT = Agent(
    id="gemini",
    title="Gemini CLI",
    programs=("gemini",),
    arguments=("--acp",),
    install="npm install --prefix {folder} @google/gemini-cli@0.61.0",
    providers=(GOOGLE,),
    sign_in="gemini",
    signed=(".gemini/oauth_creds.json", ".gemini/google_accounts.json"),
    hosts=(
        "cloudcode-pa.googleapis.com:443",
        "oauth2.googleapis.com:443",
        "generativelanguage.googleapis.com:443",
    ),
    environment=environment,
    files=files,
    tells="nothing",
    resumes=True,
    quirks=(
        "It may tell how a step went on without having told that it began.",
        "It starts itself anew unless it is told not to, which loses its parent.",
        "It tells nothing of what its work costs while it works.",
    ),
)
