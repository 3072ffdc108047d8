"""The states that have a colour, each always with an icon and a word, and other small parts of many views."""

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup


class State(StrEnum):
    """The only meanings that a colour has."""

    YOU = "you"
    WORK = "work"
    PROVEN = "proven"
    STUCK = "stuck"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Mark:
    state: State
    icon: str  # the id of a symbol in icons.svg
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button that posts to an address. `style` is primary, no, plain or nothing."""

    label: str
    href: str
    icon: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know here and now: one strong sentence, and what follows from it."""

    strong: str
    text: str
    mark: Mark
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line with an icon. `strong` comes first, in bold."""

    mark: Mark
    text: str
    strong: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """What a person had typed, and the sentence that says what to change about it."""

    value: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text to read, ready to show."""

    title: str
    html: Markup
    about: str = ""  # where it comes from: “Written today at 9:40”


NEEDS_YOU = Mark(State.YOU, "you", "Needs you")
WORKING = Mark(State.WORK, "work", "Working")
PART = Mark(State.WORK, "part", "Half clear")
PROVEN = Mark(State.PROVEN, "proven", "Proven")
STUCK = Mark(State.STUCK, "stuck", "Stuck")
FAILED = Mark(State.STUCK, "failed", "Failed")
OUT_OF_DATE = Mark(State.REST, "stale", "Out of date")
NOT_CHECKED = Mark(State.REST, "unchecked", "Not checked")
NOT_NEEDED = Mark(State.REST, "minus", "Not needed")
LATER = Mark(State.REST, "later", "Later")
PAUSED = Mark(State.REST, "paused", "Paused")
