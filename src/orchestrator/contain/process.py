"""Runs commands so that nothing of them is left behind: not after their end, a timeout or a Stop, nor when we die."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from typing import IO, Any, TypeVar

from orchestrator.contain.boundary import Boundary, Limits, Space, boundary, start
from orchestrator.contain.output import CHUNK, Log, Tail, pour
from orchestrator.errors import BuilderLost, NotPossible

__all__ = ["Boundary", "Ended", "Limits", "Spawned", "boundary", "environment", "run", "spawn"]

GENEROUS = Limits()
GONE_S = 10  # longer than this nobody waits for a tree that is being killed
WHY = {
    "time": "It took longer than it may, so we ended it.",
    "memory": "It used more memory than it may, so we ended it.",
    "processes": "It started more programs at once than it may, so we ended it.",
    "dropped": "We ended it.",
    "lost": "It was ended from outside.",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """`code` is None where the command did not come to an end of its own; `why` is then a sentence."""

    code: int | None
    output: str
    seconds: float
    timed_out: bool
    log_sha256: str
    why: str = ""


class Leash:
    """Our end of the line to a command. When it closes, the command and all that came of it are killed."""

    def __init__(self, process: "Popen[bytes]", line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        line.setblocking(False)
        self.pid = process.pid
        self._process, self._line, self._heard = process, line, b""
        self._first, self._last = loop.create_future(), loop.create_future()
        self._listening = loop.create_task(self._listen())

    async def go(self) -> None:
        """Let the command begin. Raises BuilderLost while another holds the lock, NotPossible if it does not start."""
        with suppress(ConnectionError):  # then there is no word either
            await asyncio.get_running_loop().sock_sendall(self._line, b"go")
        word = await asyncio.shield(self._first)
        if word == "busy":
            raise BuilderLost("What was begun here before has not ended yet, so we did not begin anew.")
        if word == "lost":
            raise NotPossible("The program was ended from outside before it began.")
        if word != "began":
            raise NotPossible(f"The program could not be started: {word.removeprefix('failed ')}.")

    async def last_word(self) -> str:
        """How it ended, once all of it is gone: "ended CODE", or a key of WHY."""
        return await asyncio.shield(self._last)

    async def let_go(self) -> None:
        """The whole tree is gone when this returns, also if we are cancelled meanwhile."""
        with suppress(OSError):  # it is gone already
            self._line.shutdown(socket.SHUT_WR)
        try:
            await surely(asyncio.wait({self._listening}, timeout=GONE_S))
        finally:
            self._listening.cancel()
            self._line.close()

    async def _listen(self) -> None:
        self._first.set_result(await self._word())
        self._last.set_result(await self._word())
        await self._word()  # the end of the line
        while self._process.poll() is None:  # noqa: ASYNC110 - its line closed, so it is ending: a moment at most
            await asyncio.sleep(0.001)

    async def _word(self) -> str:
        while b"\n" not in self._heard:
            try:
                heard = await asyncio.get_running_loop().sock_recv(self._line, 200)
            except ConnectionError:
                heard = b""
            if not heard:
                return "lost"
            self._heard += heard
        word, _, self._heard = self._heard.partition(b"\n")
        return word.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Spawned:
    """A command that talks with us. Leaving its context ends it and all that came of it."""

    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    stderr: Tail
    leash: Leash

    async def ended(self) -> tuple[int | None, str]:
        """Its exit code, or None and why it was ended, once nothing of it is left."""
        return outcome(await self.leash.last_word())


async def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits = GENEROUS,
    log: Path | None = None,
    lock: Path | None = None,
    namespaces: bool = True,
) -> Ended:
    """Both outputs go, in order, into `log`, and their end into the result. Nothing of it runs when this returns.

    Raises NotPossible where the command cannot be started, BuilderLost where `lock` stays taken.
    """
    began, pipes = time.monotonic(), {"stdout": PIPE, "stderr": STDOUT}
    with Log(log) as kept:
        async with leashed(command, cwd, env, limits, lock, namespaces, pipes) as (leash, process):
            async with reading(process.stdout) as output:
                await pour(output, kept)
            word = await leash.last_word()
    code, why = outcome(word)
    return Ended(code, kept.tail.text(), time.monotonic() - began, word == "time", kept.sha256, why)


@asynccontextmanager
async def spawn(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits = GENEROUS,
    lock: Path | None = None,
    namespaces: bool = True,
) -> AsyncIterator[Spawned]:
    """A command that we talk with. Its errors are read all the time, so that it can never hang on them.

    Raises NotPossible where the command cannot be started, BuilderLost where `lock` stays taken.
    """
    pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE}
    async with (
        leashed(command, cwd, env, limits, lock, namespaces, pipes) as (leash, process),
        writing(process.stdin) as stdin,
        reading(process.stdout) as stdout,
        reading(process.stderr) as stderr,
    ):
        tail = Tail()
        draining = asyncio.create_task(pour(stderr, tail))
        try:
            yield Spawned(stdin, stdout, tail, leash)
        finally:
            draining.cancel()


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment from nothing: where programs are, a home of its own, and what keeps output plain. None of ours."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",  # or its errors would be logged before what led to them
        "GIT_TERMINAL_PROMPT": "0",
        **more,
    }


def outcome(word: str) -> tuple[int | None, str]:
    """What the leash's last word means: an exit code, or none and why."""
    if word.startswith("ended "):
        return int(word.removeprefix("ended ")), ""
    return None, WHY[word]


@asynccontextmanager
async def leashed(
    command: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits,
    lock: Path | None,
    namespaces: bool,
    pipes: Mapping[str, int],
) -> AsyncIterator[tuple[Leash, "Popen[bytes]"]]:
    """The command, begun; when the context is left, for whatever reason, all of it is gone."""
    space: Space = (await asyncio.to_thread(boundary)).space if namespaces else "shared"
    process, line = start(command, cwd=cwd, env=env, limits=limits, space=space, lock=lock, **pipes)
    leash = Leash(process, line)
    try:
        await leash.go()
        yield leash, process
    finally:
        try:
            await leash.let_go()
        finally:
            for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
                pipe.close()


@asynccontextmanager
async def reading(pipe: IO[bytes] | None) -> AsyncIterator[asyncio.StreamReader]:
    reader = asyncio.StreamReader(limit=CHUNK)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        yield reader
    finally:
        transport.close()


@asynccontextmanager
async def writing(pipe: IO[bytes] | None) -> AsyncIterator[asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), pipe
    )
    try:
        yield asyncio.StreamWriter(transport, protocol, None, loop)
    finally:
        if transport.get_write_buffer_size() or not transport.is_closing():
            transport.abort()  # what it has not read by now it need not read


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """Wait for the end of this even when we are cancelled; the cancellation is passed on afterwards."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return task.result()
