"""A stand-in for the APIs of language models, on loopback: the real libraries of Anthropic and OpenAI speak to it.

Inside a test it is `async with ModelApi(answers) as api:`. As a program, for benchmarks, it gives every tool that is
demanded what it takes: `PYTHONPATH=tests python -m ground.model_api --port 4010 --first 200 --pause 100 --pieces 18`.
"""

import argparse
import asyncio
import contextlib
import math
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from ground import model_errors, model_wire
from ground.model_values import Answer, Asked, Gives, Malformed, answer, dumped
from ground.scripted import filled

Answers = Callable[[Asked], Gives]
LOOPBACK = "127.0.0.1"


class Connection(HttpToolsProtocol):
    """One that the application may break off, which ASGI knows no word for."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"cut": {"now": self.transport.close}}


class ModelApi:
    """What was `asked` stands here in order, and so does what was `refused` before anybody was asked.

    What was answered to its end is in `given`, what its caller did not wait for in `left`. What `answers` raises is
    told as a fault of the server, and raised when the stand-in closes. With a `key` no other is let in.
    """

    def __init__(self, answers: Answers, *, key: str = "", port: int = 0) -> None:
        self.answers, self.key, self.port = answers, key, port
        self.asked: list[Asked] = []
        self.given: list[Asked] = []
        self.left: list[Asked] = []
        self.refused: list[str] = []
        self.wrong: list[Exception] = []
        self._state = ServerState()

    @property
    def anthropic(self) -> str:
        """For ANTHROPIC_BASE_URL."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def openai(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"{self.anthropic}/v1"

    async def __aenter__(self) -> Self:
        how: dict[str, Any] = {"interface": "asgi3", "lifespan": "off", "ws": "none", "proxy_headers": False}
        config = uvicorn.Config(self._app, log_config=None, access_log=False, **how)
        config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(config, self._state, {}), LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.close()
        if self.wrong and kind is None:
            raise self.wrong[0]

    async def close(self) -> None:
        """End what is under way as a broken connection does, waiting for nobody. May be done twice."""
        self._server.close()
        while self._state.connections or self._state.tasks:
            for connection in list(self._state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        reply = Reply(receive, send, scope["extensions"]["cut"]["now"])
        content = await reply.content()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        asked = self._let_in(scope["method"], scope["path"], headers, content)
        if isinstance(asked, Asked):
            await self._answer(asked, reply)
        else:
            await reply.whole(*asked)

    def _let_in(self, method: str, path: str, headers: dict[str, str], content: bytes) -> Asked | tuple[int, Any]:
        api = model_wire.PATHS.get(path, "")
        if not api or method != "POST":
            return self._refuse(method, path, api or "chat", "path")
        known = model_wire.key(api, headers)
        if not known or (self.key and known != self.key):
            return self._refuse(method, path, api, "key")
        try:
            return model_wire.read(api, headers, content)
        except Malformed as wrong:
            return self._refuse(method, path, api, "malformed", str(wrong))

    def _refuse(self, method: str, path: str, api: str, kind: str, said: str = "") -> tuple[int, Any]:
        status, body = model_errors.body(api, kind, said=said)
        self.refused.append(f"{method} {path}: {status} {said}".strip())
        return status, body

    async def _answer(self, asked: Asked, reply: "Reply") -> None:
        self.asked.append(asked)
        try:
            giving = give(asked, self._gives(asked), len(self.asked), reply)
            (self.given if await reply.unless_gone(giving) else self.left).append(asked)
        except Exception as wrong:
            self.wrong.append(wrong)
            raise

    def _gives(self, asked: Asked) -> Gives:
        try:
            return self.answers(asked)
        except Exception as wrong:
            self.wrong.append(wrong)
            return Gives(error="server")


@dataclass
class Reply:
    """One answer on its way through ASGI."""

    receive: Any
    send: Any
    cut: Callable[[], None]
    broken: bool = False

    async def content(self) -> bytes:
        parts = [await self.receive()]
        while parts[-1].get("more_body"):
            parts.append(await self.receive())
        return b"".join(part.get("body", b"") for part in parts)

    async def begin(self, status: int, kind: str, **headers: str) -> None:
        named = {"content-type": kind, "request-id": "req_1", "x-request-id": "req_1"} | headers
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": pairs})

    async def part(self, text: str) -> None:
        await self.send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def end(self) -> None:
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def whole(self, status: int, body: Any, **headers: str) -> None:
        await self.begin(status, "application/json", **headers)
        await self.part(dumped(body))
        await self.end()

    async def break_off(self) -> None:
        self.broken = True
        self.cut()
        await self.gone()

    async def gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def unless_gone(self, giving: Coroutine[Any, Any, None]) -> bool:
        """Whether it was given to where it was to end, rather than to a caller who went before."""
        given, gone = tasks = [asyncio.create_task(giving), asyncio.create_task(self.gone())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended = given.done() or self.broken
        for task in tasks:
            task.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        with contextlib.suppress(asyncio.CancelledError):
            await given
        return ended


async def give(asked: Asked, gives: Gives, number: int, reply: Reply) -> None:
    """Send what is given, at its pace, to where it is to end."""
    if gives.hang:
        await asyncio.Event().wait()
    kind = model_errors.kind(gives.status, gives.error)
    if kind and gives.cut_after is None:
        status, body = model_errors.body(asked.api, kind, asked.model)
        wait = {} if gives.retry_after is None else {"retry_after": f"{gives.retry_after:g}"}
        await reply.whole(gives.status or status, body, **wait)
    elif asked.stream:
        await _stream(asked, gives, answer(number, asked, gives), kind, reply)
    else:
        await _at_once(asked, gives, answer(number, asked, gives), reply)


async def _stream(asked: Asked, gives: Gives, said: Answer, kind: str, reply: Reply) -> None:
    await reply.begin(200, "text/event-stream; charset=utf-8")
    sent = 0
    for frame in model_wire.frames(asked, said):
        if gives.cut_after is not None and sent >= gives.cut_after and (frame.piece or sent):
            await _break_off(asked, kind, reply)
            return
        if frame.piece and sent == 0 and gives.first:
            await asyncio.sleep(gives.first)
        await reply.part(frame.data)
        if frame.piece:
            sent += 1
            await _pace(gives, sent)
    await reply.end()


async def _pace(gives: Gives, sent: int) -> None:
    if gives.hold and sent == 1:
        await gives.hold.wait()
    if gives.pause:
        await asyncio.sleep(gives.pause)


async def _break_off(asked: Asked, kind: str, reply: Reply) -> None:
    """In the middle of the stream: an error that is told there, or an end without a word."""
    if kind:
        await reply.part(model_errors.in_stream(asked.api, kind, asked.model))
        await reply.end()
    else:
        await reply.break_off()


async def _at_once(asked: Asked, gives: Gives, said: Answer, reply: Reply) -> None:
    """The same answer in one piece; it takes as long as its stream would."""
    pieces = math.ceil(len(said.text) / said.piece) + math.ceil(len(said.args) / said.piece)
    if gives.hold:
        await gives.hold.wait()
    if duration := gives.first + pieces * gives.pause:
        await asyncio.sleep(duration)
    body = model_wire.whole(asked.api, said)
    if gives.cut_after is None:
        await reply.whole(200, body)
    else:
        await reply.begin(200, "application/json")
        await reply.part(dumped(body)[: gives.cut_after * said.piece])
        await reply.break_off()


async def serve(answers: Answers, port: int) -> None:
    """Until somebody ends it; the first line says where it is."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with ModelApi(answers, port=port) as api:
        print(api.anthropic, flush=True)
        await ended.wait()


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--port", type=int, default=0)
    asks.add_argument("--first", type=float, default=0, metavar="MS", help="before the first piece")
    asks.add_argument("--pause", type=float, default=0, metavar="MS", help="after each piece")
    asks.add_argument("--pieces", type=int, default=10, help="of how many pieces an answer consists")
    asks.add_argument("--reply", default="I understand. What should happen when two people want the same thing?")
    given = asks.parse_args()

    def answers(asked: Asked) -> Gives:
        args = filled(asked.schema, given.reply)
        piece = max(1, math.ceil(len(dumped(args)) / given.pieces))
        return Gives(args, piece=piece, first=given.first / 1000, pause=given.pause / 1000)

    asyncio.run(serve(answers, given.port))


if __name__ == "__main__":
    main()
