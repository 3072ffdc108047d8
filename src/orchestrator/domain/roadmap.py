"""The vision as phases, each with an outcome that a person can try. Pure; stored as JSON."""

from collections.abc import Sequence

from orchestrator.domain import ordering, plain, verbs
from orchestrator.domain.brief import Feature, Frozen
from orchestrator.domain.vision import Vision, by_priority


class Criterion(Frozen):
    """Something that must be true when the phase is done; checked by evidence. `id` is like `P2.1`."""

    id: str
    text: str
    feature: str = ""  # the id of the feature it belongs to
    item: str = ""  # the question of readiness that has to be proven for it


class PlannedPhase(Frozen):
    number: int
    title: str  # what a person can then do: "You can swap a meal"
    outcome: str
    features: tuple[str, ...]  # ids
    criteria: tuple[Criterion, ...]


class Roadmap(Frozen):
    phases: tuple[PlannedPhase, ...]


TITLE = 90  # characters
OUTCOME = 600
MOST = 8  # phases
_NAMED = 3  # features in one title


def split(
    vision: Vision, done: Sequence[str] = (), first_number: int = 1, notes: Sequence[str] = ()
) -> tuple[Roadmap, str]:
    """The features that are not done as one to eight phases, the must-haves first, and what became of the notes.

    Only without anything left to build there is no phase. A vision without features has one phase: a first look.
    """
    left = by_priority(feature for feature in vision.features if feature.id not in set(done) and not feature.item)
    if not left and (done or first_number > 1):  # the first look of a vision without features is built, too
        return Roadmap(phases=()), "Everything in the vision is built. Tell us what you would like to add."
    order = ordering.arranged(left, notes)
    groups = order.groups or [[]]
    phases = tuple(_phase(number, group, first_number) for number, group in enumerate(groups, first_number))
    return Roadmap(phases=phases), order.says


def planned(
    number: int,
    features: Sequence[Feature],
    first_number: int,
    title: str,
    outcome: str,
    told: Sequence[Criterion] = (),
) -> PlannedPhase:
    """A phase in somebody's words. Without criteria of theirs it has those that every phase with these features has."""
    phase = _phase(number, features, first_number)
    numbered = tuple(one.model_copy(update={"id": f"P{number}.{k}"}) for k, one in enumerate(told, 1))
    said = {"title": plain.cut(plain.one_line(title), TITLE), "outcome": plain.cut(plain.one_line(outcome), OUTCOME)}
    said = {name: text for name, text in said.items() if text}
    return phase.model_copy(update={**said, "criteria": numbered or phase.criteria})


def _phase(number: int, features: Sequence[Feature], first_number: int) -> PlannedPhase:
    promises = [promise for feature in features for promise in _promises(feature)]
    promises += _FIRST if number == first_number == 1 else [("Everything from the phases before still works.", "")]
    if features:
        promises.append(("What you have entered is still there after the app was stopped and started again.", ""))
    criteria = (Criterion(id=f"P{number}.{k}", text=text, feature=id) for k, (text, id) in enumerate(promises, 1))
    return PlannedPhase(
        number=number,
        title=_title(features),
        outcome=_outcome(features),
        features=tuple(feature.id for feature in features),
        criteria=tuple(criteria),
    )


_FIRST = [
    ("The first page says what the app is and who it is for, and leads to everything that works so far.", ""),
    ("A guided tour shows the way step by step, with “next” and “back”.", ""),
    ("You can leave feedback, and it is listed on its own page.", ""),
]


def _promises(feature: Feature) -> list[tuple[str, str]]:
    title = plain.bare(plain.one_line(feature.title))
    return [
        (f"There is a page for “{title}”, with a link to it on the first page.", feature.id),
        (f"What you enter at “{title}” is kept, and you see it in the list on that page.", feature.id),
        (
            f"A wrong or empty entry at “{title}” gets a sentence that says what to change, and nothing is kept.",
            feature.id,
        ),
        (f"The guided tour leads to “{title}”.", feature.id),
    ]


def _title(features: Sequence[Feature]) -> str:
    if not features:
        return "You can look around in a first version"
    doing = [verbs.can(feature.title) for feature in features]
    for named in range(min(len(doing), _NAMED), 0, -1):
        more = [f"do {plain.counted(len(doing) - named, 'more thing')}"] if named < len(doing) else []
        title = f"You can {plain.listed([*doing[:named], *more])}"
        if len(title) <= TITLE:
            return title
    return plain.cut(title, TITLE)


def _outcome(features: Sequence[Feature]) -> str:
    if not features:
        return "There is an app to open. It says what it will be, and takes your feedback."
    shown = f"{plain.capital(plain.counted(len(features), 'page'))} that you can open and try"
    more = [plain.ended(feature.description) for feature in features if feature.description]
    return plain.cut(" ".join([f"{shown}: {plain.listed([plain.bare(f.title) for f in features])}.", *more]), OUTCOME)


def markdown(roadmap: Roadmap, version: int) -> str:
    """The phases to read, print and keep."""
    phases = [part for phase in roadmap.phases for part in _section(phase)]
    return "\n\n".join(["# The phases", f"Version {version}.", *(phases or ["There is nothing left to build."])]) + "\n"


def _section(phase: PlannedPhase) -> list[str]:
    return [
        f"## Phase {phase.number}: {plain.escaped(plain.uncapital(phase.title))}",
        plain.escaped(phase.outcome),
        "It is done when all of this is proven:",
        "\n".join(f"- {criterion.id}: {plain.escaped(criterion.text)}" for criterion in phase.criteria),
    ]
