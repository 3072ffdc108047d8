"""Decisions: the open question with all that is needed to answer it, and the slip that remains when it is answered."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from orchestrator.domain.gate import Decision, Kind, Status
from orchestrator.web.views import times
from orchestrator.web.views.marks import NEEDS_YOU, Field, Link, Mark, Note, State
from orchestrator.web.views.words import listed


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the table in a decision: a link, then text, or only one of them."""

    label: str
    text: str = ""
    link: Link | None = None
    more: "tuple[Fact, ...]" = ()  # further lines under the same label


@dataclass(frozen=True, slots=True)
class WayOut:
    value: str
    title: str
    text: str
    price: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class GateView:
    id: str
    question: str
    head: Mark
    why: str
    on_yes: str = ""
    on_no: str = ""
    considerations: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    version: int | None = None
    ways: tuple[WayOut, ...] = ()
    legend: str = ""  # “Three ways out”
    yes: tuple[WayOut, ...] = ()  # several yeses, each with a button of its own
    note_label: str = "What should be different?"
    note_hint: str = "Only if you ask for changes or reject. A few words are enough."
    note: Field = field(default_factory=Field)
    small: str = ""  # below the buttons
    details: str = ""  # technical, folded
    trouble: Note | None = None  # why the last answer did not count
    may_answer: bool = True  # a viewer sees the question without buttons


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """`current` is the slip that took over the id of its card; older ones of the same question have none."""

    id: str
    question: str
    mark: Mark
    text: str
    link: Link | None = None  # goes on right behind the text
    after: str = "."  # what follows the link
    small: str = ""
    version: int | None = None
    current: bool = True

    @property
    def name(self) -> str:
        """Not that of the open question: “Approved: Is this the app you want?”, with the version of an older slip."""
        version = f" (version {self.version})" if self.version and not self.current else ""
        return f"{self.mark.text}: {self.question}{version}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered, when and where."""

    who: str
    at: datetime
    channel: str
    note: str = ""


CHANNELS = {
    "web": "here",
    "telegram": "on Telegram",
    "github": "on GitHub",
    "terminal": "in the terminal",
    "api": "through a program",
    "email": "by email link",
}
STUCK_HEAD = Mark(State.STUCK, "stuck", "Stuck, and needs you")
MARKS = {
    Status.APPROVED: Mark(State.PROVEN, "proven", "Approved"),
    Status.CHANGES_REQUESTED: Mark(State.YOU, "undo", "Changes asked for"),
    Status.REJECTED: Mark(State.REST, "failed", "Rejected"),
    Status.EXPIRED: Mark(State.REST, "stale", "Not answered in time"),
    Status.WITHDRAWN: Mark(State.REST, "minus", "No longer needed"),
}
CARDS = {
    Kind.PHASE_COMPLETE: Mark(State.YOU, "you", "Ready to try"),
    Kind.ERROR_RESOLUTION: Mark(State.STUCK, "stuck", "Stuck"),
    Kind.BUDGET: Mark(State.YOU, "you", "Limit reached"),
    Kind.PERMISSION: Mark(State.YOU, "you", "Asks for permission"),
}
FOR_A_YES = Mark(State.YOU, "you", "Waiting for your yes")
SAID = {Decision.APPROVE: "approved", Decision.CHANGES: "asked for changes to", Decision.REJECT: "rejected"}


def head(kind: Kind) -> Mark:
    """What the coloured head of the card says."""
    return STUCK_HEAD if kind is Kind.ERROR_RESOLUTION else NEEDS_YOU


def card(kind: Kind) -> Mark:
    """What the card on the list of projects says."""
    return CARDS.get(kind, FOR_A_YES)


def channel(name: str) -> str:
    """“here”, “on Telegram”."""
    return CHANNELS.get(name, f"on {name}")


def receipt(gate: str, question: str, status: Status, text: str, link: Link | None = None) -> ReceiptView:
    return ReceiptView(gate, question, MARKS[status], text, link)


def answered(answer: Answer, now: datetime, zone: tzinfo, version: int | None = None) -> str:
    """“Nadia, today at 10:42, on Telegram, for version 3: “Please add allergies.””"""
    parts = [answer.who, times.day_at(answer.at, now, zone), channel(answer.channel)]
    if version:
        parts.append(f"for version {version}")
    said = f": “{answer.note}”" if answer.note else "."
    return ", ".join(parts) + said


def faster(answer: Answer, decision: Decision, zone: tzinfo, href: str) -> Note:
    """For the second of two who answered."""
    text = (
        f"{answer.who} {SAID[decision]} this at {times.clock(answer.at, zone)} {channel(answer.channel)}, "
        "so your answer was not needed."
    )
    return Note(f"{answer.who.split(' ', 1)[0]} was faster.", text, NEEDS_YOU, Link("See the receipt", href))


def moved_on(what: str, seen: int, newest: int, href: str) -> Note:
    """For an answer to an older version of a document."""
    text = f"You looked at version {seen}; version {newest} is here. Nothing was approved."
    return Note(f"The {what} moved on while you were reading.", text, NEEDS_YOU, Link("See what changed", href))


def who_may(names: tuple[str, ...], channels: tuple[str, ...]) -> str:
    """“You or Tom, here, on Telegram or by email link”."""
    places = listed([channel(name) for name in channels], "or")
    return f"{listed(names, 'or')}, {places}" if places else listed(names, "or")
