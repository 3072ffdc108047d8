"""A trial copy with an exchange, and whoever builds on it elsewhere, for the tests of SCAR."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator import clock
from orchestrator.domain.run import Activity, Job, RunKind
from orchestrator.executors.scar import commands
from orchestrator.executors.scar.notes import Notes
from orchestrator.executors.scar.talk import ScarLimits
from orchestrator.forge.git import Git

QUICK = ScarLimits(hard_s=60, answer_s=5, quiet_s=0.5, shortest_s=0.02, longest_s=0.1, ack_s=20)
PROMPTS = {
    RunKind.PRIME: "Look around.\n",
    RunKind.PLAN: "Plan phase 1.\n",
    RunKind.EXECUTE: "Build phase 1.\n",
    RunKind.REPAIR: "Repair phase 1.\n",
}


@dataclass
class Place:
    """`told` is what a person was told, in order."""

    folder: Path
    project: str
    git: Git
    copy: Path
    told: list[Activity] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        return Notes(self.folder / "notes")

    async def tell(self, activity: Activity) -> None:
        self.told.append(activity)

    @property
    def sentences(self) -> list[str]:
        return [activity.sentence for activity in self.told]

    def job(self, kind: RunKind = RunKind.EXECUTE, key: str = "", **more: Any) -> Job:
        prime = kind is RunKind.PRIME
        copy = self.folder / "copies" / self.project if prime else self.copy
        copy.mkdir(parents=True, exist_ok=True)
        given = {
            "prompt": PROMPTS[kind],
            "project": self.project,
            "phase": 0 if prime else 1,
            "read_only": prime,
            **more,
        }
        return Job(key or f"{self.project}-1-{kind}", kind, copy, **given)

    def log(self) -> list[str]:
        said = subprocess.check_output(["git", "-C", str(self.copy), "log", "--format=%an: %s"], text=True)
        return said.splitlines()

    @property
    def work(self) -> int:
        """Save points that SCAR's agent made."""
        return sum(line.startswith("Scar:") for line in self.log())


def types(folder: Path, *words: str) -> str:
    """What a person does with git."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.check_output(["git", *who, *words], cwd=folder, text=True, stderr=subprocess.STDOUT).strip()


# What a repository has whose owner works with SCAR.
THEIRS = {**commands.lacking(), ".agents/commands/prime.md": "Look around.\n"}


async def adopted(folder: Path, origin: Path, *, with_commands: bool = True) -> Place:
    """A trial copy of a repository of the person's own, with an origin on which SCAR's commands are, or are not yet."""
    mine = folder / "mine"
    mine.mkdir(parents=True)
    origin.mkdir(parents=True)
    types(origin, "init", "-q", "--bare", "-b", "main")
    types(mine, "init", "-q", "-b", "main")
    texts = {"README.md": "# Shop\n", **(THEIRS if with_commands else {})}
    for name, text in texts.items():
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).write_text(text)
    types(mine, "add", "-A")
    types(mine, "commit", "-q", "-m", "First")
    types(mine, "remote", "add", "origin", str(origin))
    types(mine, "push", "-q", "origin", "main")
    git, project = Git(folder / "data" / "work"), clock.new_id()
    await git.adopt(project, str(mine))
    return Place(folder, project, git, await git.trial(project, 1, 1, "The list"))


async def made(folder: Path) -> Place:
    git, project = Git(folder / "data" / "work"), clock.new_id()
    await git.create(project, {"README.md": "# Shop\n"})
    return Place(folder, project, git, await git.trial(project, 1, 1, "The list"))
