"""Running prototypes that people can click through: each a process of its own, started when somebody looks."""

import asyncio
import contextlib
import shutil
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.contain.boundary import Limits
from orchestrator.contain.process import environment, spawn
from orchestrator.errors import NotPossible
from orchestrator.evidence import declared
from orchestrator.forge.git import Git

IDLE_S = 600.0  # nobody looked for so long
MOST = 8  # at the same time; the one that was looked at longest ago makes room
PATIENCE_S = 15.0  # until it answers
LIMITS = Limits(seconds=24 * 3600, memory_mb=1024, processes=64)


@dataclass(slots=True)
class _Running:
    commit: str
    port: int
    task: asyncio.Task[None]
    looked: float = field(default_factory=time.monotonic)


class Prototypes:
    """The previews of this process."""

    def __init__(self, data: Path, forge: Git, *, namespaces: bool) -> None:
        self._data, self._forge, self._namespaces = data / "previews", forge, namespaces
        self._running: dict[str, _Running] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def at(self, project_id: str, repository: Path, commit: str) -> int:
        """Raises NotPossible, with a sentence, where it cannot be started."""
        async with self._locks.setdefault(project_id, asyncio.Lock()):
            running = self._running.get(project_id)
            if running is None or running.commit != commit or running.task.done():
                await self._end(project_id)
                running = self._running[project_id] = await self._start(project_id, repository, commit)
            running.looked = time.monotonic()
            return running.port

    async def carry(self) -> None:
        """End what nobody looks at; end all when cancelled."""
        try:
            while True:
                await asyncio.sleep(IDLE_S / 20)
                await self._tidy()
        finally:
            await asyncio.gather(*(self._end(project_id) for project_id in list(self._running)))

    async def _tidy(self) -> None:
        by_look = sorted(self._running.items(), key=lambda item: item[1].looked, reverse=True)
        now = time.monotonic()
        for place, (project_id, running) in enumerate(by_look):
            if place >= MOST or now - running.looked > IDLE_S:
                await self._end(project_id)

    async def _start(self, project_id: str, repository: Path, commit: str) -> _Running:
        command = (await declared.read(repository, commit)).preview
        if not command:
            raise NotPossible("This project does not say how it is started, so there is no preview.")
        folder = self._data / project_id
        code = folder / commit[:16]
        await self._forge.export(repository, commit, code)
        for name in ("data", "home"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        port = _free_port()
        filled = [word.replace("{port}", str(port)).replace("{data}", str(folder / "data")) for word in command]
        running = _Running(commit, port, asyncio.create_task(self._run(filled, code, folder / "home")))
        try:
            await _answers(running)
        except BaseException:
            running.task.cancel()
            raise
        await asyncio.to_thread(_forget_others, folder, code)
        return running

    async def _run(self, command: list[str], code: Path, home: Path) -> None:
        env = environment(home)
        async with spawn(command, cwd=code, env=env, limits=LIMITS, namespaces=self._namespaces) as process:
            await process.ended()

    async def _end(self, project_id: str) -> None:
        if running := self._running.pop(project_id, None):
            running.task.cancel()
            await asyncio.wait({running.task})


async def _answers(running: _Running) -> None:
    """Wait until it takes connections. Raises NotPossible when it ends before, or takes too long."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if running.task.done():
            raise NotPossible("The prototype ended right after it was started, so there is nothing to show.")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(0.03)
    raise NotPossible("The prototype did not answer in time, so there is nothing to show.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _forget_others(folder: Path, code: Path) -> None:
    for other in folder.iterdir():
        if other.name not in {code.name, "data", "home"}:
            shutil.rmtree(other, ignore_errors=True)
