"""What GitHub sends, verified, stored and acknowledged on one process; and that a power cut afterwards loses none."""

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from _measure import Figure, median, publish, spread

from ground import postgres
from ground.server import Server
from orchestrator.store import engine

CONNECTIONS, EACH, ROUNDS = 20, 250, 5
SECRET, SIZE = "the-secret-of-webhooks", 12_000  # a comment with all that GitHub tells around it
ACCEPTED = b"HTTP/1.1 202"


def deliveries(name: str, count: int) -> list[tuple[str, bytes]]:
    """Key and request of so many comments, signed beforehand."""
    return [(f"{name}-{number}", _delivery(f"{name}-{number}", number)) for number in range(count)]


def _delivery(key: str, number: int) -> bytes:
    payload = {
        "action": "created",
        "issue": {"number": number % 50 + 1, "title": "A week of dinners", "body": "x" * SIZE},
        "comment": {"id": number, "body": "@orchestrator when is it ready?", "user": {"login": "nadia", "id": 7}},
        "repository": {"full_name": "nadia/supper", "id": 1},
        "sender": {"login": "nadia", "id": 7, "type": "User"},
    }
    body = json.dumps(payload).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-GitHub-Event: issue_comment\r\nX-GitHub-Delivery: {key}\r\nX-Hub-Signature-256: sha256={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Sender(asyncio.Protocol):
    """One connection that sends the next request as soon as it has the answer; as cheap as can be."""

    def __init__(self, requests: list[tuple[str, bytes]]) -> None:
        self.requests, self.at, self.begun, self.heard = requests, 0, 0.0, b""
        self.taken: list[float] = []
        self.accepted: list[str] = []
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def _next(self) -> None:
        if self.at == len(self.requests):
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(self.requests[self.at][1])

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, found, rest = self.heard.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0) if found else 0
        if not found or len(rest) < length:
            return
        self.taken.append(time.perf_counter() - self.begun)
        if head.startswith(ACCEPTED):
            self.accepted.append(self.requests[self.at][0])
        self.heard, self.at = b"", self.at + 1
        self._next()

    def connection_lost(self, _problem: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def send(port: int, name: str, count: int, path: str) -> None:
    """In a process of its own: so many requests on each connection, and what came of them as JSON."""
    if path == "/health":
        made = [[("", b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")] * count for _ in range(CONNECTIONS)]
    else:
        made = [deliveries(f"{name}-{number}", count) for number in range(CONNECTIONS)]
    print("begins", flush=True)
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    senders = [(await loop.create_connection(lambda one=one: Sender(one), "127.0.0.1", port))[1] for one in made]
    await asyncio.gather(*(sender.ended for sender in senders))
    seconds = time.perf_counter() - begun
    taken = [one for sender in senders for one in sender.taken]
    accepted = [key for sender in senders for key in sender.accepted]
    print(json.dumps({"rate": len(taken) / seconds, "taken": taken, "accepted": accepted}))


@dataclass
class Sent:
    rates: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)

    def add(self, said: str) -> None:
        found = json.loads(said)
        self.rates.append(found["rate"])
        self.taken += found["taken"]
        self.accepted |= set(found["accepted"])


async def load(port: int, name: str, count: int, path: str, meanwhile: Callable[[], Awaitable[object]] | None) -> str:
    command = [sys.executable, __file__, str(port), name, str(count), path]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert child.stdout
    await child.stdout.readline()
    if meanwhile:
        await meanwhile()
    said, _ = await child.communicate()
    assert child.returncode == 0
    return said.decode()


async def measured(name: str, folder: Path, database: str | None) -> list[Figure]:
    """Rounds of comments and of empty answers in turn; then a last one in the middle of which the power goes."""
    server = Server(folder, database, rate_limits="off", github_webhook_secret=SECRET)
    hooks, bare, cut = Sent(), Sent(), Sent()
    async with server:
        for turn in range(ROUNDS):
            bare.add(await load(server.port, f"{turn}", EACH, "/health", None))
            hooks.add(await load(server.port, f"{turn}", EACH, "/webhooks/github", None))

        async def power_cut() -> None:
            await asyncio.sleep(1)
            await server.kill()

        cut.add(await load(server.port, "cut", EACH * 4, "/webhooks/github", power_cut))
    kept = await stored(folder, database)
    lost = (hooks.accepted | cut.accepted) - kept
    assert not lost, f"{len(lost)} were acknowledged and lost"
    assert hooks.accepted
    assert cut.accepted
    rate, share = median(hooks.rates), median([a / b for a, b in zip(hooks.rates, bare.rates, strict=True)])
    p99 = sorted(hooks.taken)[int(len(hooks.taken) * 0.99)] * 1000
    beside = f"{share:.0%} of {median(bare.rates):.0f} empty answers a second"
    return [
        Figure(f"comments of GitHub stored and acknowledged, on {name}", "1,000 a second", f"{rate:.0f} a second"),
        Figure("the same, how long each took", "p95 10 ms", *spread(hooks.taken), f"p99 {p99:.1f} ms; {beside}"),
        Figure("lost of those acknowledged before kill -9", "none", f"none of {len(cut.accepted)}"),
    ]


async def stored(folder: Path, database: str | None) -> set[str]:
    connected = engine.connect(database, folder)
    async with connected.reader.connect() as connection:
        found = set(await connection.scalars(sa.text("SELECT key FROM arrivals")))
    await connected.dispose()
    return found


async def main() -> None:
    with tempfile.TemporaryDirectory() as name, postgres.running() as cluster:
        figures = await measured("SQLite", Path(name) / "sqlite", None)
        figures += await measured("PostgreSQL", Path(name) / "postgres", await cluster.create("webhooks"))
    publish("webhooks", figures)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(send(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
    else:
        asyncio.run(main())
