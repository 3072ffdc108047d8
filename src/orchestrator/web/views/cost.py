"""What a project has cost so far, where that went, and how much it may cost."""

from dataclasses import dataclass, field

from orchestrator.telling.marks import Field
from orchestrator.web.views.shell import ProjectHead

UNPRICED = "For a part of the work nobody told us a price, so the real cost is higher."
FREE = "The fixed questions and the starter cost nothing."
PROVIDER = "Prices are those of your AI provider; your bill there is what counts."


@dataclass(frozen=True, slots=True)
class CostRow:
    part: str
    time: str
    got: str
    cost: str


@dataclass(frozen=True, slots=True)
class LimitView:
    """The form for the limit; whoever may not change it reads it."""

    action: str
    label: str  # “For this project, in €”
    now: str  # “€10”, or “No limit is set.”
    sum: Field = field(default_factory=Field)
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class Used:
    """How much of the limit is used, as a bar. `max` and `value` are plain numbers."""

    max: float
    value: float
    name: str
    state: str = "rest"


@dataclass(frozen=True, slots=True)
class CostPage:
    head: ProjectHead
    title: str  # “€2.85 of €10 spent”
    text: str
    limit: LimitView
    used: Used | None = None
    rows: tuple[CostRow, ...] = ()
    total: CostRow | None = None
    small: str = ""
    saved: str = ""


def converted(rate: float, code: str) -> str:
    """How sums in dollars became those on the page."""
    if code == "USD":
        return PROVIDER
    return (
        f"Converted at {rate:g} {code} for a dollar, as set by whoever runs this; your provider’s bill is what counts."
    )
