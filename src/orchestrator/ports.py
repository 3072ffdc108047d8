"""What the outside world must be able to do for us, and the values that cross the line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.run import Activity, Job, Report

Tell = Callable[[Activity], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that the rows ask for. The name is the whole of it: asked for twice, it is the same work."""

    kind: Literal["leg", "turn"]
    project_id: str
    number: int  # of the leg, or of the message that waits for a reply


class Jobs(Protocol):
    """Carries work at least once; one at a time per project and kind, a limited number of each kind per process."""

    async def start(self, db: AsyncSession, work: Work) -> None:
        """Begin it if and when this transaction commits. Known work is joined. The caller holds the project's row."""

    async def known(self, db: AsyncSession) -> set[Work]:
        """All that waits or runs, on whichever process."""

    async def carry(self) -> None:
        """Do the work that falls to this process, until cancelled: then give it a moment, and let go of it."""


class Executor(Protocol):
    """A builder."""

    async def run(self, job: Job, tell: Tell) -> Report:
        """Do the job; every sign of life goes to `tell`. Cancelled, it leaves no process behind.

        Raises BuilderLost where the builder could not be reached or died, so that the same job may be tried again.
        """

    def describe(self) -> str:
        """One sentence that says to a person what this builder is."""


class Previews(Protocol):
    """Running prototypes that people can click through."""

    async def at(self, project_id: str, repository: Path, commit: str) -> int:
        """Give the port of a project's running prototype, started if need be. Raises NotPossible with a sentence."""

    async def carry(self) -> None:
        """End what nobody looks at, until cancelled; then end all."""
