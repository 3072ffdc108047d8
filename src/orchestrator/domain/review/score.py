"""How far the result is what was planned, out of 10: arithmetic on differences and promises. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from orchestrator.domain.review.divergence import Class, Divergence

MOST = 10
COSTS = {Class.BAD: Fraction(3, 2), Class.MINOR: Fraction(1, 2)}
RULE = (
    "The score is 10 times the share of promises that are kept, less 1.5 for each bad difference and 0.5 for each "
    "minor one that nobody decided. Good ones, and minor ones that are justified, cost nothing. It is never below 0, "
    "and it is cut, not rounded, to one place. The same facts give the same score."
)


@dataclass(frozen=True, slots=True)
class Score:
    kept: int
    promised: int
    bad: int
    minor: int  # that nobody decided
    tenths: int

    @property
    def points(self) -> float:
        return self.tenths / 10

    @property
    def text(self) -> str:
        return f"{self.points:.1f}".removesuffix(".0")

    @property
    def sum(self) -> str:
        """How it came about."""
        share = f"{self.kept} of {self.promised} promises kept" if self.promised else "nothing was promised"
        return f"{share}, {self.bad} bad and {self.minor} minor that nobody decided"


def costs(one: Divergence) -> Fraction:
    """What a difference takes away. That somebody decided it helps only where it is a small one."""
    return Fraction(0) if one.kind is Class.MINOR and one.justified else COSTS.get(one.kind, Fraction(0))


def score(kept: int, promised: int, found: Iterable[Divergence]) -> Score:
    """Add it up."""
    differences = tuple(found)
    share = Fraction(kept, promised) if promised else Fraction(1)
    left = max(Fraction(0), MOST * share - sum(map(costs, differences)))
    bad = sum(one.kind is Class.BAD for one in differences)
    minor = sum(one.kind is Class.MINOR and not one.justified for one in differences)
    return Score(kept, promised, bad, minor, int(left * 10))
