"""Carry work without a page: one more process on the same PostgreSQL."""

import asyncio
import signal
import sys

from orchestrator import app, telemetry
from orchestrator.errors import WrongSetting
from orchestrator.settings import Settings, read


def main() -> None:
    """Work until a signal ends it. Raises WrongSetting where only the server itself may work."""
    settings = read()
    if settings.jobs != "procrastinate":
        raise WrongSetting("A worker needs DATABASE_URL and ORCHESTRATOR_JOBS=procrastinate, as the servers have.")
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with app.working(await app.compose(settings, telemetry.metrics())):
        sys.stdout.write("Working. Ctrl-C ends it.\n")
        sys.stdout.flush()
        await ending.wait()
