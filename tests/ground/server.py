"""A real server process for tests: started, spoken to, killed and looked after from outside."""

import asyncio
import ctypes
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from ground import ports
from ground.until import until

LIBC, PR_SET_PDEATHSIG = ctypes.CDLL(None), 1
SERVE = (sys.executable, "-m", "orchestrator", "serve")
# What a process needs of ours to be found, to speak, and to be measured; nothing else reaches it.
INHERITED = ("PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


class Server:
    """`async with Server(folder) as server:` has one that is ready; `server.http` speaks to it as its first owner.

    `settings` are named as in the environment, without ORCHESTRATOR_ and in small letters: `rate_limits="off"`.
    """

    def __init__(
        self, data: Path, database: str | None = None, command: Sequence[str] = SERVE, **settings: object
    ) -> None:
        self.data = data
        self.command = command
        self.port = ports.free()
        self.token = secrets.token_urlsafe(32)
        settings = {"look_at_end": "off", **settings}  # minutes for each project that comes to its end
        self.settings = {f"ORCHESTRATOR_{name.upper()}": str(value) for name, value in settings.items()}
        if database:
            self.settings["DATABASE_URL"] = database
        self.http = self.client(self.token)
        self.child: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it wrote, over all its starts."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}-{self.port}.log")

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: os.environ[name] for name in INHERITED if name in os.environ}
        where = {"PORT": str(self.port), "DATA_DIR": str(self.data), "HOME": str(self.data)}
        return ours | where | {"ORCHESTRATOR_BOOTSTRAP_TOKEN": self.token} | self.settings

    def client(self, token: str | None = None, **more: Any) -> httpx.AsyncClient:
        """Somebody who speaks to it: with this token, or a stranger."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20, trust_env=False, **more)

    async def start(self, crash_at: str = "") -> None:
        """Begin, and do not wait. `crash_at` names the point at which it is to die."""
        self.data.mkdir(parents=True, exist_ok=True)
        environment = self.environment | {"ORCHESTRATOR_CRASH_AT": crash_at}
        with self._log.open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                *self.command,
                env=environment,
                cwd=self.data.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_us,
            )

    async def ready(self, within: float = 30) -> bool:
        """Wait for the whole application; False where the process ended instead."""
        return await until(self._ready_or_ended, within) == "ready"

    async def _ready_or_ended(self) -> str:
        if self.running is None:
            return "ended"
        return "ready" if await self.is_ready() else ""

    async def is_ready(self) -> bool:
        """Whether it is now."""
        try:
            return (await self.http.get("/health/ready")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @property
    def running(self) -> asyncio.subprocess.Process | None:
        """The process, while it lives."""
        return self.child if self.child and self.child.returncode is None else None

    async def kill(self) -> None:
        """As a power cut would."""
        await self._end(signal.SIGKILL)

    async def terminate(self, within: float = 20) -> int:
        """As an operator would. Returns its exit code; one that does not end is killed, and TimeoutError raised."""
        try:
            return await asyncio.wait_for(self._end(signal.SIGTERM), within)
        except TimeoutError:
            await self.kill()
            raise

    async def _end(self, with_signal: signal.Signals) -> int:
        if child := self.running:
            child.send_signal(with_signal)
        return await self.child.wait() if self.child else 0

    async def close(self) -> None:
        """End it and whoever still works for it."""
        await self.http.aclose()
        if self.running:
            await self.terminate()

    async def __aenter__(self) -> Self:
        await self.start()
        try:
            if not await self.ready(within=120):  # a busy machine is not a fault
                raise RuntimeError(f"The server ended instead of starting:\n{self.log}")
        except BaseException:
            await self.close()  # nobody else will
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _end_with_us() -> None:
    """Have the system kill this process when the test run dies, however that comes."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def working_in(folder: Path) -> dict[int, str]:
    """All processes, however detached, that work below this folder: ids and command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").readlink()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:  # it ended while we looked, or is not ours to look at
            continue
        if command and where.is_relative_to(folder.resolve()):
            found[int(process.name)] = command
    return found
