"""A builder that speaks the Agent Client Protocol: any command line that does, within bounds and watched."""

import asyncio
import hashlib
import importlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from orchestrator.contain import process, sandbox
from orchestrator.contain.sandbox import Room, Sandbox, Tenant
from orchestrator.domain.run import Job, Report
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors import watch, worktree
from orchestrator.executors.agents import home as homes
from orchestrator.executors.agents.kit import NONE, Kit
from orchestrator.executors.ears import Ears, real
from orchestrator.executors.loops import Loops
from orchestrator.executors.permissions import Bounds
from orchestrator.executors.session import Session
from orchestrator.executors.watch import AgentLimits
from orchestrator.executors.wire import Wire
from orchestrator.ports import Hear, Tell, silence

WROTE = "The builder changed files while it was only meant to read."
SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")
SHORT = 6  # too short to be a secret, and likely to be found in other words
NET_S = 60  # after our own clocks, the leash has one too
DEFAULT = AgentLimits()
USUAL = Sandbox()


class Acp:
    """`env` is what the builder needs beyond an environment made from nothing, such as its own key.

    What is `private` it is never allowed, whoever allows what.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        description: str,
        home: Path,
        *,
        env: Mapping[str, str] | None = None,
        limits: AgentLimits = DEFAULT,
        namespaces: bool = True,
        walls: Sandbox = USUAL,
        private: Sequence[Path] = (),
        kit: Kit = NONE,
    ) -> None:
        self._command, self._description, self._home, self._kit = command, description, home.resolve(), kit
        self._env, self._limits, self._namespaces = dict(env or {}), limits, namespaces
        self._walls = walls
        self._private = tuple(path.resolve() for path in private)

    def describe(self) -> str:
        return self._description

    async def run(self, job: Job, tell: Tell, hear: Hear = silence) -> Report:
        """As `ports.Executor` promises. A builder that says it has finished is not believed more than that."""
        home = self._home_of(job.worktree)
        env = process.environment(home)
        async with furnished(home, self._kit), folder(home) as temporary:
            env |= {"TMPDIR": str(temporary), **self._env}
            tenant = Tenant(self._command, env, home, self._kit.programs, self._kit.hosts)
            try:
                async with sandbox.room(self._walls, job, tenant) as room:
                    return await self._run(room, tell, hear)
            except BuilderLost:
                raise
            except NotPossible as error:
                raise BuilderLost(f"The builder could not be started. {error}") from error

    async def _run(self, room: Room, tell: Tell, hear: Hear) -> Report:
        job = room.job

        async def look() -> str:
            return await worktree.look(job.worktree, room.tenant.env, room.walls.folder, room.looking)

        stood = await look() if job.read_only else ""
        report = await self._talked(room, tell, hear, Loops(look, self._limits.repeats))
        report = replace(report, details={**report.details, "within": room.boundary.sentence})
        if job.read_only and await look() != stood:
            return Report(ok=False, sentence=WROTE, details=report.details)
        return report

    async def _talked(self, room: Room, tell: Tell, hear: Hear, loops: Loops) -> Report:
        sdk, job, home = await loaded(), room.job, room.tenant.home
        bounds = Bounds((real(job.worktree, "."), home), self._private)

        async def count(places: Sequence[str]) -> int:
            return await worktree.saved(job.worktree, places, room.tenant.env, room.walls.folder, room.looking)

        ears = Ears(job, bounds, loops, self._clean, count)
        async with (
            room.opened(ears.refused) as (command, env),
            process.spawn(
                command,
                cwd=job.worktree,
                env=env,
                limits=self._bounds(),
                lock=home.with_name(f"{home.name}.lock"),
                namespaces=self._namespaces,
            ) as spawned,
        ):
            wire = Wire(spawned.stdin, spawned.stdout, ears.room)
            connection = sdk.connect_to_agent(ears, wire)
            try:
                session = Session(home.with_name(f"{home.name}.json"))
                talk = watch.Talk(
                    job, ears, wire, loops, spawned, connection, self._limits, session, hear, self._kit.title
                )
                return await watch.watched(talk, tell)
            finally:
                await connection.close()

    def _home_of(self, where: Path) -> Path:
        """One for each worktree, so that a builder finds nothing of another project's."""
        return self._home / f"{where.name}-{hashlib.sha256(str(where).encode()).hexdigest()[:12]}"

    def _bounds(self) -> process.Limits:
        mine = self._limits
        seconds = mine.hard_s + mine.grace_s + NET_S
        return process.Limits(seconds, mine.memory_mb, processes=mine.processes, lock_seconds=mine.lock_s)

    def _clean(self, text: str) -> str:
        """Without the builder's own secrets, which it may print but nobody is to read."""
        for name, value in self._env.items():
            if any(word in name.upper() for word in SECRET) and len(value) > SHORT:
                text = text.replace(value, "…")
        return text


@asynccontextmanager
async def furnished(home: Path, kit: Kit) -> AsyncIterator[None]:
    """With what the builder is to find there; a sign-in that it renewed is kept."""
    await asyncio.to_thread(homes.furnish, home, kit)
    try:
        yield
    finally:
        await asyncio.to_thread(homes.bring_back, home, kit)


@asynccontextmanager
async def folder(home: Path) -> AsyncIterator[Path]:
    """For what a builder keeps only while it runs."""
    path = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    try:
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


async def loaded() -> ModuleType:
    """The SDK, which takes a second to load: only when a builder is needed, and without holding up anybody else."""
    return await asyncio.to_thread(importlib.import_module, "acp")
