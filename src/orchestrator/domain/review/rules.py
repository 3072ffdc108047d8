"""All rules by which plan and result are compared, those about the project as a whole among them. Pure."""

from collections.abc import Iterator

from orchestrator.domain import plain
from orchestrator.domain.plain import counted, listed
from orchestrator.domain.review import in_phases
from orchestrator.domain.review.divergence import Cause, Class, Divergence, Rule
from orchestrator.domain.review.facts import Facts, Intended, Phase

NAMED = 3
DECIDED = "A person approved other phases after the first yes."
NOBODY = "No decision says so."


def _key(title: str) -> str:
    return plain.key(title)


def _names(titles: list[str]) -> str:
    named = [f"“{title}”" for title in sorted(titles)]
    more = [f"{plain.number(len(named) - NAMED)} more"] if len(named) > NAMED else []
    return listed([*named[:NAMED], *more])


def dropped(facts: Facts) -> Iterator[Divergence]:
    """Phases of the first yes that are not part of the app when nothing is left to build."""
    built = {_key(phase.title) for phase in facts.done}
    gone = [one.title for one in facts.first if _key(one.title) not in built] if facts.complete else []
    if gone:
        decided = bool(facts.minds)
        yield Divergence(
            "phase-dropped", 0, f"{counted(len(facts.first), 'phase')} at the first yes",
            f"not built as such: {_names(gone)}", DECIDED if decided else NOBODY,
            Class.MINOR if decided else Class.BAD, justified=decided, cause=Cause.PERSON if decided else Cause.MISTAKE,
            impact="The app does other things than were agreed at first.",
        )  # fmt: skip


def added(facts: Facts) -> Iterator[Divergence]:
    agreed = {_key(one.title) for one in facts.first}
    new = [phase.title for phase in facts.done if _key(phase.title) not in agreed] if facts.first else []
    if new:
        decided = bool(facts.minds)
        yield Divergence(
            "phase-added", 0, f"{counted(len(facts.first), 'phase')} at the first yes", f"also built: {_names(new)}",
            DECIDED if decided else NOBODY, Class.GOOD if decided else Class.MINOR, justified=decided,
            cause=Cause.PERSON if decided else Cause.PLAN, impact="The app does more than was agreed at first.",
        )  # fmt: skip


def reworded(facts: Facts) -> Iterator[Divergence]:
    """Phases with the same title and other promises."""
    first = {_key(one.title): one for one in facts.first}
    changed = [phase.title for phase in facts.done if _differs(first.get(_key(phase.title)), phase)]
    if changed:
        decided = bool(facts.minds)
        yield Divergence(
            "promises-changed", 0, "the promises of the first yes", f"other promises in {_names(changed)}",
            DECIDED if decided else NOBODY, Class.MINOR, justified=decided,
            cause=Cause.PERSON if decided else Cause.PLAN, impact="What is shown to be so is not what was agreed.",
        )  # fmt: skip


def _differs(intended: Intended | None, phase: Phase) -> bool:
    return intended is not None and {*intended.promises} != {promise.text for promise in phase.promises}


def dear(facts: Facts) -> Iterator[Divergence]:
    if facts.limit and facts.spent > facts.limit:
        yield Divergence(
            "limit", 0, f"{facts.symbol}{facts.limit:,.2f} as the limit", f"{facts.symbol}{facts.spent:,.2f} spent",
            "A person let it go on.", Class.MINOR, justified=True, cause=Cause.PERSON,
            impact="It cost more than was meant at first.",
        )  # fmt: skip


RULES = (
    Rule(
        "phase-dropped", "Phases of the first yes with phases that were built",
        "One that was not built: minor and justified where a person decided it later, else bad.", dropped,
    ),
    Rule(
        "phase-added", "Phases that were built with phases of the first yes",
        "One more: good and justified where a person decided it later, else minor.", added,
    ),
    Rule(
        "promises-changed", "Promises of the first yes with those that were built",
        "Others: minor, and justified where a person decided it later.", reworded,
    ),
    Rule("limit", "The first limit with what was spent", "More: minor and justified, for a person let it go on.", dear),
    *in_phases.RULES,
)  # fmt: skip
ORDER = {rule.id: place for place, rule in enumerate(RULES)} | {"test-extra": 0}


def found(facts: Facts) -> tuple[Divergence, ...]:
    """All differences, in one order whatever the order of the facts."""
    every = (one for rule in RULES for one in rule.find(facts))
    return tuple(sorted(every, key=lambda one: (one.phase, ORDER[one.rule], one.actual)))
