"""Looks which coding agents are there: found, in which version, signed in, and what to do next."""

import asyncio
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from orchestrator.contain import process
from orchestrator.errors import OrchestratorError
from orchestrator.executors import agents
from orchestrator.executors.agents import bundled, entry, kit
from orchestrator.executors.agents.entry import Agent
from orchestrator.settings import Settings

VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*(?:[-+][\w.]+)?")
ASKED_S = 8  # longer than this nobody waits for a version
FRESH_S = 60
NEAR = 4  # folders above a program in which its package may say what it is


@dataclass(frozen=True, slots=True)
class Found:
    """What we know of a builder here. `next` is what to do, empty where nothing is missing."""

    id: str
    title: str
    description: str
    where: Path | None = None
    version: str = ""
    signed_in: bool = True
    next: str = ""

    @property
    def ready(self) -> bool:
        return not self.next

    @property
    def says(self) -> str:
        """All of it, in plain words."""
        if self.where is None:
            return f"It is not installed. {self.next}" if self.next else self.description
        version = f"Version {self.version} is here." if self.version else "It is here."
        signed = "It has its key or sign-in." if self.signed_in else "It has neither a key nor a sign-in."
        return f"{version} {signed} {self.next}".strip()


_seen: dict[tuple[str, str], tuple[float, Found]] = {}


async def everything(settings: Settings) -> list[Found]:
    """Each agent of the registry. What was looked at less than a minute ago is not looked at again."""
    return list(await asyncio.gather(*(_cached(agent, settings) for agent in agents.AGENTS.values())))


async def _cached(agent: Agent, settings: Settings) -> Found:
    name = (agent.id, str(kit.folder(settings)))
    at, before = _seen.get(name, (0.0, None))
    if before and time.monotonic() - at < FRESH_S:
        return before
    found = await look(agent, settings)
    _seen[name] = (time.monotonic(), found)
    return found


async def look(agent: Agent, settings: Settings) -> Found:
    """How it stands with one agent now."""
    program = await asyncio.to_thread(kit.where, agent, settings)
    signed = await asyncio.to_thread(signed_in, agent, settings)
    version = await _version(agent, settings, program) if program else ""
    missing = await asyncio.to_thread(lacks, agent, settings, program, signed=signed)
    return Found(agent.id, agent.title, agent.describe(), program, version, signed, missing)


def signed_in(agent: Agent, settings: Settings) -> bool:
    """Whether a key for it is set, or somebody signed it in by hand."""
    left = kit.kept(agent, settings) / agent.signed[0]
    return entry.access(agent, settings) is not None or left.is_file()


def lacks(agent: Agent, settings: Settings, program: Path | None, *, signed: bool) -> str:
    """The next step, in a sentence; empty where it can work."""
    if program is None:
        how = agent.install.format(folder=kit.folder(settings))
        return f"To have it, {how}." if how.startswith("see ") else f"To have it, run: {how}"
    if kit.scripted(program.resolve()) and not shutil.which("node"):
        return "It needs Node.js, which is not installed on this machine."
    if agent.id == "claude" and not (bundled.whole(program) or bundled.program()):
        return "Its program is missing. Install it again without leaving anything out, or install claude-agent-sdk."
    if not signed:
        keys = " or ".join(provider.variable for provider in agent.providers)
        return f"Set {keys}, or sign it in: HOME={kit.kept(agent, settings)} {program.parent}/{agent.sign_in}"
    return ""


async def _version(agent: Agent, settings: Settings, program: Path) -> str:
    """What its package says, or else what it says itself when it is asked."""
    if told := await asyncio.to_thread(packaged, program):
        return told
    home = kit.folder(settings) / "asked" / agent.id
    env = process.environment(home)
    limits = process.Limits(seconds=ASKED_S)
    try:
        ended = await process.run((str(program), "--version"), cwd=home, env=env, limits=limits)
    except OrchestratorError:
        return ""
    said = VERSION.search(ended.output) if ended.code == 0 else None
    return said[0] if said else ""


def packaged(program: Path) -> str:
    """The version of the package of npm that a program belongs to."""
    for parent in list(program.resolve().parents)[:NEAR]:
        try:
            told = json.loads((parent / "package.json").read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and told.get("bin") and isinstance(told.get("version"), str):
            return str(told["version"])
    return ""
