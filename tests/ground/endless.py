"""A server on loopback whose answers have no end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PIECE = b"x" * (64 << 10)


@dataclass
class Endless:
    port: int = 0
    more: bytes = b""  # lines of the head of its answers
    asked: list[bytes] = field(default_factory=list)  # the heads of what it was asked
    open: set[asyncio.Task[None]] = field(default_factory=set)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me
        self.open.add(me)
        with suppress(OSError):
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            kind = b"content-type: text/plain\r\ntransfer-encoding: chunked\r\n"
            writer.write(b"HTTP/1.1 200 OK\r\n%s%s\r\n" % (kind, self.more))
            while not writer.is_closing():
                writer.write(b"%x\r\n%s\r\n" % (len(PIECE), PIECE))
                await writer.drain()
        self.open.discard(me)


@asynccontextmanager
async def endless(path: str = "", more: bytes = b"") -> AsyncIterator[Endless]:
    """It sends for as long as somebody listens; at a port, or at this socket."""
    one = Endless(more=more)
    if path:
        server = await asyncio.start_unix_server(one.answer, path)
    else:
        server = await asyncio.start_server(one.answer, "127.0.0.1", 0)
        one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        for task in list(one.open):
            task.cancel()
        await asyncio.gather(*one.open, return_exceptions=True)
