"""Keeps what a command says: whole in a file up to a bound, its end in memory, hashed on the way."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Protocol, Self

CHUNK = 1 << 16
TAIL = 1 << 15  # how much of the end of an output is kept in memory
LOG_MB = 20
LEFT_S = 1.0  # somebody else may hold a pipe open; then it is left to them
CUT = f"\n[The rest is left out: there was more than {LOG_MB} MB of it.]\n".encode()


class Sink(Protocol):
    def write(self, chunk: bytes) -> None: ...


class Tail:
    """The end of what was written to it."""

    def __init__(self) -> None:
        self._kept = b""

    def write(self, chunk: bytes) -> None:
        self._kept = (self._kept + chunk)[-TAIL:]

    def text(self) -> str:
        return self._kept.decode(errors="replace")


class Log:
    """A file that takes so much and no more, the hash of what is in it, and the end of all that there was."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = path.open("wb") if path else None
        self._hash, self._room, self.tail = hashlib.sha256(), LOG_MB << 20, Tail()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        self.tail.write(chunk)
        if self._room:
            self._add(chunk[: self._room])
            if len(chunk) >= self._room:
                self._add(CUT)
            self._room -= min(self._room, len(chunk))

    def _add(self, data: bytes) -> None:
        self._hash.update(data)
        if self._file:
            self._file.write(data)


async def pour(source: asyncio.StreamReader, into: Sink) -> None:
    while chunk := await source.read(CHUNK):
        into.write(chunk)


@asynccontextmanager
async def unheard(*sources: asyncio.StreamReader | None) -> AsyncIterator[None]:
    """Meanwhile read and forget what a program says: asyncio may never notice the end of one whose pipe is full."""
    reading = [asyncio.create_task(pour(source, Tail())) for source in sources if source]
    try:
        yield
    finally:
        await asyncio.wait(reading, timeout=LEFT_S)
        for task in reading:
            task.cancel()
