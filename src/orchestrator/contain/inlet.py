"""Lets us in to a server within walls: passes bytes from a socket that we see to a port on the loopback in there.

A program of its own, standard library only: `python -I -S inlet.py /place/in 8000 -- command …`. It leaves a process
behind that does the passing, and becomes the command. Where the command's space ends, the one left behind does.
With `/place/in 8000 /place/out 9000 --` it passes the other way as well: from port 9000 in there to a socket of ours.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

CHUNK = 1 << 16
Opening = Coroutine[Any, Any, tuple[asyncio.StreamReader, asyncio.StreamWriter]]


def main(argv: list[str]) -> None:
    ways, command = argv[: argv.index("--")], argv[argv.index("--") + 1 :]
    if not os.fork():
        if not os.fork():
            os.setsid()
            asyncio.run(carry(*ways))
        os._exit(0)
    os.wait()
    os.dup2(1, 2)  # one log, in the order in which it was written
    os.execvp(command[0], command)  # noqa: S606 - running a command is what this is for


async def carry(path: str, port: str, out: str = "", out_port: str = "0") -> None:
    """For as long as somebody may come, in either direction."""

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await between(reader, writer, asyncio.open_connection("127.0.0.1", int(port)))

    async def let_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await between(reader, writer, asyncio.open_unix_connection(out))

    if out:
        await asyncio.start_server(let_out, "127.0.0.1", int(out_port))
    server = await asyncio.start_unix_server(let_in, path)
    await server.serve_forever()


async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, other: Opening) -> None:
    """Both ways, where the other side is there."""
    try:
        other_reader, other_writer = await other
    except OSError:
        writer.close()
        return
    await asyncio.gather(passed(reader, other_writer), passed(other_reader, writer))


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side has no more to say: then the other is told."""
    with suppress(OSError):
        while piece := await reader.read(CHUNK):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.close()


if __name__ == "__main__":
    main(sys.argv[1:])
