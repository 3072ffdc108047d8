"""A small HTTP server on loopback, for stand-ins that must be able to be silent, slow, or to hang up."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit


class HangUp(Exception):
    """End the connection without an answer."""


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes

    def form(self) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
        """Fields, and files by field with their names, of whatever kind of form it is."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            read = json.loads(self.body or b"{}")
            return self.query | {
                name: one if isinstance(one, str) else json.dumps(one) for name, one in read.items()
            }, {}
        if kind.startswith("multipart/form-data"):
            return self._parts(kind)
        return self.query | dict(parse_qsl(self.body.decode(), keep_blank_values=True)), {}

    def _parts(self, kind: str) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
        fields, files = dict(self.query), {}
        message: Message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + self.body)
        for part in message.walk():
            name = part.get_param("name", header="content-disposition")
            if not isinstance(name, str):
                continue
            payload: Any = part.get_payload(decode=True)
            if (file := part.get_filename()) is not None:
                files[name] = (file, payload)
            else:
                fields[name] = payload.decode()
        return fields, files


Answer = tuple[int, str, bytes]  # status, content type, body
Answers = Callable[[Asked], Awaitable[Answer]]


class Loopback:
    """`async with Loopback(answers) as server:` is there at `server.url`."""

    def __init__(self, answers: Answers, port: int = 0) -> None:
        self._answers, self.port = answers, port
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while (asked := await _asked(reader)) is not None:
                status, kind, body = await self._answers(asked)
                head = f"HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (HangUp, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()


async def _asked(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = first.split(" ")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    split = urlsplit(target)
    return Asked(method, unquote(split.path), headers, dict(parse_qsl(split.query, keep_blank_values=True)), body)
