"""A person's program at the API: asks under a key until it is answered, even if the server goes away meanwhile."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from ground.server import Server

PAUSE = 0.05
LOOK = 0.15  # many journeys look at once, and looking is work for the servers too
AWAY = (502, 503, 504)
Event = tuple[int, str, dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What was asked under a key, so that it can be asked again."""

    path: str
    key: str
    json: dict[str, Any]


class Caller:
    """Speaks to whichever of the servers answers. `events` are those a follower has seen, in the order it saw them."""

    def __init__(self, *servers: Server, token: str = "", within: float = 60) -> None:
        self.servers = servers
        self.https = [server.client(token or servers[0].token) for server in servers]
        self._turn = itertools.cycle(range(len(servers)))
        self._at = 0
        self.within = within
        self.asked: list[Asked] = []

    async def ask(self, method: str, path: str, *, key: str = "", **more: Any) -> httpx.Response:
        """The first real answer. What the server says of itself while it starts or ends is none."""
        headers = {"Idempotency-Key": key} if key else {}
        async with asyncio.timeout(self.within):
            while True:
                try:
                    answer = await self.https[self._at].request(method, path, headers=headers, **more)
                    if answer.status_code not in AWAY:
                        return answer
                except httpx.TransportError:
                    pass
                self._at = next(self._turn)
                await asyncio.sleep(PAUSE)

    async def do(self, path: str, key: str, **json: Any) -> dict[str, Any]:
        """Have something done, once, and remember it."""
        self.asked.append(Asked(path, key, json))
        answer = await self.ask("POST", f"/api/v1{path}", key=key, json=json)
        assert answer.is_success, f"{path} {json}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def see(self, path: str) -> Any:
        answer = await self.ask("GET", f"/api/v1{path}")
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def page(self, path: str) -> str:
        answer = await self.ask("GET", path)
        assert answer.is_success, f"{path}: {answer.status_code}"
        return answer.text

    async def until(self, look: Callable[[], Awaitable[Any]], what: str) -> Any:
        """What `look` gives when it is something."""
        try:
            async with asyncio.timeout(self.within):
                while not (seen := await look()):
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise TimeoutError(f"{what}: not within {self.within} seconds") from None
        return seen

    async def gate(self, project: str, kind: str) -> dict[str, Any]:
        """The open decision, when it is of this kind."""

        async def look() -> dict[str, Any] | None:
            found = (await self.see(f"/projects/{project}/gates?status=pending"))["items"]
            if found and kind != "ERROR_RESOLUTION":
                assert found[0]["kind"] != "ERROR_RESOLUTION", found
            return next((gate for gate in found if gate["kind"] == kind), None)

        return dict(await self.until(look, f"a decision {kind}"))

    async def reaches(self, project: str, *steps: str) -> str:
        """Wait until the project stands at one of these steps."""

        async def look() -> str:
            step = str((await self.see(f"/projects/{project}"))["step"])
            return step if step in steps else ""

        return str(await self.until(look, f"the step {steps}"))

    async def follow(self, project: str, seen: list[Event]) -> None:
        """What a browser does: follow, and after a break go on behind the last that was seen."""
        while True:
            last = {"Last-Event-ID": str(seen[-1][0])} if seen else {}
            path, http = f"/api/v1/projects/{project}/events", self.https[self._at]
            try:
                async with http.stream("GET", path, headers=last, timeout=httpx.Timeout(20, read=60)) as stream:
                    if stream.is_success:
                        await _hear(stream, seen)
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        for http in self.https:
            await http.aclose()


async def _hear(stream: httpx.Response, seen: list[Event]) -> None:
    event: dict[str, str] = {}
    async for line in stream.aiter_lines():
        if not line:
            if "id" in event:  # pieces of a reply have none
                seen.append((int(event["id"]), event["event"], json.loads(event["data"])))
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
