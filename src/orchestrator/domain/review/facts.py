"""What reports are made of: plain values from rows, git and evidence, in any order. Nothing here is an opinion."""

from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.run import RunKind, RunStatus

# Where the reports stand in a repository: they tell of the app, and are no part of it.
EXECUTION, REVIEW = ".agents/reports/execution-report.md", ".agents/reports/system-review.md"


@dataclass(frozen=True, slots=True)
class Promise:
    """An acceptance criterion. Kept: a test that speaks of it passed on the save point that is part of the app."""

    id: str
    text: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A check that we ran ourselves. Those with the same `round` were run together."""

    name: str
    round: str
    passed: bool
    sentence: str = ""
    tests: int = 0
    seconds: float = 0
    save_point: str = ""
    log: str = ""  # the hash of what it printed
    place: int = 0  # in time, among the checks of its phase


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of a builder's work. `begun` is more than one where it was cut off and begun again."""

    kind: RunKind
    status: RunStatus
    seconds: float = 0
    begun: int = 1
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person was asked, and what they said. The same question may have been asked more than once."""

    kind: Kind
    status: Status
    phase: int = 0
    question: str = ""
    note: str = ""
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class File:
    path: str
    status: str  # added, modified, deleted
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was seen when tests and history were compared with those from before."""

    kind: str
    sentence: str
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the approved plan of a phase names. `there` are those of its files that exist at the end."""

    files: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    written: tuple[str, ...] = ()  # those of its tests that are there
    seconds: float | None = None  # the most that was said it usually takes
    money: float | None = None  # the most that was said it usually costs


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: what it promised and what came of it."""

    number: int
    title: str
    done: bool  # part of the app now
    outcome: str = ""
    fresh: bool = True  # what is part of the app is to the letter what was checked
    features: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    plan: Plan = Plan()
    plans: int = 0  # versions of its plan that a person was shown
    files: tuple[File, ...] = ()
    save_points: tuple[str, ...] = ()  # their names
    checks: tuple[Check, ...] = ()
    work: tuple[Work, ...] = ()
    decisions: tuple[Decision, ...] = ()
    noticed: tuple[Noticed, ...] = ()
    undone: int = 0
    first_tests: bool | None = None  # tests were saved before code; None: it cannot be seen
    money: float = 0

    @property
    def rounds(self) -> dict[str, bool]:
        """Each time that all checks were run, and whether all of them passed."""
        found: dict[str, bool] = {}
        for check in self.checks:
            found[check.round] = found.get(check.round, True) and check.passed
        return found

    @property
    def red(self) -> int:
        """How often our checks found something."""
        return sum(not passed for passed in self.rounds.values())

    def asked(self, kind: Kind, *statuses: Status) -> tuple[Decision, ...]:
        """What was asked of this kind and answered like this."""
        return tuple(one for one in self.decisions if one.kind is kind and (not statuses or one.status in statuses))

    def worked(self, *kinds: RunKind) -> tuple[Work, ...]:
        return tuple(one for one in self.work if one.kind in kinds)


@dataclass(frozen=True, slots=True)
class Intended:
    """A phase as it was approved the first time."""

    title: str
    promises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known of the questions that stand before strangers."""

    score: int
    total: int
    left: int
    hours: float
    looked: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a project. `complete` says that nothing is left to build."""

    name: str
    save_point: str
    at: datetime
    complete: bool
    phases: tuple[Phase, ...] = ()
    first: tuple[Intended, ...] = ()  # phases as they were approved the first time
    minds: int = 0  # how often a person approved other phases, or another vision, after the first yes
    decisions: tuple[Decision, ...] = ()  # of no phase
    files: tuple[File, ...] = ()  # from the beginning to now
    stops: int = 0
    spent: float = 0
    limit: float = 0  # the first that was set; 0: none
    symbol: str = "$"
    guides: tuple[tuple[str, str], ...] = ()  # the project's own rules and commands, by their paths
    closed: tuple[str, ...] = ()  # of their places those that cannot be changed by adding text
    ready: Ready | None = None
    words: str = ""  # a model’s, about exactly this

    @property
    def done(self) -> tuple[Phase, ...]:
        return tuple(sorted((phase for phase in self.phases if phase.done), key=lambda phase: phase.number))

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Those that count: of what is part of the app, and of everything once nothing is left to build."""
        counted = self.phases if self.complete else self.done
        return tuple(promise for phase in counted for promise in phase.promises)
