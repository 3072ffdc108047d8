"""All that is needed to run an agent on this machine, as one value."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.executors.agents import bundled, entry
from orchestrator.executors.agents.entry import Access, Agent
from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Kit:
    """What an agent brings along. `programs` are folders that it must be able to read, `hosts` what it must reach."""

    title: str = "The builder"
    files: Mapping[str, str] = field(default_factory=dict)  # in its home, by path, written anew before each start
    signed: tuple[str, ...] = ()  # files in its home that came from a sign-in, if there was one
    kept: Path | None = None  # where they are kept
    programs: tuple[Path, ...] = ()
    hosts: tuple[str, ...] = ()


NONE = Kit()


def folder(settings: Settings) -> Path:
    """Where an operator may install agents for us alone, and signs them in."""
    return settings.data_dir.resolve() / "agents"


def kept(agent: Agent, settings: Settings) -> Path:
    """The home in which an operator signs this agent in."""
    return folder(settings) / "homes" / agent.id


def where(agent: Agent, settings: Settings) -> Path | None:
    """Its program: the one installed for us, or the first on the PATH."""
    ours = str(folder(settings) / "node_modules" / ".bin")
    found = (shutil.which(name, path=path) for name in agent.programs for path in (ours, None))
    return next((Path(program) for program in found if program), None)


def environment(agent: Agent, settings: Settings, program: Path) -> dict[str, str]:
    """What it finds beside an environment made from nothing: its own key, and what keeps it quiet."""
    env = dict(agent.environment(entry.access(agent, settings) or Access(model=model(agent, settings))))
    return env | (bundled.environment(program) if agent.id == "claude" else {})


def of(agent: Agent, settings: Settings, program: Path) -> Kit:
    by_key = entry.access(agent, settings)
    return Kit(
        agent.title,
        agent.files(by_key or Access(model=model(agent, settings))),
        () if by_key else agent.signed,
        kept(agent, settings),
        tuple(dict.fromkeys(_programs(program))),
        entry.hosts(agent, settings),
    )


def model(agent: Agent, settings: Settings) -> str:
    return settings.models_of_builders.get(agent.id, "")


def scripted(program: Path) -> bool:
    """Whether it is a text that Node runs."""
    try:
        with program.open("rb") as text:
            first = text.readline(200)
    except OSError:  # it may be run without being read
        return False
    return first.startswith(b"#!") and b"node" in first


def _programs(program: Path) -> Iterator[Path]:
    """The folders in which an agent, and the Node that runs it, have their parts."""
    real = program.resolve()
    for path in (program.absolute(), real):
        yield modules(path) or path.parent
    if scripted(real) and (node := shutil.which("node")):
        yield Path(node).resolve().parent.parent
    if own := bundled.program():
        yield own.parent


def modules(path: Path) -> Path | None:
    """The outermost folder of packages that this is in."""
    return next((parent for parent in reversed(path.parents) if parent.name == "node_modules"), None)
