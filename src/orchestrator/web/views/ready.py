"""Whether strangers may use it: a verdict, what is left, and the groups of questions with their states."""

from dataclasses import dataclass, field

from orchestrator.telling.marks import Action, Field, Mark, Step
from orchestrator.web.views.home import Bead
from orchestrator.web.views.phases import CheckView
from orchestrator.web.views.shell import ProjectHead


@dataclass(frozen=True, slots=True)
class Verdict:
    title: str  # “Not ready: 3 things left”
    lead: str
    text: str
    groups: tuple[Bead, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    id: str
    title: str
    mark: Mark
    question: str
    steps: tuple[Step, ...]

    @property
    def all_of_them(self) -> str:
        return f"All {len(self.steps)} questions"


@dataclass(frozen=True, slots=True)
class FeatureView:
    """What was promised of one feature, and how it stands."""

    title: str
    mark: Mark
    promises: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class BoardView:
    """All that was promised. `told` is “5 kept, 2 not yet”."""

    told: str
    features: tuple[FeatureView, ...]


@dataclass(frozen=True, slots=True)
class VouchView:
    """A question that a person may answer with a word."""

    id: str
    question: str
    action: str
    now: str = ""  # who vouches for it, and until when
    sentence: Field = field(default_factory=Field)


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """Without a verdict nothing has been checked yet, and the page says so. `doing` is what is being looked at now."""

    head: ProjectHead
    verdict: Verdict | None = None
    left: tuple[CheckView, ...] = ()
    groups: tuple[GroupView, ...] = ()
    ask: Action | None = None
    doing: str = ""
    problem: str = ""
    vouch: tuple[VouchView, ...] = ()
    board: BoardView | None = None
