"""Asks questions whose proof needs something installed: from within walls, out to the registries alone."""

import asyncio
import socket
from pathlib import Path

from orchestrator.contain.gateway import REGISTRIES, World
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.report import Answer
from orchestrator.evidence.ready import asking

PUBLIC = "8.8.8.8"  # stands for every registry: a mirror may have an address that the gateway would not let out to


def sandbox() -> Sandbox:
    """Walls from within which the registries can be reached as this machine reaches them."""
    asked: dict[str, str] = {}

    async def look_up(host: str, port: int) -> list[str]:
        assert host in REGISTRIES
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        asked[PUBLIC] = str(found[0][4][0])
        return [PUBLIC]

    async def reach(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(asked[address], port)

    return Sandbox(world=World(look_up, reach))


async def answers(source: Path, memory: Path, *items: str) -> dict[str, Answer]:
    """What is found out about these items of the newest save point, with everything installed kept in `memory`."""
    folder = source.parent / f"{source.name}-report"
    report = await asking.report(source, "HEAD", folder, sandbox=sandbox(), items=items, memory=memory, fresh=True)
    return {answer.item.id: answer for answer in report.answers if answer.item.id in items}
