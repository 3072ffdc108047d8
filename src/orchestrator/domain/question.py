"""What a person is asked at each decision, in their words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.cost import Currency, next_limit
from orchestrator.domain.delta import Delta
from orchestrator.domain.gate import Kind, Way
from orchestrator.domain.project import Step
from orchestrator.domain.roadmap import PlannedPhase

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class WayOut:
    way: Way
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Question:
    """A decision before it is stored: the same anatomy everywhere."""

    kind: Kind
    question: str
    why: str
    on_yes: str
    on_no: str
    considerations: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    ways: tuple[WayOut, ...] = ()
    document: str = ""
    version: int = 0
    amount: int = 0  # the limit that a yes would set


@dataclass(frozen=True, slots=True)
class Proof:
    """What our own checks said about a phase."""

    sentences: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    tries: int = 0


def vision(name: str, version: int, unsure: Sequence[str], changed: str) -> Question:
    return Question(
        kind=Kind.VISION_DOC,
        question="Is this the app you want?",
        why=f"The vision says what {name} will do, for whom, and what it will leave out. "
        "Everything that gets built is measured against it.",
        on_yes="We set up a place for the project and split it into phases you can try one by one. "
        "You see the phases before anything is built.",
        on_no="Nothing is built. Tell us what is off and you get a new version. You can change it later, too.",
        considerations=tuple(unsure),
        facts=(("What changed", changed),) if changed else (),
        document="vision",
        version=version,
    )


def change(delta: Delta, version: int, unsure: Sequence[str], stood: Step | None) -> Question:
    """Ask about a change of what was agreed. `stood` is where a no leads back to; without it, to the conversation."""
    return Question(
        kind=Kind.VISION_DOC,
        question="Shall we change the vision like this?",
        why=f"You agreed on version {delta.agreed} of the vision. This is what would be different from it.",
        on_yes="Only this changes; everything else stays as agreed. What is not built yet is split into phases anew, "
        "and you see the list before anything is built.",
        on_no=_unchanged(stood),
        considerations=tuple(unsure),
        facts=(
            *(("What changes", line) for line in delta.changes),
            *(("What is thrown away", line) for line in delta.thrown),
            ("Extra time and money", delta.extra),
        ),
        document="vision",
        version=version,
    )


def _unchanged(stood: Step | None) -> str:
    if stood is None:
        return "Nothing is built. Tell us what is off and you get a new version. You can change it later, too."
    return f"The vision stays as agreed, and nothing is lost. {_BACK_AT.get(stood, _BACK_AT[Step.PAUSED])}"


_BACK_AT = {
    Step.ROADMAP: "You are asked about the list of phases again.",
    Step.PLAN: "You are asked about the plan again.",
    Step.RESULT: "You are asked about the phase again that is ready to try.",
    Step.PROBLEM: "You are asked again how to go on.",
    Step.COMPLETED: "Your app stays as it is.",
    Step.PAUSED: "The project stays paused until you say go on.",
}


def roadmap(phases: Sequence[PlannedPhase], version: int, said: str, builder: str, usually: str = "") -> Question:
    count = len(phases)
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return Question(
        kind=Kind.ROADMAP,
        question="Shall we build it in this one phase?"
        if count == 1
        else f"Shall we build it in these {number} phases?",
        why="Each phase ends with something you can try. You are asked before each one starts, and after each one.",
        on_yes="We write the plan of the first phase and show it to you. Nothing is built before you have seen it.",
        on_no="Nothing is built. Say what should come first, or whether you want fewer or more phases; "
        "or reject, and we talk about the idea again.",
        considerations=tuple(filter(None, (said, builder))),
        facts=tuple((f"Phase {phase.number}", phase.title) for phase in phases) + _time(usually),
        document="roadmap",
        version=version,
    )


def plan(phase: PlannedPhase, document: str, version: int, usually: str = "") -> Question:
    return Question(
        kind=Kind.PHASE_START,
        question=f"Shall we start phase {phase.number} like this?",
        why=f"{phase.title}. {phase.outcome}",
        on_yes="The builder works on a trial copy: first the tests, then the phase itself. "
        "We check it ourselves and ask you to try it.",
        on_no="Nothing is built. Say what should be different and you get a new plan.",
        facts=tuple((f"Promise {criterion.id}", criterion.text) for criterion in phase.criteria) + _time(usually),
        document=document,
        version=version,
    )


def result(phase: PlannedPhase, proof: Proof, *, last: bool, usually: str = "") -> Question:
    then = "It was the last phase, so the project is complete." if last else "Then we plan the next phase."
    return Question(
        kind=Kind.PHASE_COMPLETE,
        question=f"Does phase {phase.number} do what you wanted?",
        why=f"{phase.title}. Our own checks passed; now try it yourself.",
        on_yes=f"It becomes part of your app. {then} You can undo it at any time.",
        on_no="It stays on its trial copy. Ask for changes and the builder works on it again; "
        "or reject, and the phase is planned anew when you say go on.",
        considerations=proof.findings,
        facts=tuple(("Proof", sentence) for sentence in proof.sentences)
        + ((("Repairs", _tries(proof.tries)),) if proof.tries else ())
        + _time(usually),
    )


def problem(
    sentence: str, phase: int, proof: Proof, *, building: bool, merging: bool = False, usually: str = ""
) -> Question:
    """Ask how to go on. `building`: there is a trial copy to go back from; `merging`: it is built, and not taken in."""
    before = "Phase 1 is" if phase == 2 else f"Phases 1 to {phase - 1} are"  # noqa: PLR2004
    safe = f"{before} untouched; phase {phase} is on a trial copy." if phase > 1 else "Nothing is lost."
    if building and phase == 1:
        safe = "Nothing is lost; phase 1 is on a trial copy."
    return Question(
        kind=Kind.ERROR_RESOLUTION,
        question=f"{sentence} How shall we go on?",
        why="Work has stopped and waits for you. Nothing is being spent.",
        on_yes="We go on in the way you choose.",
        on_no="We stop here. What is finished stays as it is, and you can go on whenever you like.",
        considerations=proof.findings,
        facts=(
            ("Is my work safe?", f"Yes. {safe}"),
            *(("What we know", known) for known in proof.sentences),
            *((("Repairs", _tries(proof.tries)),) if proof.tries else ()),
            *_time(usually),
        ),
        ways=(
            AGAIN if merging else DIFFERENTLY,
            WayOut(Way.BACK, "Go back to the last good state", _back(phase, building=building)),
            WayOut(Way.STOP, "Stop here", "Nothing more is built for now. You can go on whenever you like."),
        ),
    )


DIFFERENTLY = WayOut(
    Way.DIFFERENTLY, "Try it differently", "The builder begins this step again and is told what went wrong."
)
AGAIN = WayOut(Way.DIFFERENTLY, "Try again", "We try once more to take the phase into your app. Nothing is built anew.")


def limit(spent: int, budget: int, currency: Currency, parts: Sequence[tuple[str, int]]) -> Question:
    """Ask for more money. `parts` say where it went so far."""
    proposed = next_limit(spent, budget, currency)
    more = currency.sum(proposed)
    return Question(
        kind=Kind.BUDGET,
        question=f"{currency.words(spent)} of {currency.sum(budget)} is used. May we go on to {more}?",
        why="The limit of this project is reached. Work has stopped and waits for you; nothing more is being spent.",
        on_yes=f"The limit becomes {more}, and we go on where we stopped. When that is used, we ask you again.",
        on_no="The project rests. Nothing is lost, and you can go on whenever you like. "
        "To set another limit, ask for changes and write the sum.",
        facts=tuple((name, currency.words(micros)) for name, micros in parts if micros),
        amount=proposed,
    )


def _time(usually: str) -> tuple[tuple[str, str], ...]:
    return (("Time and money", usually),) if usually else ()


def _back(phase: int, *, building: bool) -> str:
    if building:
        return f"Phase {phase} is set aside and planned anew when you say go on. Nothing is deleted."
    return "The step is set aside and planned anew when you say go on. Nothing is deleted."


def _tries(tries: int) -> str:
    return "The builder repaired it once." if tries == 1 else f"The builder repaired it {tries} times."


UNCHANGED = "unchanged"  # a change of the vision that was not wanted

# What we say in the conversation once a decision was answered.
AFTER: dict[tuple[Kind, str], str] = {
    (Kind.VISION_DOC, "approved"): "Thank you. I am now splitting the vision into phases. "
    "Each one ends with something you can try. I’ll ask you once the list is ready.",
    (Kind.VISION_DOC, "rejected"): "All right, nothing is built. What should be different?",
    (Kind.VISION_DOC, "changed"): "Thank you. The vision is changed. I am now splitting what is not built yet into "
    "phases, and ask you once the list is ready.",
    (Kind.VISION_DOC, UNCHANGED): "All right, the vision stays as agreed, and everything is as it was before.",
    (
        Kind.ROADMAP,
        "approved",
    ): "Good. I am having the plan of the first phase written, and show it to you before anything is built.",
    (Kind.ROADMAP, "changes"): "I am splitting the vision into phases again, with what you said in mind.",
    (Kind.ROADMAP, "rejected"): "All right, we go back to your idea. What should be different?",
    (
        Kind.PHASE_START,
        "approved",
    ): "Good. The builder starts now. You can close this page; I’ll ask you when there is something to try.",
    (Kind.PHASE_START, "changes"): "I pass that on, and show you a new plan.",
    (
        Kind.PHASE_START,
        "rejected",
    ): "All right, nothing is built. The project rests until you say go on; then the phase is planned anew.",
    (Kind.PHASE_COMPLETE, "approved"): "Good. It becomes part of your app now.",
    (Kind.PHASE_COMPLETE, "changes"): "I pass that on. The builder works on it again, and you try it again.",
    (Kind.PHASE_COMPLETE, "rejected"): "All right, it does not become part of your app. "
    "The project rests until you say go on; then the phase is planned anew.",
    (Kind.BUDGET, "approved"): "Thank you. The limit is raised, and we go on where we stopped.",
    (Kind.BUDGET, "changes"): "Thank you. The limit is as you said, and we go on where we stopped.",
    (Kind.BUDGET, "rejected"): "All right, nothing more is spent. The project rests until you say go on.",
    (Kind.PERMISSION, "approved"): "Thank you. The builder may do that, and goes on.",
    (Kind.PERMISSION, "changes"): "All right, it may not. I pass on what you wrote, and the builder goes on.",
    (Kind.PERMISSION, "rejected"): "All right, it may not. The builder goes on and looks for another way.",
    (Kind.ERROR_RESOLUTION, "retried"): "All right, we try it differently.",
    (Kind.ERROR_RESOLUTION, "changes"): "I pass that on, and we try again.",
    (
        Kind.ERROR_RESOLUTION,
        "gone_back",
    ): "All right, we are back at the last good state. The project rests until you say go on.",
    (
        Kind.ERROR_RESOLUTION,
        "rejected",
    ): "All right, we stop here. What is finished stays. Say go on whenever you like.",
}
