"""How soon the server is there, and what it needs when nothing happens."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from _measure import Figure, median, publish, spread

from ground.server import Server

TIMES = 7
IDLE_S = 60
MB = 2**20
# What cannot be left out: our own modules take what is above it.
LIBRARIES = "import fastapi, pydantic_settings, sqlalchemy.ext.asyncio, aiosqlite, structlog, jinja2"


async def answered(port: int, path: str) -> float:
    """The moment at which the server says that it is fine."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            said = await reader.read()
            writer.close()
            if said.startswith(b"HTTP/1.1 200"):
                return time.perf_counter()
        except OSError:
            pass
        await asyncio.sleep(0.01)


async def start(server: Server) -> tuple[float, float, float]:
    """Seconds until it is alive and until it is ready, and the processor's seconds for that."""
    begun = time.perf_counter()
    await server.start()
    alive = await answered(server.port, "/health") - begun
    ready = await answered(server.port, "/health/ready") - begun
    used = process(server).cpu_times()
    return alive, ready, used.user + used.system


def process(server: Server) -> psutil.Process:
    """That of a server which was started, to be looked at from outside."""
    assert server.child
    return psutil.Process(server.child.pid)


def imported() -> tuple[float, float]:
    """Seconds, and the processor's seconds, that the libraries alone take to load."""
    begun = time.perf_counter()
    child = psutil.Popen([sys.executable, "-c", f"{LIBRARIES}, sys, time; print(time.process_time())"], stdout=-1)
    used = float(child.communicate()[0])
    return time.perf_counter() - begun, used


async def starts(folder: Path) -> list[Figure]:
    server = Server(folder / "data", rate_limits="off")
    first = await start(server)
    await server.terminate()
    taken, bare = [], []
    for _ in range(TIMES):
        taken.append(await start(server))
        await server.terminate()
        bare.append(imported())
    await server.close()
    alive, ready, used = zip(*taken, strict=True)
    library, library_used = (median(column) for column in zip(*bare, strict=True))
    times = f"{median(ready) / library:.2f} times loading its libraries; {quickest(ready)}"
    used_times = f"{median(used) / library_used:.2f} times loading its libraries; {quickest(used)}"
    return [
        Figure("from the start of the process until `/health` answers", "300 ms", *spread(alive), quickest(alive)),
        Figure("until `/health/ready` answers", "1,500 ms", *spread(ready), times),
        Figure("processor time until then", "", *spread(used), used_times),
        Figure("the very first start, with a new database", "", f"{first[1] * 1000:.0f} ms"),
    ]


def quickest(taken: Sequence[float]) -> str:
    """On a machine that others use too, the one that they disturbed least."""
    return f"the quickest {min(taken) * 1000:.0f} ms"


async def idle(folder: Path) -> list[Figure]:
    async with Server(folder / "idle", rate_limits="off") as server:
        await asyncio.sleep(5)
        first = process(server).memory_info().rss
        await server.terminate()
        await start(server)
        await asyncio.sleep(5)
        later = process(server)
        before = later.cpu_times()
        await asyncio.sleep(IDLE_S)
        after = later.cpu_times()
        used = (after.user + after.system - before.user - before.system) / IDLE_S
        memory = later.memory_full_info()
    return [
        Figure("memory when idle", "110 MB", f"{memory.rss / MB:.0f} MB", "", f"{memory.uss / MB:.0f} MB of its own"),
        Figure("the same in the very first process, which made the tables", "110 MB", f"{first / MB:.0f} MB"),
        Figure(f"processor when idle, over {IDLE_S} s", "0.5 %", f"{used:.2%}"),
    ]


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        publish("start", [*await starts(folder), *await idle(folder)])


if __name__ == "__main__":
    asyncio.run(main())
