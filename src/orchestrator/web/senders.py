"""From which addresses GitHub sends, as it says itself: asked once an hour, and nobody is let in before it is known."""

import asyncio
import ipaddress
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from orchestrator.errors import NotPossible
from orchestrator.web.address import Networks

FRESH_S: Final = 3600.0
AGAIN_S: Final = 15.0  # after it could not be asked
LIMIT_S: Final = 10.0
UNKNOWN: Final = "We do not know yet from which addresses GitHub sends, so nothing was taken. Please send it again."
log = structlog.get_logger(__name__)


class Senders:
    """`ask` gives what GitHub’s meta API answers."""

    def __init__(self, ask: Callable[[], Any], now: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._now = ask, now
        self._known: Networks = ()
        self._again = 0.0  # when it is to be asked next
        self._asking: asyncio.Task[None] | None = None

    async def include(self, sender: str) -> bool:
        """Raises NotPossible while it is not known; what was known is good until there is something newer."""
        if self._now() >= self._again and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._renew())
        if not self._known and self._asking:
            await asyncio.wait({self._asking}, timeout=LIMIT_S)
        if not self._known:
            raise NotPossible(UNKNOWN)
        return any(_parsed(sender) in network for network in self._known)

    async def _renew(self) -> None:
        try:
            found = _networks(await self._ask())
        except Exception as problem:  # noqa: BLE001 - whatever it was, those known before stay good
            log.warning("senders.unknown", reason=repr(problem)[:300])
            found = ()
        self._known = found or self._known
        self._again = self._now() + (FRESH_S if found else AGAIN_S)


def _networks(answer: Any) -> Networks:
    return tuple(ipaddress.ip_network(name, strict=False) for name in answer["hooks"])


def _parsed(sender: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(sender)
    except ValueError:
        return ipaddress.IPv6Address(0)  # who comes without an address is not GitHub


async def meta(url: str) -> Any:
    """Ask GitHub. It shows this to everybody, so no key is sent along."""
    import httpx  # noqa: PLC0415 - only where the list is wanted

    async with httpx.AsyncClient(timeout=LIMIT_S, trust_env=False) as client:
        answer = await client.get(f"{url.rstrip('/')}/meta", headers={"accept": "application/vnd.github+json"})
        return answer.raise_for_status().json()
