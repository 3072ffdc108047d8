"""What the programs beside this one share: taking times, calling a server, and writing down what came out."""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
MS = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `beside` compares it with something that was measured in the same run."""

    what: str
    target: str
    typical: str
    slow: str = ""
    beside: str = ""


def spread(taken: Sequence[float]) -> tuple[str, str]:
    """The median and the 95th percentile of some seconds, in milliseconds."""
    return f"{median(taken) * MS:.1f} ms", f"{slowest(taken) * MS:.1f} ms"


def median(taken: Sequence[float]) -> float:
    return statistics.median(taken)


def slowest(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.95))]


async def timed(do: Callable[[int], Awaitable[Any]], times: int) -> list[float]:
    """How long each of so many calls took, one after the other; the first ones only warm up."""
    for number in range(-5, 0):
        await do(number)
    taken = []
    for number in range(times):
        begun = time.perf_counter()
        await do(number)
        taken.append(time.perf_counter() - begun)
    return taken


async def at_once(do: Callable[[int, int], Awaitable[Any]], callers: int, each: int, first: int = 0) -> float:
    """How many calls a second so many callers get done together. The numbers of the calls begin at `first`."""

    async def caller(who: int) -> None:
        for number in range(first, first + each):
            await do(who, number)

    begun = time.perf_counter()
    await asyncio.gather(*(caller(who) for who in range(callers)))
    return callers * each / (time.perf_counter() - begun)


def crowding() -> float:
    """How many times its processor time a piece of pure work takes now: 1 on a machine with nothing else to do."""
    wall, own = time.perf_counter(), time.process_time()
    sum(range(20_000_000))
    return (time.perf_counter() - wall) / (time.process_time() - own)


class Caller:
    """A connection to a server that stays open; so cheap that it is the server that is measured."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    @classmethod
    async def at(cls, port: int, token: str) -> Self:
        caller = cls(port, token)
        await caller.open()
        return caller

    async def open(self) -> None:
        """Connect; a server lets go of a connection that was not used for some seconds."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON, or as text where it is none. Fails on anything but success."""
        try:
            return await self._ask(method, path, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.open()
            return await self._ask(method, path, body)

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        self.writer.write(head.encode() + sent)
        said = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(said.split("content-length: ")[1].split("\r\n")[0])
        answer = await self.reader.readexactly(length)
        assert said.startswith(("http/1.1 20", "http/1.1 30")), said + answer.decode()
        return json.loads(answer) if "application/json" in said else answer.decode()

    def close(self) -> None:
        self.writer.close()


def publish(part: str, figures: Sequence[Figure]) -> None:
    """Print the table; with RECORD set, put it into docs/performance.md in place of the one before."""
    head = ("what", "target", "typical (p50)", "slow (p95)", "beside, in the same run")
    lines = [head, ("---",) * len(head)]
    lines += [(one.what, one.target, one.typical, one.slow, one.beside) for one in figures]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    load = f"load {os.getloadavg()[1]:.0f} on {os.cpu_count()} processors over five minutes"
    busy = f"At the end work took {crowding():.1f} times its processor time; {load}.\n"
    print(f"\n{table}\n{busy}", flush=True)
    if os.environ.get("RECORD"):
        _write(part, f"{table}\n{busy}")


def _write(part: str, text: str) -> None:
    begin, end = f"<!-- measured: {part} -->", f"<!-- end: {part} -->"
    before, rest = PAGE.read_text().split(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n{end}{rest.split(end)[1]}")
