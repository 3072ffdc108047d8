"""The vision document: what will be built, for whom and why, in words without jargon. Pure; stored as JSON."""

from orchestrator.domain.brief import Feature, Frozen


class Vision(Frozen):
    """One version. `questions` is what is still open, asked plainly at the end of the document."""

    name: str
    what: str
    who: str
    problem: str
    solution: str
    features: tuple[Feature, ...]
    journey: tuple[str, ...]
    success: tuple[str, ...]
    out: tuple[str, ...]
    questions: tuple[str, ...] = ()
