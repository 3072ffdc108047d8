"""Carries messages between us and a builder, one line each, within bounds whatever the builder sends."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

LINE_MB = 16
NOISE = 100  # lines that are no messages: some programs print a few words before they begin


class Wire:
    """What the SDK sends and receives through. It reads no faster than `room` lets it."""

    def __init__(
        self, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, room: Callable[[], Awaitable[None]]
    ) -> None:
        self.garbled = False  # nothing that came could be understood any more, so we stopped to listen
        self._stdin, self._stdout, self._room = stdin, stdout, room
        self._noise, self._sending = 0, asyncio.Lock()

    async def send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message, separators=(",", ":")) + "\n"
        with suppress(ConnectionError):  # that it is gone shows where we listen
            async with self._sending:
                self._stdin.write(line.encode())
                await self._stdin.drain()

    async def receive(self) -> dict[str, Any] | None:
        """The next message, or None when there will be no more."""
        while not self.garbled:
            await self._room()
            if not (line := await self._line()):
                return None
            if message := parsed(line):
                return message
            self._noise += bool(line.strip())
            self.garbled = self.garbled or self._noise > NOISE
        return None

    async def close(self) -> None:
        """Nothing to do: the process behind it is ended by whoever began it."""

    async def _line(self) -> bytes:
        pieces, length = [], 0
        while length < LINE_MB << 20:
            try:
                pieces.append(await self._stdout.readuntil(b"\n"))
            except asyncio.LimitOverrunError as long:
                pieces.append(await self._stdout.readexactly(long.consumed))
                length += long.consumed
                continue
            except asyncio.IncompleteReadError as end:
                pieces.append(end.partial)
            return b"".join(pieces)
        self.garbled = True
        return b""


def parsed(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
