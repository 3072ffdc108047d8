"""Ten, a thousand and ten thousand projects of one person: what pages, start and memory make of them."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy as sa
from _filled import fill
from _measure import Caller, Figure, publish, spread, timed
from start import MB, answered, process, start

from ground.server import Server
from orchestrator import app, runtime
from orchestrator.settings import Settings

COUNTS = (10, 1_000, 10_000)
LOOKS = 100
PAGES = {"/api/v1/projects": "a page of projects for programs", "/": "the page of projects"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Times of the two pages, their statements, and what the server needs, with so many projects."""

    statements: dict[str, int]
    pages: dict[str, list[float]]
    empty: list[float]
    ready: float
    memory: int


async def measured(folder: Path, count: int) -> Measured:
    server = Server(folder / f"data-{count}", rate_limits="off")
    await fill(server.data, server.token, count)
    said = await statements(server)
    _, ready, _ = await start(server)
    await answered(server.port, "/health/ready")
    caller = await Caller.at(server.port, server.token)
    pages = {path: await looks(caller, path) for path in PAGES}
    empty = await looks(caller, "/health")
    await asyncio.sleep(5)
    found = Measured(said, pages, empty, ready, process(server).memory_info().rss)
    caller.close()
    await server.close()
    return found


async def looks(caller: Caller, path: str) -> list[float]:
    return await timed(lambda _: caller.call("GET", path), LOOKS)


async def statements(server: Server) -> dict[str, int]:
    """How many statements each page takes, counted in a process that we can look into."""
    web = app.create(Settings(data_dir=server.data, rate_limits="off", bootstrap_token=server.token))
    headers = {"Authorization": f"Bearer {server.token}"}
    transport = httpx.ASGITransport(web)
    found: dict[str, int] = {}
    async with (
        web.router.lifespan_context(web),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as http,
    ):
        for path in PAGES:
            (await http.get(path)).raise_for_status()
            with counted(runtime.runtime().database.reader.sync_engine) as said:
                await http.get(path)
            found[path] = len(said)
    return found


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield said
    sa.event.remove(engine, "before_cursor_execute", note)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        by_count = {count: await measured(Path(name), count) for count in COUNTS}
    figures = []
    for path, what in PAGES.items():
        for count, found in by_count.items():
            beside = f"{found.statements[path]} statements; an empty answer: {spread(found.empty)[0]}"
            figures.append(Figure(f"{what}, of {count:,}", "10 ms", *spread(found.pages[path]), beside))
    few, many = by_count[COUNTS[0]], by_count[COUNTS[-1]]
    grown = f"{many.memory / MB - few.memory / MB:+.1f} MB"
    later = f"{many.ready - few.ready:+.2f} s"
    waiting = f"{COUNTS[-1]:,} projects that wait at decisions, after their pages were looked at"
    figures.append(Figure(f"memory with {waiting}", "no growth", f"{many.memory / MB:.0f} MB", "", grown))
    figures.append(Figure("start with them", "+2 s", f"{many.ready:.2f} s", "", later))
    publish("many", figures)


if __name__ == "__main__":
    asyncio.run(main())
