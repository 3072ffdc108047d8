"""Carry work without a page: one more process on the same PostgreSQL."""

import asyncio
import signal
import sys

from orchestrator import app, telemetry
from orchestrator.errors import OrchestratorError
from orchestrator.settings import Settings, read


def main() -> int:
    """Work until a signal ends it."""
    settings = read()
    if settings.jobs != "procrastinate":
        sys.stderr.write("A worker needs DATABASE_URL and ORCHESTRATOR_JOBS=procrastinate, as the servers have.\n")
        return 1
    telemetry.set_up(sys.stderr, pretty=settings.log_format == "text", level=settings.log_level.upper())
    try:
        asyncio.run(_work(settings))
    except OrchestratorError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


async def _work(settings: Settings) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with app.working(await app.compose(settings, telemetry.metrics())):
        sys.stdout.write("Working. Ctrl-C ends it.\n")
        sys.stdout.flush()
        await ending.wait()
