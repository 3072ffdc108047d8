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

CONNECTIONS, EACH, ROUNDS, PACE = 20, 200, 5, 1000
HOOK = "/webhooks/github"
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
    """One connection, as cheap as can be: it sends the next request when it has the answer, but not before its time.

    `every` seconds one is due. Whoever is late waits from the moment at which it was due.
    """

    def __init__(self, requests: list[tuple[str, bytes]], every: float, first: float) -> None:
        self.requests, self.at, self.begun, self.heard = requests, 0, 0.0, b""
        self.every, self.first = every, first
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
        now, due = time.perf_counter(), self.first + self.at * self.every
        self.begun = max(now, due) if due > now or not self.every else due
        if due > now:
            asyncio.get_running_loop().call_later(due - now, self._send)
        else:
            self._send()

    def _send(self) -> None:
        if not self.transport.is_closing():
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


async def send(port: int, name: str, count: int, path: str, pace: int) -> None:
    """In a process of its own: so many requests on each connection, and what came of them as JSON.

    `pace` is how many are due each second on all of them together; 0 is as many as can be.
    """
    if path == "/health":
        made = [[("", b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")] * count for _ in range(CONNECTIONS)]
    else:
        made = [deliveries(f"{name}-{number}", count) for number in range(CONNECTIONS)]
    print("begins", flush=True)
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    every = CONNECTIONS / pace if pace else 0.0
    starts = [begun + 0.1 + number * every / CONNECTIONS if pace else begun for number in range(CONNECTIONS)]
    made_at = [lambda one=one, at=at: Sender(one, every, at) for one, at in zip(made, starts, strict=True)]
    senders = [(await loop.create_connection(sender, "127.0.0.1", port))[1] for sender in made_at]
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


async def load(
    port: int,
    name: str,
    count: int,
    path: str,
    pace: int = 0,
    meanwhile: Callable[[], Awaitable[object]] | None = None,
) -> str:
    command = [sys.executable, __file__, str(port), name, str(count), path, str(pace)]
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
    hooks, paced, bare, cut = Sent(), Sent(), Sent(), Sent()
    async with server:
        for turn in range(ROUNDS):
            bare.add(await load(server.port, f"{turn}", EACH, "/health"))
            hooks.add(await load(server.port, f"{turn}", EACH, HOOK))
            paced.add(await load(server.port, f"paced-{turn}", EACH, HOOK, PACE))

        async def power_cut() -> None:
            await asyncio.sleep(1)
            await server.kill()

        cut.add(await load(server.port, "cut", EACH * 4, HOOK, meanwhile=power_cut))
    kept = await stored(folder, database)
    for sent in (hooks, paced, cut):
        assert sent.accepted
        assert sent.accepted <= kept, f"{len(sent.accepted - kept)} were acknowledged and lost"
    share = median([a / b for a, b in zip(hooks.rates, bare.rates, strict=True)])
    beside = f"{share:.0%} of {median(bare.rates):.0f} empty answers a second"
    rate = f"{median(hooks.rates):.0f} a second"
    return [
        Figure(f"comments of GitHub kept and acknowledged, on {name}", "1,000 a second", rate, "", beside),
        Figure("how long each of these took", "", *spread(hooks.taken), last(hooks.taken)),
        Figure(f"how long at {PACE:,} a second", "p95 10 ms", *spread(paced.taken), last(paced.taken)),
        Figure("lost of those acknowledged before kill -9", "none", f"none of {len(cut.accepted)}"),
    ]


def last(taken: list[float]) -> str:
    return f"p99 {sorted(taken)[int(len(taken) * 0.99)] * 1000:.1f} ms"


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
        asyncio.run(send(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])))
    else:
        asyncio.run(main())
