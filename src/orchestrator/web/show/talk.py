"""The page on which people and we talk."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import delta, plain, suggestion
from orchestrator.domain.brief import Brief, Topic, clarity, summary
from orchestrator.domain.command import Say, TakeUp, WriteVision
from orchestrator.domain.elsewhere import SERVICES
from orchestrator.domain.policy import allows
from orchestrator.domain.project import RESTS_FROM, Step
from orchestrator.store import agreed, gates, messages, projects, suggestions
from orchestrator.store.elsewhere import SuggestionRow
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow, MessageRow
from orchestrator.telling import times
from orchestrator.telling.marks import LATER, PAUSED, PROVEN, STUCK, WORKING, Field, Mark, Note, State
from orchestrator.web import markdown
from orchestrator.web.show import around
from orchestrator.web.show import gates as cards
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import talk as views
from orchestrator.web.views.gates import ReceiptView
from orchestrator.web.views.shell import Tab
from orchestrator.web.views.talk import (
    BriefView,
    Composer,
    Journey,
    JourneyStep,
    MessageView,
    QuickAnswer,
    SuggestionView,
    TalkPage,
    Voice,
)

SHOWN = 60  # messages at once
SUGGESTED = 700  # characters of a suggestion
FROM = {"telegram": "by Telegram", "github": "on GitHub", "terminal": "in the terminal", "api": "through a program"}
BEFORE_VISION = {Step.TALKING, Step.DRAFTING}
YOU = Mark(State.YOU, "you")


async def page(
    db: AsyncSession,
    viewer: Viewer,
    found: Standing,
    *,
    note: Field | None = None,
    trouble: Note | None = None,
    text: Field | None = None,
    before: int | None = None,
) -> TalkPage:
    """Read the conversation with its decisions. `note`, `trouble` and `text` belong to a form that was not accepted."""
    said = await messages.newest(db, found.project.id, SHOWN, before)
    asked = await gates.of(db, [found.project.id])
    gate = None if before else found.gate
    open_ = (cards.card(viewer, gate, found.role, note=note, trouble=trouble),) if gate else ()
    whole = len(said) < SHOWN
    brief = brief_of(found) if found.project.step in BEFORE_VISION else None
    return TalkPage(
        head=around.head(viewer, found, Tab.TALK),
        log=_log(viewer, found, said, [one for one in asked if _within(one, 0 if whole else said[0].sequence, before)]),
        composer=composer(found, text),
        gates=open_,
        brief=brief,
        journey=None if brief else journey(found, await change(db, found)),
        suggestions=() if before else await suggested(db, viewer, found),
        earlier=f"/projects/{found.project.id}?before={said[0].sequence}" if not whole else "",
        past=before is not None,
    )


async def suggested(db: AsyncSession, viewer: Viewer, found: Standing) -> tuple[SuggestionView, ...]:
    """What others wrote about the project that nobody decided about."""
    may = allows(found.role, TakeUp)
    return tuple(_suggestion(viewer, row, may=may) for row in await suggestions.open(db, found.project.id))


def _suggestion(viewer: Viewer, row: SuggestionRow, *, may: bool) -> SuggestionView:
    """Their words as they are, not as what they might mean: nothing of it is a link, a heading or a button."""
    service = SERVICES.get(row.channel, row.channel)
    return SuggestionView(
        row.id,
        f"{suggestion.who(row.author)} suggests on {service}",
        markdown.plain(plain.cut(row.text, SUGGESTED)),
        times.when(row.at, viewer.now, viewer.zone),
        f"/projects/{row.project_id}/suggestions/{row.id}" if may else "",
        row.link if row.link.startswith("https://") else "",
    )


def composer(found: Standing, text: Field | None = None) -> Composer:
    project = found.project
    return Composer(
        action=f"/projects/{project.id}/messages",
        placeholder=_placeholder(found),
        quick=tuple(QuickAnswer(answer) for answer in project.quick),
        sticky=found.gate is None,
        text=text or Field(),
        may_say=allows(found.role, Say),
    )


def _placeholder(found: Standing) -> str:
    if found.gate:
        return "Ask about it first, if you like"
    return "Answer, correct, or ask anything" if found.project.step is Step.TALKING else "Write a message"


def message(viewer: Viewer, row: MessageRow) -> MessageView:
    voice = _voice(viewer, row)
    return MessageView(
        id=row.id,
        voice=voice,
        html=markdown.html(row.text, links=False) if voice is Voice.US else markdown.plain(row.text),
        author=row.author_name if voice is Voice.OTHER else "",
        at=times.when(row.created_at, viewer.now, viewer.zone),
        channel=FROM.get(row.channel, "") if row.role == "user" else "",
    )


def _voice(viewer: Viewer, row: MessageRow) -> Voice:
    if row.role == "assistant":
        return Voice.US
    if row.role == "system":
        return Voice.SYSTEM
    return Voice.ME if row.author == viewer.person.user_id else Voice.OTHER


def _log(
    viewer: Viewer, found: Standing, said: Sequence[MessageRow], asked: Sequence[GateRow]
) -> tuple[MessageView | ReceiptView, ...]:
    """Messages and answered decisions in the order in which they happened."""
    entries: list[tuple[int, MessageView | ReceiptView]] = [(row.sequence, message(viewer, row)) for row in said]
    entries += [(gate.closed, cards.slip(viewer, gate, found)) for gate in asked]
    return tuple(entry for _, entry in sorted(entries, key=lambda pair: pair[0]))


def _within(gate: GateRow, first: int, before: int | None) -> bool:
    """Whether a decision was closed while this part of the conversation went on."""
    return bool(gate.closed) and first <= gate.closed and (before is None or gate.closed < before)


def brief_of(found: Standing, before: Brief | None = None) -> BriefView:
    """What is known; what `before` did not know is marked as new."""
    brief = Brief.model_validate(found.project.brief)
    items = tuple(
        views.topic(topic, clarity(brief, topic), summary(brief, topic), new=_new(brief, before, topic))
        for topic in Topic
    )
    may = allows(found.role, WriteVision) and found.project.step is Step.TALKING and bool(brief.what)
    return views.brief(items, f"/projects/{found.project.id}/vision", may)


def _new(brief: Brief, before: Brief | None, topic: Topic) -> bool:
    return before is not None and summary(brief, topic) != summary(before, topic)


async def change(db: AsyncSession, found: Standing) -> str:
    """Where to ask what would change; empty while nothing was told that is not agreed, or it cannot be asked now."""
    row = found.project
    if not row.agreed or not allows(found.role, WriteVision) or not projects.value(row).can_change:
        return ""
    before = await agreed.brief(db, row)
    told = before is not None and delta.is_new(Brief.model_validate(row.brief), before)
    return f"/projects/{row.id}/vision" if told else ""


def journey(found: Standing, change: str = "") -> Journey:
    """The five stations, and which of them is now."""
    place = _place(found)
    steps: tuple[tuple[str, str | tuple[str, str]], ...] = (
        ("Idea", "Talked through"),
        ("Vision", ("Written down and approved", "Waiting for your yes")),
        ("Phases", ("Approved", "You approve the list before it starts")),
        ("Building", ("All phases are part of your app", "Phase by phase, each with proof")),
        ("Ready?", "54 questions, answered with evidence"),
    )
    stations = tuple(_station(n, place, title, said, found) for n, (title, said) in enumerate(steps))
    return Journey("How it goes on", stations, change)


def _station(n: int, place: int, title: str, said: str | tuple[str, str], found: Standing) -> JourneyStep:
    text = said if isinstance(said, str) else said[0 if n < place else 1]
    if n < place:
        return JourneyStep(title, PROVEN, text)
    if n > place:
        return JourneyStep(title, LATER, text)
    return JourneyStep(title, _now(found), text, current=True)


def _now(found: Standing) -> Mark:
    if found.project.step in {Step.PAUSED, Step.CANCELLED}:
        return PAUSED
    if found.project.step is Step.PROBLEM:
        return STUCK
    if found.project.step is Step.COMPLETED:
        return LATER
    return YOU if found.gate else WORKING


def _place(found: Standing) -> int:
    step = found.project.paused_from if found.project.step in RESTS_FROM else found.project.step
    if step in BEFORE_VISION or step is Step.VISION:
        return 1 if step is Step.VISION else 0
    if step in {Step.PREPARING, Step.PRIMING, Step.ROADMAPPING, Step.ROADMAP}:
        return 2
    return 4 if step is Step.COMPLETED else 3
