"""How much may be sent to us: refused before it is read, or while it is, but never after."""

import asyncio
import contextlib
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.errors import NotUnderstood, OrchestratorError, TooLarge
from orchestrator.web import problems

THROWN_AWAY: Final = 40_000_000  # so much of what is still coming is let in unread, as the answer is heard only then
SECONDS: Final = 2.0  # and for so long


class BodyLimit:
    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "0")
        if not (said.isascii() and said.isdigit()):
            await _refuse(scope, receive, send, NotUnderstood("The length of what was sent is not a number."))
        elif int(said) > self.limit:
            await _refuse(scope, receive, send, self._too_large())
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read no further than the limit; then whatever the routes make of half a body, the answer is ours."""
        count, over, begun, more = 0, False, False, True

        async def received() -> Message:
            nonlocal count, over, more
            message = await receive()
            count += len(message.get("body", b""))
            more = message.get("more_body", False)
            if count > self.limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def sent(message: Message) -> None:
            nonlocal begun
            if not over or begun:
                begun = True
                await send(message)

        try:
            await self.app(scope, received, sent)
        finally:
            if over and not begun:
                await _refuse(scope, receive if more else _nothing, send, self._too_large())

    def _too_large(self) -> TooLarge:
        return TooLarge(f"That is more than we can take at once: at most {self.limit // 1000} kB.", limit=self.limit)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: OrchestratorError) -> None:
    """Answer before the body has come. Who is still sending would not hear it if we hung up at once."""
    response = problems.answer(Request(scope, receive), problems.of(error))
    response.headers["connection"] = "close"

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            await send({**message, "more_body": True})
            await _throw_away(receive)
            message = {"type": "http.response.body"}
        await send(message)

    await response(scope, receive, sent)


async def _throw_away(receive: Receive) -> None:
    left = THROWN_AWAY
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            while left > 0 and (message := await receive()).get("more_body"):
                left -= len(message.get("body", b""))


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
