"""Phases: the thread of all of them with what is going on, the page of one with its proof, and the activity."""

from dataclasses import dataclass

from orchestrator.domain.run import PhaseStatus
from orchestrator.telling.marks import (
    LATER,
    PAUSED,
    PROVEN,
    STUCK,
    WORKING,
    Action,
    Choice,
    Document,
    Mark,
    Note,
    State,
    Step,
)
from orchestrator.telling.words import bare, lower_first
from orchestrator.web.views.gates import GateView, ReceiptView
from orchestrator.web.views.shell import ProjectHead


@dataclass(frozen=True, slots=True)
class Progress:
    """`name` is what assistive technology calls the bar: “Phase 2: you can swap a meal”."""

    value: float
    max: float
    name: str
    left: str = ""  # “Step 3 of 7”
    right: str = ""  # “Done between 11:20 and 11:25”


@dataclass(frozen=True, slots=True)
class PhaseView:
    number: int
    title: str
    mark: Mark
    text: str = ""
    pill: bool = False  # the state as a word beside the text
    href: str = ""
    current: bool = False
    last: bool = False
    outcome: str = ""
    progress: Progress | None = None
    steps: tuple[Step, ...] = ()
    note: Note | None = None

    @property
    def icon(self) -> str:
        """The last one that is still to come is the goal."""
        return "flag" if self.last and self.mark.icon == "later" else self.mark.icon


@dataclass(frozen=True, slots=True)
class ActivityItem:
    mark: Mark
    text: str
    at: str
    strong: str = ""
    details: str = ""  # technical, folded


@dataclass(frozen=True, slots=True)
class ActivityView:
    items: tuple[ActivityItem, ...]
    show: tuple[Choice, ...]
    live: bool = True


@dataclass(frozen=True, slots=True)
class ProgressPage:
    head: ProjectHead
    phases: tuple[PhaseView, ...]
    activity: ActivityView
    buttons: tuple[Action, ...] = ()
    may_end: bool = False  # offers to start over and to cancel
    report: str = ""  # where it stands how all of it was built
    told: str = ""  # “You can close this page. We tell you on Telegram when something needs you.”


@dataclass(frozen=True, slots=True)
class CheckView:
    """A promise or a question, with its state and what was found."""

    id: str
    question: str
    mark: Mark
    text: str
    small: str = ""
    evidence: str = ""
    evidence_label: str = "Technical details"
    actions: tuple[Action, ...] = ()
    open: bool = False

    @property
    def place(self) -> str:
        """The id of its element. A dot in it would mean something else to a selector."""
        return f"item-{self.id.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Preview:
    href: str = ""  # where it can be tried
    image: str = ""
    alt: str = ""
    caption: str = ""
    text: str = "A trial copy with made-up data. Only people of this project can open it."


@dataclass(frozen=True, slots=True)
class Undo:
    text: str
    action: Action


@dataclass(frozen=True, slots=True)
class PullView:
    """The pull request of a phase, on GitHub."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class PhasePage:
    head: ProjectHead
    phase: PhaseView
    can_do: tuple[Step, ...] = ()
    preview: Preview | None = None
    gates: tuple[GateView, ...] = ()
    receipts: tuple[ReceiptView, ...] = ()
    proof_about: str = ""  # who ran it, when, on what
    proof: tuple[CheckView, ...] = ()
    also: tuple[CheckView, ...] = ()
    plan: Document | None = None
    undo: Undo | None = None
    pull: PullView | None = None
    report: str = ""  # where it stands how it was built

    @property
    def title(self) -> str:
        return f"Phase {self.phase.number}: {lower_first(self.phase.title)}"


MARKS = {
    PhaseStatus.PENDING: LATER,
    PhaseStatus.IN_PROGRESS: WORKING,
    PhaseStatus.BLOCKED: Mark(State.YOU, "you", "Waiting for you"),
    PhaseStatus.COMPLETED: PROVEN,
    PhaseStatus.FAILED: STUCK,
}
SHOW = {
    "": "What matters",
    "decisions": "Decisions",
    "results": "Results",
    "problems": "Problems",
    "everything": "Everything",
}


def mark(status: PhaseStatus, paused: bool = False) -> Mark:
    """What a phase looks like. Of a paused project, the phase at hand is paused."""
    return PAUSED if paused and status is PhaseStatus.IN_PROGRESS else MARKS[status]


def bar_name(number: int, title: str) -> str:
    """“Phase 2: you can swap a meal”."""
    return f"Phase {number}: {bare(lower_first(title))}"


def filters(chosen: str) -> tuple[Choice, ...]:
    """What a list of activity may show; an unknown wish shows what matters."""
    known = chosen if chosen in SHOW else ""
    return tuple(Choice(value, label, value == known) for value, label in SHOW.items())


def buttons(href: str, working: bool, paused: bool) -> tuple[Action, ...]:
    """What can be done about the work as it stands."""
    if working:
        return (
            Action("Pause after this step", f"{href}/pause", "paused"),
            Action("Stop now", f"{href}/stop", style="no"),
        )
    return (Action("Go on", f"{href}/resume", style="primary"),) if paused else ()
