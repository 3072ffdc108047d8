"""The conversation page: messages, the open questions, what to write next, and beside it the brief or the way ahead."""

from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup

from orchestrator.domain.brief import TITLES, Clarity, Topic
from orchestrator.telling.marks import NOT_CHECKED, PART, PROVEN, Field, Mark, Note
from orchestrator.web.views.gates import GateView, ReceiptView
from orchestrator.web.views.shell import ProjectHead


class Voice(StrEnum):
    ME = "me"
    OTHER = "other"  # somebody else of the project
    US = "us"
    SYSTEM = "sys"


@dataclass(frozen=True, slots=True)
class MessageView:
    id: str
    voice: Voice
    html: Markup
    author: str = ""
    at: str = ""
    channel: str = ""  # “by Telegram”, when it did not come from the page
    trouble: Note | None = None  # why there is no reply to it


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    text: str
    label: str = ""  # a fuller wording for the button, where the answer is short


@dataclass(frozen=True, slots=True)
class Composer:
    action: str
    placeholder: str = "Write a message"
    quick: tuple[QuickAnswer, ...] = ()
    sticky: bool = True  # not below an open decision
    text: Field = field(default_factory=Field)
    may_say: bool = True  # a viewer reads along


@dataclass(frozen=True, slots=True)
class BriefItem:
    title: str
    mark: Mark
    text: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class BriefView:
    items: tuple[BriefItem, ...]
    clear: int
    sentence: str  # “5 clear, 1 half clear, 1 still open”
    may_write: bool = True
    action: str = ""  # where “Write the vision now” posts to


@dataclass(frozen=True, slots=True)
class JourneyStep:
    title: str
    mark: Mark
    text: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    title: str
    steps: tuple[JourneyStep, ...]
    change: str = ""  # where “Show me what would change” posts to, when more was told than was agreed


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """What somebody wrote elsewhere who may not command the project: their words, and nothing else."""

    id: str
    title: str  # “ana-r suggests on GitHub”
    html: Markup
    at: str
    action: str = ""  # where the buttons post to; none for whoever may only read
    link: str = ""  # where it was written


@dataclass(frozen=True, slots=True)
class TalkPage:
    head: ProjectHead
    log: tuple[MessageView | ReceiptView, ...]
    composer: Composer
    gates: tuple[GateView, ...] = ()
    streaming: Markup | None = None  # a reply that is being written
    brief: BriefView | None = None
    journey: Journey | None = None
    suggestions: tuple[SuggestionView, ...] = ()
    earlier: str = ""  # the address of what was said before
    past: bool = False  # this page is what was said before: nothing is asked or written here


CLARITY = {Clarity.CLEAR: PROVEN, Clarity.HALF: PART, Clarity.OPEN: NOT_CHECKED}


def topic(topic: Topic, clarity: Clarity, text: str, new: bool = False) -> BriefItem:
    """One line of the brief. `new` is what has just been added."""
    said = f"{text}. Just added" if new and text else text
    return BriefItem(TITLES[topic], CLARITY[clarity], said or "Still open: we will ask", new)


def brief(items: tuple[BriefItem, ...], action: str, may_write: bool = True) -> BriefView:
    marks = [item.mark for item in items]
    return BriefView(items, marks.count(PROVEN), _counted(marks), may_write, action)


def _counted(marks: list[Mark]) -> str:
    counts = (
        (marks.count(PROVEN), "clear"),
        (marks.count(PART), "half clear"),
        (marks.count(NOT_CHECKED), "still open"),
    )
    return ", ".join(f"{n} {what}" for n, what in counts if n)
