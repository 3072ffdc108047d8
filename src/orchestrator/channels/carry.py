"""Speaks with other services: one process at a time, for as long as it is the one."""

import asyncio
from collections.abc import Sequence

import structlog

from orchestrator.channels import courier, posting, taking
from orchestrator.channels.ports import Channel
from orchestrator.presence import CHANNELS
from orchestrator.runtime import runtime

log = structlog.get_logger(__name__)
PAUSE_S = 1.0


async def forever(channels: Sequence[Channel]) -> None:
    """Carry what comes and what goes, until cancelled. Nothing is done where there is no service to speak with."""
    while channels:
        try:
            async with runtime().presence.only_one(CHANNELS) as lost:
                await _until(lost, channels)
        except Exception:
            log.exception("channels.failed")  # the database went away, for example: begin anew
        await asyncio.sleep(PAUSE_S)


async def _until(lost: asyncio.Event, channels: Sequence[Channel]) -> None:
    """Work until another process may do the same."""
    working = asyncio.create_task(_work({channel.name: channel for channel in channels}))
    over = asyncio.create_task(lost.wait())
    try:
        await asyncio.wait({working, over}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in (working, over):
            task.cancel()
        await asyncio.wait({working, over})


async def _work(channels: dict[str, Channel]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(posting.forever(channels))
        group.create_task(courier.forever(channels))
        group.create_task(taking.forever(channels))
        for channel in channels.values():
            group.create_task(_served(channel))


async def _served(channel: Channel) -> None:
    """One service that fails does not take the others along."""
    while True:
        try:
            await channel.serve()
        except Exception:
            log.exception("channel.failed", channel=channel.name)
        await asyncio.sleep(PAUSE_S)
