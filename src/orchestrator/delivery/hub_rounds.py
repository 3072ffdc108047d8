"""Sees to repositories on GitHub by the clock: what did not get there is sent, and pull requests are looked at."""

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.delivery import hub, hub_looking
from orchestrator.errors import OrchestratorError, Unreachable
from orchestrator.forge.hub import Later
from orchestrator.presence import HUBS
from orchestrator.runtime import read, runtime
from orchestrator.store import hubs, projects
from orchestrator.store.hubs import Hub

log = structlog.get_logger(__name__)
LONGEST_S = 300.0  # pause after what did not work again and again
OPEN = "open"


async def forever() -> None:
    """One process at a time, until cancelled; nothing where we are not known on GitHub."""
    while runtime().hub:
        try:
            async with runtime().presence.only_one(HUBS) as lost:
                rounds = Rounds()
                while not lost.is_set():
                    await rounds.round()
                    await asyncio.sleep(runtime().settings.reconcile_s)
        except Exception:
            log.exception("hub.failed")  # the database went away, for example: begin anew
        await asyncio.sleep(runtime().settings.reconcile_s)


@dataclass
class Rounds:
    """What we remember from one look to the next: nothing that could not be forgotten."""

    not_before: dict[str, float] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)
    polled: float = 0.0

    async def round(self) -> None:
        """See to what waits; and, when it is time, to the pull requests that are open."""
        every = runtime().settings.github_poll_s
        poll = every > 0 and time.monotonic() - self.polled >= every
        if poll:
            self.polled = time.monotonic()
        for project_id in await read(hubs.linked):
            if self.not_before.get(project_id, 0) <= time.monotonic():
                await self._see_to(project_id, poll=poll)

    async def _see_to(self, project_id: str, *, poll: bool) -> None:
        found = await read(_hub, project_id)
        if found is None:
            return
        try:
            if found.waits or not (found.linked or found.problem):
                await hub.again(project_id)
            if poll:
                await looked(project_id, found)
        except Unreachable:
            raise
        except OrchestratorError as problem:
            self._pause(project_id, problem)
        else:
            self.pauses.pop(project_id, None)

    def _pause(self, project_id: str, problem: OrchestratorError) -> None:
        log.warning("hub.put_off", project=project_id, reason=str(problem))
        first = 2.5 * runtime().settings.reconcile_s
        pause = self.pauses.get(project_id, first)
        self.pauses[project_id] = min(LONGEST_S, pause * 2)
        wanted = problem.seconds if isinstance(problem, Later) else pause
        self.not_before[project_id] = time.monotonic() + max(wanted, first)


async def looked(project_id: str, found: Hub) -> None:
    """See how its open pull requests stand."""
    for key, pull in found.pulls.items():
        if pull.state == OPEN:
            await hub_looking.look(project_id, key, pull.number)


async def _hub(db: AsyncSession, project_id: str) -> Hub | None:
    return await hubs.find(db, await projects.row(db, project_id))
