"""What the outside world must be able to do for us, and the values that cross the line."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import plain
from orchestrator.domain.cost import Usage
from orchestrator.domain.run import Activity, Job, Report

Tell = Callable[[Activity], Awaitable[None]]
Hear = Callable[[], Awaitable[str]]  # what people said to the builder since it was asked last; each text comes once
Say = Callable[[str], None]
Form = TypeVar("Form", bound=BaseModel)
Words = Annotated[str, AfterValidator(plain.sendable)]  # a text in a form: whatever a model writes can be kept
ANEW = "\f"  # said when an answer is begun anew: what was said of it before does not count


Kind = Literal["leg", "turn", "look"]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that the rows ask for. The name is the whole of it: asked for twice, it is the same work."""

    kind: Kind
    project_id: str
    number: int  # of the leg, of the message that waits for a reply, or of what asks for a look


class Jobs(Protocol):
    """Carries work at least once; one at a time per project and kind, a limited number of each kind per process."""

    async def start(self, db: AsyncSession, work: Work) -> None:
        """Begin it if and when this transaction commits. Known work is joined. The caller holds the project's row."""

    async def known(self, db: AsyncSession) -> set[Work]:
        """All that waits or runs, on whichever process."""

    async def carry(self) -> None:
        """Do the work that falls to this process, until cancelled: then give it a moment, and let go of it."""


async def silence() -> str:
    """Nobody says anything."""
    return ""


class Executor(Protocol):
    """A builder."""

    async def run(self, job: Job, tell: Tell, hear: Hear = silence) -> Report:
        """Do the job; every sign of life goes to `tell`, and `hear` is asked at safe points. Cancelled, it is all gone.

        Raises BuilderLost where the builder could not be reached or died, so that the same job may be tried again.
        """

    def describe(self) -> str:
        """One sentence that says to a person what this builder is."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where we and a builder that works on a copy of its own meet: a branch of a repository that both reach."""

    url: str  # never with a secret in it
    branch: str
    head: str = ""  # what we sent there
    own: bool = False  # the repository was made for this alone, and shows this branch to whoever copies it


@dataclass(frozen=True, slots=True)
class Brought:
    """What a builder that works elsewhere has done since we sent our work there."""

    moved: bool  # there is anything new at all
    paths: tuple[str, ...] = ()  # files that it added, changed or took away


class Exchange(Protocol):
    """Carries work between trial copies and builders that work elsewhere, by git alone."""

    async def meet(self, project: str, worktree: Path, *, here: bool) -> Meeting:
        """Where to meet: in a repository on this machine, or at the app's own origin. Changes nothing.

        Raises NotPossible, with a sentence, where there is no such place.
        """

    async def publish(
        self, project: str, worktree: Path, meeting: Meeting, texts: Mapping[str, str], lacking: Mapping[str, str]
    ) -> Meeting:
        """Send the copy there, with these files in it; those that are `lacking` only where they are not there yet.

        For a folder that is no trial copy the app is sent as it is, to be looked at; nothing of that comes back.
        """

    async def bring_back(self, project: str, worktree: Path, meeting: Meeting, also: str = "") -> Brought:
        """Take what goes on from what we sent into the copy, from its branch or from another one that was named.

        Raises Conflict where it does not go on from there, or cannot be joined with what the copy has got meanwhile.
        """


class Previews(Protocol):
    """Running prototypes that people can click through."""

    async def at(self, project_id: str, repository: Path, commit: str) -> int:
        """Give the port of a project's running prototype, started if need be. Raises NotPossible with a sentence."""

    async def carry(self) -> None:
        """End what nobody looks at, until cancelled; then end all."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said, as a model reads it."""

    by: Literal["person", "us"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told. `rules` are the same in every call, `card` is what is so now."""

    rules: str
    card: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Thought(Generic[Form]):
    """What a model answered, and what that cost."""

    value: Form
    usage: Usage


@dataclass(frozen=True, slots=True)
class About:
    """A model, in a sentence, and what came of the last time that it was asked; `at` is None before the first."""

    says: str
    at: datetime | None = None
    seconds: float = 0
    fault: str = ""  # the sentence about what was wrong; empty after an answer


class Model(Protocol):
    """A language model."""

    async def ask(self, prompt: Prompt, form: type[Form], say: Say | None = None) -> Thought[Form]:
        """Have the form filled in. Its first field, a text, goes to `say` piece by piece while it is written.

        Raises NoAnswer, with a sentence for the person who waits.
        """

    def about(self) -> About:
        """Say which model this is, and how it answered last."""
