"""The coding agents that we know how to run: one entry each, by its id."""

from orchestrator.executors.agents import claude, codex, gemini, goose, opencode
from orchestrator.executors.agents.entry import Agent

STARTER, COMMAND = "starter", "acp"  # ours, and any command line that speaks the protocol
AGENTS: dict[str, Agent] = {one.AGENT.id: one.AGENT for one in (claude, codex, gemini, opencode, goose)}


def title(id: str) -> str:
    """What people call it."""
    if id in AGENTS:
        return AGENTS[id].title
    return {STARTER: "the starter", COMMAND: "the program that is set here"}.get(id, id)
