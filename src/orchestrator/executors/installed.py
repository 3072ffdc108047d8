"""The builders that work on this machine, made ready from the settings."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from orchestrator.errors import WrongSetting
from orchestrator.executors import agents, starter
from orchestrator.executors.acp import Acp
from orchestrator.executors.agents import COMMAND, STARTER, finding, kit
from orchestrator.executors.agents.entry import Agent
from orchestrator.executors.agents.finding import Found
from orchestrator.executors.watch import AgentLimits
from orchestrator.settings import Settings

AGAIN = "Start Project Orchestrator again to use it."


def builders(settings: Settings) -> dict[str, Acp]:
    """By id: the starter, each agent whose program is found, and the command line that is set, if one is."""
    found = {STARTER: _acp(settings, starter.COMMAND, starter.DESCRIPTION)}
    for agent in agents.AGENTS.values():
        if program := kit.where(agent, settings):
            found[agent.id] = _agent(settings, agent, program)
    if words := settings.builder_words:
        found[COMMAND] = _acp(settings, words, _said(words))
    return found


def default(settings: Settings) -> str:
    """Who builds new projects. Raises WrongSetting for one that is unknown, or is not here."""
    known = (STARTER, COMMAND, *agents.AGENTS)
    if not settings.builder:
        return COMMAND if settings.builder_words else STARTER
    if settings.builder not in known:
        raise WrongSetting(f"ORCHESTRATOR_BUILDER cannot be used: it must be {', '.join(known[:-1])} or {known[-1]}.")
    if settings.builder == COMMAND and not settings.builder_words:
        raise WrongSetting("ORCHESTRATOR_BUILDER is acp, so ORCHESTRATOR_BUILDER_COMMAND must name a command line.")
    if (agent := agents.AGENTS.get(settings.builder)) and kit.where(agent, settings) is None:
        missing = finding.lacks(agent, settings, None, signed=True)
        raise WrongSetting(f"ORCHESTRATOR_BUILDER is {agent.id}, but {agent.title} is not here. {missing}")
    return settings.builder


async def stand(settings: Settings, here: Collection[str] | None = None) -> list[Found]:
    """How it stands with every builder that we know. `here` are those that the running server took up at its start."""
    words = settings.builder_words
    found = [Found(STARTER, "Starter", starter.DESCRIPTION), *await finding.everything(settings)]
    if words:
        found.append(Found(COMMAND, "Program set here", _said(words)))
    return [replace(one, next=AGAIN) if one.ready and here is not None and one.id not in here else one for one in found]


def _said(words: tuple[str, ...]) -> str:
    return f"The builder is the program “{Path(words[0]).name}”, set by whoever runs this."


def _agent(settings: Settings, agent: Agent, program: Path) -> Acp:
    return Acp(
        (str(program), *agent.arguments),
        agent.describe(),
        _homes(settings),
        env=kit.environment(agent, settings, program),
        limits=_limits(settings),
        namespaces=settings.namespaces,
        kit=kit.of(agent, settings, program),
    )


def _acp(settings: Settings, command: tuple[str, ...], description: str) -> Acp:
    limits = _limits(settings)
    return Acp(command, description, _homes(settings), limits=limits, namespaces=settings.namespaces)


def _homes(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "homes"


def _limits(settings: Settings) -> AgentLimits:
    return AgentLimits(stall_s=settings.stall_s, hard_s=settings.run_limit_s)
