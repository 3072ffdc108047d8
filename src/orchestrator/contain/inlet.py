"""Lets us in to a server within walls: passes bytes from a socket that we see to a port on the loopback in there.

A program of its own, standard library only: `python -I -S inlet.py /place/in 8000 -- command …`. It leaves a process
behind that does the passing, and becomes the command. Where the command's space ends, the one left behind does.
"""

import asyncio
import os
import sys
from contextlib import suppress

CHUNK = 1 << 16


def main(argv: list[str]) -> None:
    path, port, command = argv[0], int(argv[1]), argv[3:]
    if not os.fork():
        if not os.fork():
            os.setsid()
            asyncio.run(carry(path, port))
        os._exit(0)
    os.wait()
    os.dup2(1, 2)  # one log, in the order in which it was written
    os.execvp(command[0], command)  # noqa: S606 - running a command is what this is for


async def carry(path: str, port: int) -> None:
    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(passed(reader, inner_writer), passed(inner_reader, writer))

    server = await asyncio.start_unix_server(let_in, path)
    await server.serve_forever()


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
