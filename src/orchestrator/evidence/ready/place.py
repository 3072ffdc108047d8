"""Where one save point is looked at: a clean copy of it within walls, without a network unless one is asked for."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.contain.process import Ended, Limits, environment
from orchestrator.contain.process import run as contained
from orchestrator.contain.sandbox import Sandbox, Tenant, room
from orchestrator.domain.run import Bind, Job, Network, RunKind
from orchestrator.evidence import repository

SLUG = re.compile(r"[^a-z0-9]+")
CHECKOUT, HOME, LOGS = "checkout", "home", "logs"


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that we ran, and what came of it. `output` is the end of its log, the whole of which is hashed."""

    command: tuple[str, ...]
    ended: Ended
    log: Path

    @property
    def ok(self) -> bool:
        return self.ended.code == 0

    @property
    def output(self) -> str:
        return self.ended.output


@dataclass(slots=True)
class Place:
    """One save point, and room to run things in it. Nothing that is run sees more of this machine than it needs."""

    commit: str
    folder: Path
    sandbox: Sandbox
    tools: tuple[Path, ...] = ()  # folders of programs of ours that may be seen within the walls
    cache: Path | None = None  # where programs and building blocks from the registries are kept for the next time
    say: Callable[[str], None] = lambda _sentence: None  # told of what is going on
    _number: int = field(default=0)

    @property
    def checkout(self) -> Path:
        return self.folder / CHECKOUT

    @property
    def home(self) -> Path:
        return self.folder / HOME

    async def run(
        self,
        name: str,
        command: Sequence[str],
        *,
        seconds: float = 300,
        network: Network = Network.CLOSED,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        """Run a command in the copy, with its log kept under this name. Raises NotPossible where it cannot begin."""
        self._number += 1
        log = self.folder / LOGS / f"{self._number:02}-{SLUG.sub('-', name.lower())}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        given = environment(self.home, CI="true", COLUMNS="160", PYTHONNOUSERSITE="1") | dict(env or {})
        binds = (Bind(self.folder, self.folder, writable=True),)
        job = Job(name, RunKind.VALIDATE, cwd or self.checkout, "", network=network, binds=binds)
        tenant = Tenant(tuple(command), given, self.home, programs=self.tools)
        async with room(self.sandbox, job, tenant) as where, where.opened(lambda _host, _port: None) as (inner, inside):
            ended = await contained(inner, cwd=job.worktree, env=inside, limits=Limits(seconds=seconds), log=log)
        return Ran(tuple(command), ended, log)


@asynccontextmanager
async def place(source: Path, commit: str, folder: Path, sandbox: Sandbox) -> AsyncIterator[Place]:
    """A clean copy of this save point in `folder`, taken away again when it is left; the logs stay.

    Raises NotPossible where the save point cannot be had.
    """
    whole = await repository.resolve(source, commit)
    await asyncio.to_thread(_clear, folder)
    await asyncio.to_thread((folder / HOME).mkdir, parents=True)
    try:
        await repository.checkout(source, whole, folder / CHECKOUT)
        yield Place(whole, folder, sandbox)
    finally:
        await asyncio.to_thread(_clear, folder)


def _clear(folder: Path) -> None:
    """Runs before each use as well: a crash leaves things behind."""
    for name in (CHECKOUT, HOME):
        shutil.rmtree(folder / name, ignore_errors=True)
