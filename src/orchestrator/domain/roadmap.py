"""The vision as phases, each with an outcome that a person can try. Pure; stored as JSON."""

from orchestrator.domain.brief import Frozen


class Criterion(Frozen):
    """Something that must be true when the phase is done; checked by evidence. `id` is like `P2.1`."""

    id: str
    text: str
    feature: str = ""  # the id of the feature it belongs to


class PlannedPhase(Frozen):
    number: int
    title: str  # what a person can then do: "You can swap a meal"
    outcome: str
    features: tuple[str, ...]  # ids
    criteria: tuple[Criterion, ...]


class Roadmap(Frozen):
    phases: tuple[PlannedPhase, ...]
