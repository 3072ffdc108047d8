"""What a model is told in a turn: rules, how things stand, what was said last. Built anew each time, bounded. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from orchestrator import prompts
from orchestrator.conversation import asking, offers
from orchestrator.conversation.look import Look, Said
from orchestrator.conversation.meanwhile import LISTENS
from orchestrator.domain import plain
from orchestrator.domain.brief import TEXTS, TITLES, Brief, Clarity, Topic, clarity
from orchestrator.domain.fence import fenced, harmless
from orchestrator.domain.project import GATES, SAID, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.domain.vision import TAGS
from orchestrator.models.sentences import AGAIN, SENTENCES
from orchestrator.ports import Line, Prompt

PAUSE = timedelta(hours=1)  # after it, people begin anew
BEFORE_TOPIC = 4  # messages of the topic before that are shown all the same: “not that, the other thing”
LINE = 2_000  # characters of an older message
LAST = 12_000  # of the newest
ALL = 12_000  # of all older ones together
STATUS = {
    PhaseStatus.PENDING: "not begun",
    PhaseStatus.IN_PROGRESS: "being worked on",
    PhaseStatus.BLOCKED: "waits for a decision",
    PhaseStatus.COMPLETED: "finished, part of the app",
    PhaseStatus.FAILED: "stuck",
}
_NEXT_LATER = (
    "What changes now goes into the brief; the person decides about it before it is built. "
    "Offer change_vision when the note lists it and the person wishes for something that the vision does not say."
)
_FAULTS = frozenset(SENTENCES.values())
_MARK = re.compile(r"<(?=\W{0,9}(?:note|data)(?![a-z]))", re.IGNORECASE)  # what our own texts begin and end with


def prompt(look: Look) -> Prompt:
    return Prompt(prompts.text("turn"), note(look), (*_lines(look), Line("person", _last(look))))


def note(look: Look) -> str:
    possible = offers.possible(look.step, look.role, look.brief, look.agreed, built=look.built)
    return prompts.filled(
        "note",
        name=_short(look.name),
        today=f"{look.now:%A}, {look.now.day} {look.now:%B %Y}",
        person=_person(look),
        standing="\n".join(_standing(look)),
        offers="; ".join(f"{offer} ({offers.MEANS[offer]})" for offer in possible) or "nothing",
        brief=brief(look.brief),
        next=_next(look),
        earlier=f"\nWhat was said before (your memory):\n{fenced('memory', look.summary)}\n" if look.summary else "",
        outside=f"\nWhat the builder said last:\n{fenced('builder', look.doing)}\n" if look.doing else "",
    )


def _short(text: str) -> str:
    """Words of others for the middle of a line of ours."""
    return harmless(plain.one_line(text))


def _unmarked(text: str) -> str:
    """What was said, which may have marks, but not those of the note: nobody speaks in its name."""
    return _MARK.sub("‹", plain.visible(text))


def _person(look: Look) -> str:
    name = look.said[-1].by if look.said else "somebody"
    others = f" {plain.capital(plain.number(look.people))} people take part in this project." if look.people > 1 else ""
    return f"{_short(name)}, {look.role} of this project.{others}"


def _standing(look: Look) -> Iterable[str]:
    yield f"It is {SAID[look.step]}."
    if look.question:
        yield f"Open decision: “{_short(look.question)}” Only its buttons, or a plain yes or no, decide it."
    elif look.step in GATES:
        yield "A decision is open."
    if look.problem:
        yield f"What went wrong: {_short(look.problem)}"
    for phase in look.phases:
        yield f"Phase {phase.number}: {_short(phase.title)} ({STATUS[phase.status]})"
    if look.money:
        yield f"Spent so far: {look.money}."
    if look.step in LISTENS:
        yield "A builder is at work on this phase and can be told something: see `for_builder`."
    if look.step in {Step.TALKING, Step.DRAFTING} and not look.phases:
        yield "Nothing is built yet."


def brief(known: Brief) -> str:
    """The seven topics with all that is known of them."""
    return fenced("brief", "\n".join(_topic(known, topic) for topic in Topic))


def _topic(known: Brief, topic: Topic) -> str:
    state = "skipped" if topic in known.skipped and clarity(known, topic) is Clarity.OPEN else clarity(known, topic)
    head = f"- {topic} ({TITLES[topic]}) [{state}]"
    if topic is Topic.FEATURES:
        told = [f"  - {item.id}: {item.title} [{TAGS[item.priority]}] {item.description}" for item in known.features]
        return "\n".join([head, *(line.rstrip() for line in told)])
    if topic in TEXTS:
        return f"{head}: {getattr(known, topic)}".rstrip(": ")
    return "\n".join([head, *(f"  - {item}" for item in getattr(known, topic))])


def _next(look: Look) -> str:
    topic = asking.upcoming(look.brief)
    if look.step is not Step.TALKING:
        return _NEXT_LATER
    if topic is None:
        return "Nothing is left to ask: offer write_vision."
    return f"What matters most to ask next, if nothing else is more pressing: {topic} ({TITLES[topic]})."


def window(look: Look) -> list[Said]:
    """The messages that are shown whole: those of the topic at hand, and a few before it."""
    told = [said for said in look.said[:-1] if said.role != "system" and said.text not in _FAULTS]
    begins = topic_begins(look)
    before = [said for said in told if said.sequence < begins][-BEFORE_TOPIC:]
    kept = [*before, *(said for said in told if said.sequence >= begins)]
    room = ALL
    for place in range(len(kept) - 1, -1, -1):
        room -= min(len(kept[place].text), LINE)
        if room < 0:
            return kept[place + 1 :]
    return kept


def topic_begins(look: Look) -> int:
    """The place from which on this is one topic: where it was said to begin, or after the last long pause."""
    begins = look.topic_from
    for before, after in zip(look.said, look.said[1:], strict=False):
        if after.role == "user" and after.at - before.at >= PAUSE:
            begins = max(begins, after.sequence)
    return begins


def _lines(look: Look) -> tuple[Line, ...]:
    """What was said, from the first that a person said."""
    lines, at = [], None
    for said in window(look):
        by: str = "person" if said.role == "user" else "us"
        text = _unmarked(plain.cut(said.text, LINE))
        lines.append(Line("person", _marked(look, said, at, text)) if by == "person" else Line("us", text))
        at = said.at
    while lines and lines[0].by == "us":
        lines.pop(0)
    return tuple(lines)


def _last(look: Look) -> str:
    earlier = window(look)
    text = _unmarked(plain.cut(look.text, LAST))
    if plain.bare(look.text).casefold() == AGAIN.casefold():
        text += "\n(Answer the message before, which had no answer.)"
    return _marked(look, look.said[-1], earlier[-1].at if earlier else None, text) if look.said else text


def _marked(look: Look, said: Said, before: datetime | None, text: str) -> str:
    """With how much later it was said, after a pause, and by whom, where several people talk."""
    pause = f"({_later(said.at - before)} later) " if before and said.at - before >= PAUSE else ""
    return f"{pause}{_short(said.by)}: {text}" if look.people > 1 else f"{pause}{text}"


def _later(time: timedelta) -> str:
    hours = round(time.total_seconds() / 3600)
    return plain.counted(hours, "hour") if hours < 48 else plain.counted(round(hours / 24), "day")  # noqa: PLR2004


def texts(said: Sequence[Said]) -> str:
    """Messages as material, one a line."""
    return fenced("conversation", "\n".join(f"{one.by}: {plain.cut(one.text, LINE)}" for one in said))
