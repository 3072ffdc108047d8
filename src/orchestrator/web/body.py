"""How much may be sent to us: refused before it is read, or while it is, but never after."""

from typing import Any

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.errors import NotUnderstood, TooLarge
from orchestrator.web import problems


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
        count, over, begun = 0, False, False

        async def received() -> Message:
            nonlocal count, over
            message = await receive()
            count += len(message.get("body", b""))
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
                await _refuse(scope, receive, send, self._too_large())

    def _too_large(self) -> TooLarge:
        return TooLarge(f"That is more than we can take at once: at most {self.limit // 1000} kB.", limit=self.limit)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: Any) -> None:
    response = problems.answer(Request(scope, receive), problems.of(error))
    response.headers["connection"] = "close"  # what is still coming will not be read
    await response(scope, receive, send)
