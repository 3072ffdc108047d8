"""What a run of all tests of a project shows, whatever they are written in: case by case, and line by line. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.domain.ready.report import Evidence

SECONDS = 600


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXPECTED = "expected to fail"  # and it did
    UNEXPECTED = "expected to fail, and passed"


class Kind(StrEnum):
    UNIT = "unit"
    INTEGRATION = "integration"
    END_TO_END = "end-to-end"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one test. `case` is its name without the values that it was run with."""

    id: str
    file: str
    case: str
    outcome: Outcome
    why: str = ""
    raised: str = ""
    touched: tuple[str, ...] = ()  # what it was seen to open, start or reach
    marks: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Of one file: the lines that ran and those that did not, and how many of its branches were taken."""

    ran: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()
    branches: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """`broken` is a sentence where the run itself cannot be believed or did not come to its end."""

    results: tuple[Result, ...]
    evidence: Evidence
    code: int | None
    seconds: float = 0
    lines: Mapping[str, Lines] = field(default_factory=dict)
    warned: tuple[str, ...] = ()
    broken: str = ""
    hooks: tuple[str, ...] = ()  # by which the project itself has a part in what becomes of its tests

    def of(self, *outcomes: Outcome) -> tuple[Result, ...]:
        return tuple(one for one in self.results if one.outcome in outcomes)

    @property
    def bad(self) -> tuple[Result, ...]:
        return self.of(Outcome.FAILED, Outcome.UNEXPECTED)

    @property
    def skipped(self) -> tuple[Result, ...]:
        return self.of(Outcome.SKIPPED, Outcome.EXPECTED)

    @property
    def passed(self) -> tuple[Result, ...]:
        return self.of(Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class Reached:
    """How much of the product the tests reach."""

    lines: int
    ran: int
    branches: int
    taken: int
    least: tuple[str, ...] = ()  # the files with the most lines that are not reached

    @property
    def share(self) -> float:
        return self.ran / self.lines if self.lines else 0.0

    @property
    def branch_share(self) -> float | None:
        return self.taken / self.branches if self.branches else None


def reached(files: Iterable[Lines]) -> Reached:
    whole = list(files)
    return Reached(
        sum(len(one.ran) + len(one.missed) for one in whole),
        sum(len(one.ran) for one in whole),
        sum(one.branches for one in whole),
        sum(one.taken for one in whole),
    )


@dataclass(frozen=True, slots=True)
class How:
    """`seed` mixes the order; `changed` are files with a fault that we put in; `hurry` ends at the first failure."""

    name: str
    measure: bool = False
    seed: int | None = None
    strict: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    seconds: float = SECONDS

    @property
    def hurry(self) -> bool:
        return bool(self.changed)


@dataclass(frozen=True, slots=True)
class Told:
    """The kind of a test. `claimed` is what its place or mark says where what it does denies it."""

    result: Result
    kind: Kind
    claimed: Kind | None = None
    real: bool = False  # it passes, checks something, and stands in for nothing
