"""Speaks to SCAR's HTTP adapter, which knows no passwords: on this machine or in its private network only."""

import asyncio
import ipaddress
import json
import socket
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors.scar import commands
from orchestrator.executors.scar.transcript import Said

GONE = "SCAR cannot be reached. It may have ended, or is just being started."
SILENT = "SCAR does not answer at the moment."
PUBLIC = (
    "SCAR lets in everybody who can reach it, so we speak with it on this machine or in a private network only. "
    "{host} is neither."
)
UNKNOWN = "The machine {host}, on which SCAR should run, is not known."
FOREIGN = "What answers at SCAR’s address is not SCAR."
TOO_LONG = "That is more than SCAR takes at once."
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
LAST_ERROR = 500


class Unsure(BuilderLost):
    """We sent something and heard nothing: SCAR may have taken it or not. Look before it is sent again."""


class Http:
    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url, self._client = url.rstrip("/"), client

    async def say(self, conversation: str, message: str) -> None:
        """Returns when SCAR has taken it. Raises Unsure where we cannot know."""
        if not commands.fits(message):
            raise NotPossible(TOO_LONG)
        given = {"conversationId": conversation, "message": message}
        try:
            answer = await self._client.post(f"{self._url}/test/message", json=given)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise BuilderLost(GONE) from problem
        except httpx.TransportError as problem:
            raise Unsure(SILENT) from problem
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unsure(SILENT, **_about(answer))
        if not answer.is_success:
            raise NotPossible(FOREIGN, **_about(answer))

    async def transcript(self, conversation: str) -> list[Said]:
        """All that SCAR has said there, each time from the beginning."""
        found = await self._asked(f"/test/messages/{quote(conversation, safe='')}")
        try:
            return [(str(each["timestamp"]), str(each["message"])) for each in found["messages"]]
        except (KeyError, TypeError) as problem:
            raise NotPossible(FOREIGN) from problem

    async def busy(self, conversation: str) -> bool:
        """Whether anything runs or waits there. There is no moment between a message and its work."""
        found = await self._asked("/health/concurrency")
        try:
            waiting = {each["conversationId"]: each["queuedMessages"] for each in found["queuedByConversation"]}
            return conversation in found["activeConversationIds"] or waiting.get(conversation, 0) > 0
        except (KeyError, TypeError) as problem:
            raise NotPossible(FOREIGN) from problem

    async def _asked(self, path: str) -> Any:
        try:
            answer = await self._client.get(f"{self._url}{path}")
        except (httpx.ReadTimeout, httpx.PoolTimeout) as problem:
            raise Unsure(SILENT) from problem
        except httpx.TransportError as problem:
            raise BuilderLost(GONE) from problem
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unsure(SILENT, **_about(answer))
        try:
            return answer.raise_for_status().json()
        except (httpx.HTTPStatusError, json.JSONDecodeError) as problem:
            raise NotPossible(FOREIGN, **_about(answer)) from problem


def is_here(url: str) -> bool:
    """Whether it is this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


async def must_be_private(url: str) -> None:
    """Raises NotPossible with a sentence for an address that others could reach, too."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise NotPossible(UNKNOWN.format(host=host)) from problem
    if not all(is_private(str(each[4][0])) for each in found):
        raise NotPossible(PUBLIC.format(host=host))


def is_private(address: str) -> bool:
    """Of this machine or its own network; what clouds use to tell machines their secrets is neither."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_private and not (
        ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_reserved and not ip.is_loopback)
    )


def _about(answer: httpx.Response) -> dict[str, Any]:
    """For the details: some of its errors are pages, not data."""
    return {"code": answer.status_code, "answer": answer.text[:LAST_ERROR]}
