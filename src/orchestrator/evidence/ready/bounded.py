"""Answers of an application that we do not trust: the beginning of each, as it comes, for as long as we wait."""

import time
from collections.abc import AsyncIterator

import httpx

MOST = 16 << 20  # bytes of one answer that are read
LONGEST_S = 60.0  # for one answer


class Bounded(httpx.AsyncBaseTransport):
    """To a socket. What is beyond the bounds is not read; nothing is unpacked, since little can become very much."""

    def __init__(self, socket: str, most: int = MOST, longest_s: float = LONGEST_S) -> None:
        self._inner, self._most, self._longest_s = httpx.AsyncHTTPTransport(uds=socket), most, longest_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        answer.headers.pop("content-encoding", None)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = _Beginning(answer.stream, self._most, self._longest_s)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Beginning(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, most: int, longest_s: float) -> None:
        self._inner, self._most, self._longest_s = inner, most, longest_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left, until = self._most, time.monotonic() + self._longest_s
        async for part in self._inner:
            yield part[:left]
            left -= len(part)
            if left <= 0 or time.monotonic() > until:
                return

    async def aclose(self) -> None:
        await self._inner.aclose()
