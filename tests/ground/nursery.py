"""Servers that are there at once: copies of a process that has loaded everything and done nothing yet.

A server killed two hundred times would spend most of its lives importing. What it does after that is the real thing.
"""

import asyncio
import ctypes
import gc
import json
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import coverage

from ground.server import Server

LIBC, PR_SET_PDEATHSIG = ctypes.CDLL(None), 1
TESTS = Path(__file__).parents[1]


class Born:
    """A copy, spoken to like a process of asyncio's."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()


class Nursery:
    """`async with Nursery() as nursery:` then `nursery.server(...)` instead of `Server(...)`.

    With `measured`, which lines its copies ran is told, as long as they end by themselves.
    """

    def __init__(self, *, with_models: bool = False, measured: bool = False) -> None:
        self._more = ("models",) if with_models else ()
        self._hidden = "NOTHING" if measured else "COVERAGE"

    async def __aenter__(self) -> Self:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(self._hidden)}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ground.nursery", *self._more),
            env=ours | {"PYTHONPATH": str(TESTS)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._born: asyncio.Queue[Born] = asyncio.Queue()
        self._one = asyncio.Lock()
        self._alive: dict[int, Born] = {}
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        await self._listening

    def server(self, data: Path, database: str | None = None, **settings: Any) -> Server:
        return Nursed(self, data, database, **settings)

    async def born(self, **order: Any) -> Born:
        assert self._process.stdin
        async with self._one:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            return await self._born.get()

    async def _listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            pid, code = json.loads(line)
            if code is None:
                self._alive[pid] = Born(pid)
                self._born.put_nowait(self._alive[pid])
            else:
                self._alive.pop(pid).end(code)


class Nursed(Server):
    def __init__(self, nursery: Nursery, data: Path, database: str | None = None, **settings: Any) -> None:
        super().__init__(data, database, **settings)
        self.nursery = nursery

    async def start(self, crash_at: str = "") -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        environment = self.environment | {"ORCHESTRATOR_CRASH_AT": crash_at}
        self.child = await self.nursery.born(env=environment, cwd=str(self.data.parent), log=str(self._log))


def main() -> None:
    """Take orders, one per line, and tell of births ([pid, null]) and ends ([pid, code])."""
    from orchestrator import serve
    from orchestrator.contain import boundary

    load()
    if "models" in sys.argv[1:]:
        load_models()
    boundary.boundary()  # the same for all of them, and found out by starting a process
    gc.freeze()  # so that a copy need not copy what it never changes
    assert threading.active_count() == 1, "only a process with one thread can be copied"
    told, woken = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    heard = b""
    while True:
        ready, _, _ = select.select([0, told], [], [])
        if told in ready:
            os.read(told, 4096)
            bury()
        if 0 in ready:
            chunk = os.read(0, 1 << 16)
            if not chunk:
                return
            *orders, heard = (heard + chunk).split(b"\n")
            for order in orders:
                give_birth(json.loads(order), serve.main)


def load() -> None:
    """What a server loads by the time it has built something on either database."""
    import acp  # noqa: F401
    import alembic.command
    import alembic.runtime.migration  # noqa: F401
    import procrastinate  # noqa: F401
    import psycopg  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg
    import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401

    from orchestrator import app, cli  # noqa: F401
    from orchestrator.jobs import procrastinate as queue  # noqa: F401


def load_models() -> None:
    """What a server loads that is to ask a model."""
    import pydantic_ai.models.anthropic
    import pydantic_ai.models.openai
    import pydantic_ai.providers.anthropic
    import pydantic_ai.providers.openai  # noqa: F401

    from orchestrator.models import live  # noqa: F401


def bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        say(pid, os.waitstatus_to_exitcode(status))


def give_birth(order: dict[str, Any], serve: Any) -> None:
    pid = os.fork()
    if pid:
        say(pid, None)
        return
    code = 1
    try:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        channels(order)
        os.closerange(3, 256)
        with measured():
            code = command(order["argv"]) if "argv" in order else serve()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def channels(order: dict[str, Any]) -> None:
    """Where it reads from, and what it writes goes."""
    os.dup2(os.open(order.get("typed", os.devnull), os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order.get(name) or order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)


def command(argv: list[str]) -> int:
    """What `python -m orchestrator` does with these words."""
    from orchestrator.start import main

    sys.argv = ["orchestrator", *argv]
    try:
        return main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0


@contextmanager
def measured() -> Iterator[None]:
    """Which lines run, written down by itself: a copy would else write in the name of its original."""
    known = coverage.Coverage.current()
    if known is None:
        yield
        return
    known.stop()
    where = known.get_data().base_filename()
    own = coverage.Coverage(where, config_file=known.config.config_file, data_suffix=True)
    own.set_option(
        "run:disable_warnings", ["module-not-measured", "no-data-collected"]
    )  # would be part of what it says
    own.start()
    try:
        yield
    finally:
        own.stop()
        own.save()


def say(pid: int, code: int | None) -> None:
    os.write(1, json.dumps([pid, code]).encode() + b"\n")


if __name__ == "__main__":
    main()
