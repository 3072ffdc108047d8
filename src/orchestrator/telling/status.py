"""The one sentence at the top of a project: made from where it stands, never by a model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from orchestrator.domain.plain import ended
from orchestrator.domain.project import Step
from orchestrator.telling import times
from orchestrator.telling.marks import Link, State
from orchestrator.telling.words import bare, count, lower_first, upper_first

QUIET, SILENT = 180, 600  # seconds without a sign of life: said as normal, said as possibly stuck


@dataclass(frozen=True, slots=True)
class StatusLine:
    """`news` is announced; `more` may change by the second and is not. With a link, `more` goes on right behind it."""

    state: State
    icon: str
    news: str
    more: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentence is made of. Empty means unknown, and then it is not mentioned."""

    step: Step
    now: datetime
    zone: tzinfo
    phase: int = 0
    phases: int = 0
    outcome: str = ""  # of the phase at hand: “You can swap a meal”
    question: str = ""  # of the open decision
    question_href: str = ""
    yours: bool = True  # whether whoever looks may answer it
    clear: int = 0  # topics of the brief
    topics: int = 7
    to_ask: int = 0
    done_steps: int = 0
    steps: int = 0
    left: str = ""  # “10 to 15 minutes”
    spent: str = ""  # “€1.40 of €10 spent.”
    sign_of_life: datetime | None = None
    doing: str = ""  # “working on tests”
    usually: str = ""  # “3 to 8”
    paused_by: str = ""
    paused_at: datetime | None = None
    to_do: int | None = None  # things left before strangers may use it; None while nobody has checked


def line(facts: Facts) -> StatusLine:
    return LINES[facts.step](facts)


def offline(facts: Facts, at: datetime) -> StatusLine:
    """For a page that has lost its connection."""
    known = lower_first(bare(line(facts).news.split(":", 1)[0]))
    return StatusLine(
        State.REST,
        "paused",
        f"Last known, at {times.clock(at, facts.zone)}: {known}.",
        "Building goes on without this page.",
    )


def _talking(facts: Facts) -> StatusLine:
    left = f", about {facts.to_ask} more question{'s' * (facts.to_ask != 1)}." if facts.to_ask else "."
    return StatusLine(
        State.WORK,
        "talk",
        "Getting to know your idea.",
        said(left, facts.spent),
        Link(f"{facts.clear} of {facts.topics} topics are clear", "#brief"),
    )


def _working(what: str, and_then: str = "") -> Callable[[Facts], StatusLine]:
    def make(facts: Facts) -> StatusLine:
        left = f"{upper_first(facts.left)} left." if facts.left else ""
        return _or_silent(facts, f"{what}.", said(left, and_then, facts.spent))

    return make


def _in_phase(doing: str) -> Callable[[Facts], StatusLine]:
    def make(facts: Facts) -> StatusLine:
        news = f"{doing} phase {facts.phase} of {facts.phases}{_outcome(facts)}."
        return _or_silent(facts, news, said(_how_far(facts), facts.spent))

    return make


def _waiting(facts: Facts) -> StatusLine:
    return StatusLine(
        State.YOU if facts.yours else State.REST,
        "you",
        f"Waiting for {'you' if facts.yours else 'an answer'}: {lower_first(facts.question)}",
        said(f". Nothing is built or spent until {'you answer' if facts.yours else 'then'}.", facts.spent),
        Link("Go to the question", facts.question_href),
    )


def _leave(facts: Facts) -> StatusLine:
    """The question says what the builder wants."""
    waits = _waiting(facts)
    news = f"The builder waits for {'your leave' if facts.yours else 'leave'}: {lower_first(facts.question)}"
    return replace(waits, news=news)


def _stuck(facts: Facts) -> StatusLine:
    where = ended(f"Stuck in phase {facts.phase} of {facts.phases}{_outcome(facts)}") if facts.phase else "Stuck."
    return StatusLine(
        State.STUCK,
        "stuck",
        where,
        said(
            f". Work has stopped and waits for {'you' if facts.yours else 'an answer'}. Nothing is being spent.",
            facts.spent,
        ),
        Link("See the ways out", facts.question_href),
    )


