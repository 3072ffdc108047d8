"""The first page: what waits for this person, a place to start, and all projects."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from orchestrator.telling import times
from orchestrator.telling.marks import Field, Mark

EXAMPLES = ("A sign-up sheet for a club", "A price list that updates itself", "Something I drew on paper")


NONE = "-"


@dataclass(frozen=True, slots=True)
class NeedCard:
    gate: str
    mark: Mark
    question: str
    href: str
    text: str
    small: str


@dataclass(frozen=True, slots=True)
class Bead:
    """`name` is read aloud with the state: “Phase 2: waiting for you”."""

    mark: Mark
    name: str


@dataclass(frozen=True, slots=True)
class ProjectCard:
    name: str
    href: str
    beads: tuple[Bead, ...]
    sentence: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project where there are too many for cards."""

    name: str
    href: str
    mark: Mark
    active: str
    spent: str = ""


@dataclass(frozen=True, slots=True)
class ProjectTable:
    rows: tuple[ProjectRow, ...]
    caption: str  # “312 projects” or “Four projects with “bakery””
    query: str = ""
    newer: str = ""  # addresses of the pages before and after
    older: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """`table` takes the place of the cards when there are many; with neither, this is somebody's first visit."""

    greeting: str
    needs: tuple[NeedCard, ...] = ()
    projects: tuple[ProjectCard, ...] = ()
    table: ProjectTable | None = None
    idea: Field = field(default_factory=Field)
    examples: tuple[str, ...] = EXAMPLES

    @property
    def stream(self) -> str:
        """Where it is followed: from the decisions that it shows, so that one that comes while it opens is told."""
        return f"/stream?known={known(self)}"


def known(page: HomePage) -> str:
    """The decisions that a page shows, as its stream is told of them."""
    return ".".join(need.gate for need in page.needs) or NONE


def greeting(name: str, now: datetime, zone: tzinfo) -> str:
    """“Good morning, Nadia”."""
    return f"Good {times.part_of_day(now, zone)}, {name}"


def first_greeting(name: str) -> str:
    return f"Hello, {name}. What would you like to make?"
