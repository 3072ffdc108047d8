"""All rules by which plan and result are compared, those about the project as a whole among them. Pure."""

from collections.abc import Iterable, Iterator

from orchestrator.domain import plain
from orchestrator.domain.plain import counted, listed
from orchestrator.domain.review import in_phases
from orchestrator.domain.review.divergence import Cause, Class, Divergence, Rule
from orchestrator.domain.review.facts import Facts

NAMED = 3
DECIDED = "A person approved other phases after the first yes."
NOBODY = "No decision says so."


def _names(titles: Iterable[str]) -> str:
    named = [f"“{title}”" for title in sorted(titles)]
    more = [f"{plain.number(len(named) - NAMED)} more"] if len(named) > NAMED else []
    return listed([*named[:NAMED], *more])


def _agreed(facts: Facts) -> set[str]:
    return {text for phase in facts.first for text in phase.promises}


def _built(facts: Facts) -> set[str]:
    return {promise.text for phase in facts.done for promise in phase.promises}


def dropped(facts: Facts) -> Iterator[Divergence]:
    """Promises of the first yes that are not among those of the app when nothing is left to build."""
    gone = _agreed(facts) - _built(facts) if facts.complete else set()
    if gone:
        decided = bool(facts.minds)
        yield Divergence(
            "promise-dropped", 0, f"{counted(len(_agreed(facts)), 'promise')} at the first yes",
            f"not built: {_names(gone)}", DECIDED if decided else NOBODY,
            Class.MINOR if decided else Class.BAD, justified=decided, cause=Cause.PERSON if decided else Cause.MISTAKE,
            impact="The app lacks something that was agreed at first.",
        )  # fmt: skip


def added(facts: Facts) -> Iterator[Divergence]:
    new = _built(facts) - _agreed(facts) if facts.first else set()
    if new:
        decided = bool(facts.minds)
        yield Divergence(
            "promise-added", 0, f"{counted(len(_agreed(facts)), 'promise')} at the first yes",
            f"also built: {_names(new)}", DECIDED if decided else NOBODY,
            Class.GOOD if decided else Class.MINOR, justified=decided, cause=Cause.PERSON if decided else Cause.PLAN,
            impact="The app does more than was agreed at first.",
        )  # fmt: skip


def regrouped(facts: Facts) -> Iterator[Divergence]:
    """Other phases than those of the first yes, whatever they promise."""
    first, built = {plain.key(one.title) for one in facts.first}, {plain.key(one.title) for one in facts.done}
    new = {phase.title for phase in facts.done if plain.key(phase.title) not in first}
    if first and (new or (facts.complete and first - built)):
        decided = bool(facts.minds)
        yield Divergence(
            "phases-changed", 0, f"{counted(len(first), 'phase')}: {_names(one.title for one in facts.first)}",
            f"{counted(len(facts.done), 'phase')}, of which new: {_names(new) or 'none'}",
            DECIDED if decided else NOBODY, Class.MINOR, justified=decided,
            cause=Cause.PERSON if decided else Cause.PLAN, impact="It came about in other steps than were agreed.",
        )  # fmt: skip


def dear(facts: Facts) -> Iterator[Divergence]:
    if facts.limit and facts.spent > facts.limit:
        yield Divergence(
            "limit", 0, f"{facts.symbol}{facts.limit:,.2f} as the limit", f"{facts.symbol}{facts.spent:,.2f} spent",
            "A person let it go on.", Class.MINOR, justified=True, cause=Cause.PERSON,
            impact="It cost more than was meant at first.",
        )  # fmt: skip


RULES = (
    Rule(
        "promise-dropped", "Promises of the first yes with those of the app",
        "One that is not there at the end: minor and justified where a person decided it later, else bad.", dropped,
    ),
    Rule(
        "promise-added", "Promises of the app with those of the first yes",
        "One more: good and justified where a person decided it later, else minor.", added,
    ),
    Rule(
        "phases-changed", "Phases of the first yes with phases that were built",
        "Others: minor, and justified where a person decided it later.", regrouped,
    ),
    Rule("limit", "The first limit with what was spent", "More: minor and justified, for a person let it go on.", dear),
    *in_phases.RULES,
)  # fmt: skip
ORDER = {rule.id: place for place, rule in enumerate(RULES)}


def found(facts: Facts) -> tuple[Divergence, ...]:
    """All differences, in one order whatever the order of the facts."""
    every = (one for rule in RULES for one in rule.find(facts))
    return tuple(sorted(every, key=lambda one: (one.phase, ORDER[one.rule], one.kind, one.actual)))