def _paused(facts: Facts) -> StatusLine:
    by = f" by {facts.paused_by}" if facts.paused_by else ""
    day = f" {times.weekday(facts.paused_at, facts.now, facts.zone)}" if facts.paused_at else ""
    where = f", in phase {facts.phase} of {facts.phases}" if facts.phase else ""
    return StatusLine(State.REST, "paused", f"Paused{by}{day}{where}.", said("Nothing is lost.", facts.spent))


def _completed(facts: Facts) -> StatusLine:
    done = _all_done(facts.phases)
    if facts.to_do is None:
        return StatusLine(
            State.REST, "flag", done, said("Whether strangers may use it has not been checked yet.", facts.spent)
        )
    if facts.to_do == 0:
        return StatusLine(State.PROVEN, "flag", f"{done} Ready for strangers.", facts.spent)
    left = f"{facts.to_do} thing{'s' * (facts.to_do != 1)} left"
    return StatusLine(State.STUCK, "flag", f"{done} Not ready for strangers yet: {left}.", facts.spent)


def _cancelled(facts: Facts) -> StatusLine:
    return StatusLine(State.REST, "minus", "Cancelled.", said("Nothing is deleted.", facts.spent))


def _all_done(phases: int) -> str:
    return "The only phase is done." if phases == 1 else f"All {count(phases, 'phase')} are done."


def _outcome(facts: Facts) -> str:
    return f": {bare(lower_first(facts.outcome))}" if facts.outcome else ""


def _how_far(facts: Facts) -> str:
    """“Step 3 of 7, 10 to 15 minutes left.”"""
    step = f"step {min(facts.done_steps + 1, facts.steps)} of {facts.steps}" if facts.steps else ""
    left = f"{facts.left} left" if facts.left else ""
    both = ", ".join(part for part in (step, left) if part)
    return f"{upper_first(both)}." if both else ""


def _or_silent(facts: Facts, news: str, more: str) -> StatusLine:
    """Work that shows no sign of life says so: first that this is normal, later that we look into it."""
    silent = int((facts.now - facts.sign_of_life).total_seconds()) if facts.sign_of_life else 0
    if silent >= SILENT:
        where = f" in phase {facts.phase}" if facts.phase else ""
        gone = f"no sign of life for {times.length(silent)}"
        return StatusLine(
            State.STUCK, "stuck", f"Possibly stuck{where}: {gone}.", "We look into it; you need not do anything."
        )
    return StatusLine(State.WORK, "work", news, said(more, still(facts) or _alive(facts)))


def still(facts: Facts) -> str:
    """“Still working on tests, for 4 minutes now. This is normal: it usually takes 3 to 8.”, after three minutes."""
    silent = int((facts.now - facts.sign_of_life).total_seconds()) if facts.sign_of_life else 0
    if silent < QUIET:
        return ""
    usual = f": it usually takes {facts.usually}" if facts.usually else ""
    return f"Still {facts.doing or 'working'}, for {times.length(silent)} now. This is normal{usual}."


def _alive(facts: Facts) -> str:
    return f"Active {times.ago(facts.sign_of_life, facts.now, facts.zone)}." if facts.sign_of_life else ""


def said(*sentences: str) -> str:
    """What there is to say, in one line."""
    return " ".join(sentence for sentence in sentences if sentence)


LINES: dict[Step, Callable[[Facts], StatusLine]] = {
    Step.TALKING: _talking,
    Step.DRAFTING: _working("Writing the vision", "You will be asked whether it is right."),
    Step.VISION: _waiting,
    Step.PREPARING: _working("Setting up a place for your project"),
    Step.PRIMING: _working("Looking at what is there already"),
    Step.ROADMAPPING: _working("Splitting the vision into phases", "You will be asked before anything is built."),
    Step.ROADMAP: _waiting,
    Step.PLANNING: _in_phase("Planning"),
    Step.PLAN: _waiting,
    Step.BUILDING: _in_phase("Building"),
    Step.CHECKING: _in_phase("Checking"),
    Step.REPAIRING: _in_phase("Repairing"),
    Step.LIMIT: lambda facts: _waiting(replace(facts, spent="")),  # the question says it
    Step.PERMISSION: _leave,
    Step.PROBLEM: _stuck,
    Step.RESULT: _waiting,
    Step.MERGING: _in_phase("Taking into your app"),
    Step.UNDOING: _working("Going back to how it was", "Nothing is deleted."),
    Step.PAUSED: _paused,
    Step.COMPLETED: _completed,
    Step.CANCELLED: _cancelled,
}
