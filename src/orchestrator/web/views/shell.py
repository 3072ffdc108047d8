"""What is around every page: who is signed in, what waits, the list of projects, and the head of a project."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.gate import Kind
from orchestrator.telling.marks import Mark, State
from orchestrator.telling.status import StatusLine


class Tab(StrEnum):
    TALK = "talk"
    PROGRESS = "progress"
    VISION = "vision"
    READY = "ready"
    COST = "cost"
    HISTORY = "history"
    PEOPLE = "people"


class Place(StrEnum):
    """Pages that the bar at the top leads to."""

    PROJECTS = "projects"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str = ""
    theme: str = ""  # light, dark, or nothing for: like the device
    whole_answers: bool = False  # show answers only when they are complete
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Need:
    """A question that waits for this person, as one line of the rail."""

    text: str
    href: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class RailProject:
    name: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Rail:
    needs: tuple[Need, ...] = ()
    projects: tuple[RailProject, ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """`person` is None before anybody signed in; then there is no menu."""

    csrf: str
    person: Person | None = None
    needs: int = 0
    rail: Rail | None = None
    place: Place | None = None

    @property
    def theme(self) -> str:
        return self.person.theme if self.person else ""

    @property
    def language(self) -> str:
        return self.person.language if self.person else "en"


@dataclass(frozen=True, slots=True)
class ProjectHead:
    """The head of each page of a project. `strip` is the address of an open question that this page does not show."""

    id: str
    name: str
    status: StatusLine
    tab: Tab
    strip: str = ""
    seen: int = 0  # the newest event that the page shows: its stream goes on from there
    only: str = ""  # what the stream is told about this page, as a query

    @property
    def href(self) -> str:
        return f"/projects/{self.id}"

    @property
    def stream(self) -> str:
        return f"{self.href}/stream?tab={self.tab}&after={self.seen}{'&' if self.only else ''}{self.only}"


ABOUT = {
    Kind.VISION_DOC: "the vision",
    Kind.ROADMAP: "the phases",
    Kind.PHASE_START: "the plan",
    Kind.PHASE_COMPLETE: "try it",
    Kind.ERROR_RESOLUTION: "stuck",
    Kind.BUDGET: "the limit",
    Kind.PERMISSION: "a permission",
}


def need(project: str, kind: Kind, href: str, about: str = "") -> Need:
    """“Supper Sorted: the vision”. `about` is better where it is known: “shopping list”."""
    stuck = kind is Kind.ERROR_RESOLUTION
    mark = Mark(State.STUCK, "stuck") if stuck else Mark(State.YOU, "you")
    return Need(f"{project}: {about or ABOUT[kind]}", href, mark)
