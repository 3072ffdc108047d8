"""Real coding agents, as people install them, against the stand-in of a model's API: what tests of them stand on.

They are fetched once, in the versions that we tell people to install, into a folder that is not part of the repository.
Where neither they nor their registry are there, these tests, and no others, are left out, and `make test` says so.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import processes
from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from orchestrator.domain.run import Activity, Job, Report, RunKind
from orchestrator.executors import installed
from orchestrator.executors.agents import AGENTS
from orchestrator.executors.agents.entry import Agent
from orchestrator.settings import Settings

CACHE = Path(__file__).parents[2] / ".cache" / "agents"
KEY = "sk-of-the-agent-alone"
MODELS = "codex=gpt-5, opencode=claude-sonnet-5"  # whose tools the stand-in can call
QUIET = ("--no-audit", "--no-fund", "--loglevel=error")
REACHED = ("--fetch-retries=0", "--fetch-timeout=15000")
FETCHED_S = 300


@dataclass(frozen=True, slots=True)
class Hand:
    """How a model makes an agent do something: a call of one of its tools."""

    write: Callable[[Path, str], tuple[str, dict[str, Any]]]
    run: Callable[[str], tuple[str, dict[str, Any]]]


HANDS = {
    "claude": Hand(
        lambda path, text: ("Write", {"file_path": str(path), "content": text}),
        lambda words: ("Bash", {"command": words, "description": "does it"}),
    ),
    "codex": Hand(
        lambda path, text: ("exec_command", {"cmd": f"printf %s '{text}' > '{path}'"}),
        lambda words: ("exec_command", {"cmd": words}),
    ),
    "opencode": Hand(
        lambda path, text: ("write", {"filePath": str(path), "content": text}),
        lambda words: ("bash", {"command": words, "description": "does it"}),
    ),
}


def does(call: tuple[str, dict[str, Any]], text: str = "") -> Gives:
    tool, args = call
    return Gives(args, text=text, tool=tool, usage=(1000, 50, 200))


def by_results(*gives: Gives) -> Callable[[Asked], Gives]:
    """Chosen by how many results of tools there are, so that a call that is repeated gets the same answer.

    Questions on the side, for a title or a summary, bring no tools along.
    """

    def answer(asked: Asked) -> Gives:
        if not asked.tools:
            return Gives(text="A title")
        done = sum(role == "result" for role, _ in asked.said)
        return gives[min(done, len(gives) - 1)]

    return answer


def package(agent: Agent) -> str:
    """What npm installs for it, with its version."""
    return agent.install.split()[-1]


def fetched(agent: Agent) -> Path:
    """The folder of packages in which it is. Leaves the test out where it can neither be found nor fetched."""
    return fetched_from_npm(package(agent), f"{agent.title} was not driven")


def fetched_from_npm(package: str, without: str) -> Path:
    """The same for any package; `without` says what is not done where it is not there."""
    folder = CACHE / package.replace("/", "-")
    with alone(folder):
        if not (folder / "whole").exists():
            _fetch(package, without, folder)
    return folder / "node_modules"


def _fetch(package: str, without: str, folder: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip(f"{without}: npm is not installed here.")
    if not reached(package):
        pytest.skip(f"{without}: its registry cannot be reached.")
    command = ["npm", "install", "--prefix", str(folder), *QUIET, package]
    subprocess.run(command, check=True, capture_output=True, timeout=FETCHED_S)
    (folder / "whole").touch()


@cache
def reached(package: str) -> bool:
    """Whether the registry answers. It is asked once, since waiting for it takes long."""
    asked = ["npm", "view", *REACHED, package, "version"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Tests run in several processes, and one fetches for all."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass
class Bench:
    """An agent, a trial copy for it to work in, and the model that tells it what to do."""

    agent: Agent
    api: ModelApi
    folder: Path
    settings: Settings
    told: list[Activity] = field(default_factory=list)

    @property
    def hand(self) -> Hand:
        return HANDS[self.agent.id]

    @property
    def worktree(self) -> Path:
        return self.folder / "trial"

    @property
    def sentences(self) -> list[str]:
        return [activity.sentence for activity in self.told]

    async def run(self, *, read_only: bool = False, hard_s: float = 120, stall_s: float = 60) -> Report:
        kind = RunKind.PRIME if read_only else RunKind.EXECUTE
        job = Job("key", kind, self.worktree, "Please do it.", read_only=read_only)
        given = self.settings.model_copy(update={"run_limit_s": hard_s, "stall_s": stall_s})
        return await installed.builders(given)[self.agent.id].run(job, self._tell)

    def kill(self) -> None:
        """End the agent, but nothing that it began."""
        for pid in processes.pids(self.folder):
            if self.agent.programs[0] in processes.command(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    async def _tell(self, activity: Activity) -> None:
        self.told.append(activity)

    def git(self, *words: str) -> str:
        return subprocess.check_output(["git", *words], cwd=self.worktree, text=True)


@contextlib.asynccontextmanager
async def bench(name: str, folder: Path) -> AsyncIterator[Bench]:
    """With an agent installed for us alone, as the settings page tells an operator to do."""
    agent = AGENTS[name]
    modules = fetched(agent)
    async with ModelApi(lambda _: Gives(text="Nothing to do."), key=KEY) as api:
        named = {f"{provider.key}": KEY for provider in agent.providers[:1]}
        named |= {"anthropic_base_url": api.anthropic, "openai_base_url": api.openai}
        settings = Settings(_env_file=None, data_dir=folder / "data", builder_models=MODELS, **named)
        (folder / "data" / "agents").mkdir(parents=True)
        (folder / "data" / "agents" / "node_modules").symlink_to(modules)
        repository(folder / "trial")
        yield Bench(agent, api, folder, settings)


def repository(where: Path) -> None:
    where.mkdir()
    for words in (
        ("init", "-q", "-b", "main"),
        ("config", "user.name", "A"),
        ("config", "user.email", "a@example.org"),
    ):
        subprocess.run(["git", *words], cwd=where, check=True)
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "first"], cwd=where, check=True)
