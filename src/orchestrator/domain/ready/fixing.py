"""A wish that is nothing but to have one question proven: its place in the vision, and its phase. Pure."""

from collections.abc import Collection, Iterable
from typing import Final

from orchestrator.domain import plain
from orchestrator.domain.brief import Brief, Feature, Priority
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.promises import TRIED
from orchestrator.domain.roadmap import Criterion, PlannedPhase
from orchestrator.errors import Conflict

ONLY_A_PERSON: Final = "Nothing that is built can settle this. A person has to look at it, and vouch for it."
ON_ITS_WAY: Final = "This is on its way already: it is part of the vision, and its phase is not finished."
STILL_BUILT: Final = "Phase {phase} is still to be built, and what it promises with it. Let the project go on first."
STILL_WORKS: Final = "Everything from the phases before still works."
PROVEN: Final = "This was proven when we looked last. Have it looked at again first."


def fixable(item: str) -> bool:
    """Whether building can help: not where only a person’s word does."""
    return not BY_ID[item].vouch or item == TRIED


def wished(brief: Brief, item: str, built: Collection[str]) -> Brief:
    """The brief with this wish. `built` are the features that are in the app. Raises Conflict where it is there."""
    before = [feature for feature in brief.features if feature.item == item]
    if any(feature.id not in built for feature in before):
        raise Conflict(ON_ITS_WAY)
    number = max([brief.numbered, *(int(f.id[1:]) for f in brief.features if f.id[1:].isdigit())]) + 1
    feature = Feature(
        id=f"F{number}",
        title=title(item, len(before)),
        description=BY_ID[item].advice,
        priority=Priority.HIGH,
        item=item,
    )
    return brief.model_copy(update={"features": (*brief.features, feature), "numbered": number})


def title(item: str, before: int = 0) -> str:
    """“Proof: Can it be flooded?” One that was built before, and is broken again, has another title."""
    return f"Proof{f' {before + 1}' if before else ''}: {BY_ID[item].question}"


def phases(features: Iterable[Feature], first: int) -> tuple[PlannedPhase, ...]:
    """A phase of its own for each."""
    return tuple(_phase(number, feature) for number, feature in enumerate(features, first))


def _phase(number: int, feature: Feature) -> PlannedPhase:
    question = BY_ID[feature.item].question
    asked = f"We ask “{question}” ourselves ({feature.item}), and it is proven."
    return PlannedPhase(
        number=number,
        title=feature.title,
        outcome=f"{plain.ended(feature.description)} Then we ask the question ourselves, and only a proof counts.",
        features=(feature.id,),
        criteria=(
            Criterion(id=f"P{number}.1", text=asked, feature=feature.id, item=feature.item),
            Criterion(id=f"P{number}.2", text=STILL_WORKS),
        ),
    )
