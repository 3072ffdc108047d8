"""What people say while a builder works on a phase: kept for it, with a word on when it hears it."""

import re
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.conversation import hearing, questions, said
from orchestrator.conversation.exchange import Turn, spoken
from orchestrator.domain import answer, plain
from orchestrator.domain.brief import Brief
from orchestrator.domain.gate import KIND, Kind
from orchestrator.domain.project import AFTER_WORK, BUILDS, Signal, Step
from orchestrator.store import asides, messages
from orchestrator.store.tables import GateRow, ProjectRow
from orchestrator.store.took import STARTER

BUSY = BUILDS | {Step.CHECKING}  # what is said now is about the phase at hand
LISTENS = BUSY | {Step.PERMISSION}  # when a builder can be told something, now or as soon as it goes on
PASSED_ON = "I pass that on. The builder hears it when it has finished the step it is at."
CHECKING = (
    "The builder has come to its end, and the checks run. I keep that: the builder hears it when it goes on with this "
    "phase, and else you are reminded of it at the decision."
)
WAITS = "I keep that for the builder. It hears it as soon as it goes on."
DEAF = (
    "The starter makes the prototype by fixed rules and cannot listen, so I keep that for the decision that follows. "
    "There you can ask for it."
)
TOO_LATE = (
    "The builder has come to its end meanwhile and has not heard it. If it still matters, ask for it at the decision."
)
AFTER = {KIND[step] for step in AFTER_WORK}
_TELL = re.compile(
    r"\s*(?:please,?\s+)?tell\s+(?:the\s+|my\s+)?builder\b\s*(?:[:,–—-]\s*|(?:that|to)\s+)?(?P<what>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_WHEN = {Step.CHECKING: CHECKING, Step.PERMISSION: WAITS}
_TALK = said.GREETING | said.THANKS | said.FILLER | said.CANCEL_WHAT
_FENCE = re.compile(r"^\s*(```|~~~).*?(?:^\s*\1|\Z)", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|„[^“]*“|«[^»]*»")


@dataclass(frozen=True, slots=True)
class Aside:
    """What is for the builder. `talk` says that it is answered like anything else that is said, too."""

    text: str
    talk: bool = False


def aside(row: ProjectRow, text: str, *, model: bool) -> Aside | None:
    """What of a message goes to the builder at once. A model finds out by itself what nobody says in so many words."""
    if asked := _asked(row.step, text):
        return Aside(asked)
    if model or not _meant(row.step, text):
        return None
    wishes = hearing.hear(text, Brief.model_validate(row.brief), None, talking=False).edits
    return Aside(text, talk=bool(wishes))


def _asked(step: Step, text: str) -> str:
    """What somebody asks in so many words to have told to the builder."""
    found = _TELL.fullmatch(text) if step in LISTENS else None
    return found["what"].strip() if found else ""


def _meant(step: Step, text: str) -> bool:
    """Whether it is for the builder, where no model can tell: all but questions, and what is on a closed list."""
    if step not in BUSY or text.rstrip().endswith("?") or questions.is_question(text) or not re.search(r"\w", text):
        return False
    if said.wanted(text) or answer.unmistakable(text) or answer.command(text) or spoken(text) in _TALK:
        return False
    return questions.answered(Turn(text, Brief(), None, step)) is None


def own(text: str, picked: str) -> str:
    """What a model picked from a message, if its author wrote it and does not only quote it; else all that is theirs.

    So a model decides whether something is passed on, and never what: no words but the author's reach a builder.
    """
    theirs = _unquoted(text)
    if not picked.strip() or not theirs:
        return ""
    words = plain.one_line(picked).casefold()
    return picked.strip() if words in plain.one_line(_QUOTED.sub("", theirs)).casefold() else theirs


def _unquoted(text: str) -> str:
    """Without the lines and blocks that are somebody else's."""
    lines = _FENCE.sub("", text).splitlines()
    return "\n".join(line for line in lines if not re.match(r"\s*(?:>|&gt;|‹|<)", line)).strip()


async def keep(db: AsyncSession, row: ProjectRow, message: str, aside: Aside) -> None:
    """Keep it for the builder and say when it hears it. The caller holds the row and has stored the message."""
    await asides.keep(db, row, message, aside.text)
    if aside.talk:
        messages.note(db, row, says(row))
    else:
        messages.reply(db, row, says(row), message)


def says(row: ProjectRow) -> str:
    """When the builder hears what is said now."""
    if row.builder == STARTER:
        return DEAF
    return PASSED_ON if row.step in BUILDS else _WHEN.get(row.step, TOO_LATE)


async def decided(db: AsyncSession, row: ProjectRow, gate: GateRow, signal: Signal) -> list[str]:
    """What came too late was shown at this decision. Where a builder goes on with the phase, it hears it after all.

    Gives the messages that nobody needs to hear any more.
    """
    over = gate.kind is Kind.PHASE_COMPLETE and signal is Signal.APPROVED
    if over or (gate.kind in AFTER and row.builder == STARTER):
        return await asides.settle(db, row.id)
    return []
