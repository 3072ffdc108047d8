"""Has a builder work within walls, and lets it out to the addresses that its project allows, where this machine can."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from orchestrator.contain import boundary as boundaries
from orchestrator.contain import places, walls
from orchestrator.contain.boundary import Boundary, installed
from orchestrator.contain.gateway import Gateway, Refused, World
from orchestrator.contain.walls import RUN, Walls
from orchestrator.domain.run import Bind, Job
from orchestrator.errors import NotPossible

Mode = Literal["on", "off", "needed"]
PORT = 47128  # of the proxy, on the loopback within the walls
GATE = "gate"
RELAY = Path(__file__).with_name("relay.py")
NEEDED = "Builders are to work only within walls here, and that cannot be done."


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How builders are kept. `hidden` is never seen by any of them: our own data and settings, above all."""

    mode: Mode = "on"
    hidden: tuple[Path, ...] = ()
    world: World | None = None

    async def offers(self) -> Boundary:
        """What it comes to on this machine. Raises NotPossible where walls are needed and there are none."""
        if self.mode == "off":
            return await asyncio.to_thread(boundaries.bare)
        found = await asyncio.to_thread(boundaries.boundary)
        if self.mode == "needed" and not found.walls:
            raise NotPossible(f"{NEEDED} {found.without}")
        return found


@dataclass(frozen=True, slots=True)
class Tenant:
    """A builder: its command, its home, what else its program needs to see, and the addresses of its own model."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    home: Path
    programs: tuple[Path, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """Where a builder does a job: what it sees there, and how it gets out. Without walls, the open machine."""

    boundary: Boundary
    walls: Walls
    job: Job
    tenant: Tenant
    world: World | None

    @asynccontextmanager
    async def opened(self, refused: Refused) -> AsyncIterator[tuple[tuple[str, ...], dict[str, str]]]:
        """The builder's command and environment. For as long as the context lasts, our gateway lets it out."""
        command = self._whole()
        if not self.boundary.walls:
            yield command, dict(self.tenant.env)
        elif not self.boundary.gate:
            yield self._inside((), command), dict(self.tenant.env)
        else:
            gateway = Gateway(self.job.network, self.tenant.models, refused, self.world)
            async with gateway.listening(self.walls.folder / GATE) as names:
                ports = [f"{port or PORT}={RUN}/{GATE}/{name}" for port, name in names.items()]
                yield self._inside(ports, command), self._proxied()

    def looking(self, command: Sequence[str]) -> tuple[str, ...]:
        """For a command of ours that looks at the copy: what the builder left there may name programs, so it is kept
        as the builder is, and changes nothing.
        """
        binds = tuple(replace(bind, writable=False) for bind in self.walls.binds)
        return self._around(command, replace(self.walls, lent=(), binds=binds))

    def _inside(self, ports: Sequence[str], command: Sequence[str]) -> tuple[str, ...]:
        """By way of the small program that waits for it within the walls."""
        return walls.ASIDE + self._around((*walls.python()[0], f"{RUN}/relay.py", *ports, "--", *command))

    def _around(self, command: Sequence[str], within: Walls | None = None) -> tuple[str, ...]:
        if not self.boundary.walls:
            return tuple(command)
        return walls.command(self.boundary.walls, within or self.walls, self.job.worktree, command)

    def _whole(self) -> tuple[str, ...]:
        name, *words = self.tenant.command
        return installed(name, self.job.worktree, self.tenant.env), *words

    def _proxied(self) -> dict[str, str]:
        """The same environment, in which programs find the way out."""
        out, in_place = f"http://127.0.0.1:{PORT}", "localhost,127.0.0.1,::1"
        said = {"HTTP_PROXY": out, "HTTPS_PROXY": out, "NO_PROXY": in_place}
        return {
            **self.tenant.env,
            **said,
            **{name.lower(): value for name, value in said.items()},
            "NODE_USE_ENV_PROXY": "1",
        }


@asynccontextmanager
async def room(sandbox: Sandbox, job: Job, tenant: Tenant) -> AsyncIterator[Room]:
    """Where this builder does this job. Raises NotPossible where it must not be done."""
    found = await sandbox.offers()
    folder = Path(tempfile.mkdtemp(prefix=f"{tenant.home.name}.gate-", dir=tenant.home.parent))
    try:
        walls.prepare(folder)
        (folder / GATE).mkdir()
        yield Room(
            found, await asyncio.to_thread(_walls, found, sandbox, job, tenant, folder), job, tenant, sandbox.world
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _walls(found: Boundary, sandbox: Sandbox, job: Job, tenant: Tenant, folder: Path) -> Walls:
    needed = places.needed(tenant.command, tenant.env.get("PATH", ""), sandbox.hidden)
    return Walls(
        folder,
        seen=(*walls.python()[1], *needed, *tenant.programs),
        lent=() if job.read_only else places.granted(job.rules, job.worktree, sandbox.hidden),
        hidden=sandbox.hidden,
        binds=(
            Bind(job.worktree, job.worktree, writable=not job.read_only),
            Bind(tenant.home, tenant.home, writable=True),
            Bind(RELAY, RUN / "relay.py"),
            Bind(folder / GATE, RUN / GATE),
            *job.binds,
        ),
        closed=found.gate,
    )
