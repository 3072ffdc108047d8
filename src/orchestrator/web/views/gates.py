"""Decisions: the open question with all that is needed to answer it, and the slip that remains when it is answered."""

from dataclasses import dataclass, field

from orchestrator.domain.gate import Kind, Status
from orchestrator.telling import decisions
from orchestrator.telling.marks import NEEDS_YOU, Field, Link, Mark, Note, State
from orchestrator.telling.words import listed


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
class Undo:
    """The way to take an answer back, as long as there is one."""

    href: str
    seconds: int
    csrf: str


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
    undo: Undo | None = None

    @property
    def name(self) -> str:
        """Not that of the open question: “Approved: Is this the app you want?”, with the version of an older slip."""
        version = f" (version {self.version})" if self.version and not self.current else ""
        return f"{self.mark.text}: {self.question}{version}"


STUCK_HEAD = Mark(State.STUCK, "stuck", "Stuck, and needs you")
CARDS = {
    Kind.PHASE_COMPLETE: Mark(State.YOU, "you", "Ready to try"),
    Kind.ERROR_RESOLUTION: Mark(State.STUCK, "stuck", "Stuck"),
    Kind.BUDGET: Mark(State.YOU, "you", "Limit reached"),
    Kind.PERMISSION: Mark(State.YOU, "you", "Asks for permission"),
}
FOR_A_YES = Mark(State.YOU, "you", "Waiting for your yes")


def head(kind: Kind) -> Mark:
    """What the coloured head of the card says."""
    return STUCK_HEAD if kind is Kind.ERROR_RESOLUTION else NEEDS_YOU


def card(kind: Kind) -> Mark:
    """What the card on the list of projects says."""
    return CARDS.get(kind, FOR_A_YES)


def receipt(gate: str, question: str, status: Status, text: str, link: Link | None = None) -> ReceiptView:
    return ReceiptView(gate, question, decisions.MARKS[status], text, link)


def who_may(names: tuple[str, ...], channels: tuple[str, ...]) -> str:
    """“You or Tom, here, on Telegram or by email link”."""
    places = listed([decisions.channel(name) for name in channels], "or")
    return f"{listed(names, 'or')}, {places}" if places else listed(names, "or")
