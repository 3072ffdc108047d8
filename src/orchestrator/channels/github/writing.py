"""What is to be seen in an issue now, from the rows: decisions, replies, how far it is, and what is done."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.github import cards, markup
from orchestrator.channels.github.cards import Card
from orchestrator.channels.github.us import NAME
from orchestrator.domain.gate import Status
from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.domain.project import SAID, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.store import gates, identities, members, messages, phases, projects
from orchestrator.store.elsewhere import PostRow, RoomRow
from orchestrator.store.pages import Standing
from orchestrator.store.tables import PhaseRow, ProjectRow
from orchestrator.telling import decisions, standing
from orchestrator.telling import status as statuses

Page = str  # the address of our pages
FINISHED: Final = "in your app"


async def text(db: AsyncSession, post: PostRow, room: RoomRow, page: Page) -> str | None:
    """The words of a post; None where nothing of the kind is shown in an issue."""
    del room
    kind, _, rest = post.subject.partition(":")
    if kind not in WRITES:
        return None
    found = await WRITES[kind](db, post, rest, page)
    return None if found is None else markup.fitting(found, f"{page}/projects/{post.project_id or ''}")


async def until(db: AsyncSession, post: PostRow) -> datetime | None:
    """When it will read differently, although nothing happens: an answer can be taken back for a minute."""
    kind, _, id = post.subject.partition(":")
    if kind != "gate" or post.project_id is None:
        return None
    gate, project = await gates.get(db, id), await projects.row(db, post.project_id)
    return decisions.until(gate) if decisions.seconds_left(project, gate, clock.now()) else None


async def _gate(db: AsyncSession, _post: PostRow, id: str, page: Page) -> str:
    gate = await gates.get(db, id)
    project = await projects.row(db, gate.project_id)
    before = [one for one in await gates.of(db, [gate.project_id]) if one.opened_at <= gate.opened_at]
    names = await _may_answer(db, gate.project_id)
    by = await identities.named(db, NAME, [gate.answered_by]) if gate.answered_by else []
    left = decisions.seconds_left(project, gate, clock.now())
    return cards.text(Card(gate, project.name, len(before), page, names, by[0] if by else "", left > 0))


async def _may_answer(db: AsyncSession, project_id: str) -> list[str]:
    people = [one.user_id for one in await members.members(db, project_id) if one.role in ANSWERS]
    return await identities.named(db, NAME, people)


async def _reminder(db: AsyncSession, _post: PostRow, rest: str, page: Page) -> str | None:
    gate = await gates.get(db, rest.partition(":")[0])
    if gate.status is not Status.PENDING:
        return "This was answered meanwhile."
    calls = ", ".join(f"@{name}" for name in await _may_answer(db, gate.project_id))
    link = f"{page}/projects/{gate.project_id}"
    asked = (
        f"“{markup.words(gate.question)}” still [waits for an answer]({link}). Nothing is built or spent until then."
    )
    return f"{calls}: {asked}" if calls else asked


async def _reply(db: AsyncSession, _post: PostRow, id: str, _page: Page) -> str:
    return markup.prose((await messages.get(db, id)).text)


async def _word(_db: AsyncSession, post: PostRow, _rest: str, _page: Page) -> str:
    return markup.prose(str((post.said or {}).get("text", "")))


async def _done(db: AsyncSession, post: PostRow, _rest: str, page: Page) -> str:
    project = await projects.row(db, post.project_id or "")
    calls = "".join(f"@{name}, " for name in await _may_answer(db, project.id))
    return f"### 🏁 {markup.words(project.name)} is complete\n\n{calls}[try it here]({page}/projects/{project.id})."


async def _status(db: AsyncSession, post: PostRow, _rest: str, page: Page) -> str:
    project = await projects.row(db, post.project_id or "")
    found = Standing(project, Role.VIEWER, await gates.pending(db, project.id), tuple(await phases.of(db, project.id)))
    return "\n\n".join(filter(None, (_line(found, page), _list(found), _details(project, found))))


def _line(found: Standing, page: Page) -> str:
    """The sentence at the top of the page. What changes by the minute is not in it: each edit costs."""
    facts = replace(standing.facts(found), sign_of_life=None)
    line = statuses.line(facts)
    link = ""
    if line.link:
        where = line.link.href if line.link.href.startswith("/") else f"/projects/{found.project.id}{line.link.href}"
        link = f" [{markup.words(line.link.text)}]({page}{where})"
    gap = "" if line.more.startswith((".", ",")) else " "
    return f"**{markup.words(line.news)}**{link}{gap}{markup.words(line.more)}"


def _list(found: Standing) -> str:
    return "\n".join(_phase(found, phase) for phase in found.phases)


def _phase(found: Standing, phase: PhaseRow) -> str:
    done = phase.status is PhaseStatus.COMPLETED
    at_hand = phase.number == found.project.phase and found.project.step not in {Step.COMPLETED, Step.CANCELLED}
    state = f": {FINISHED}" if done else f": {_doing(found.project)}" if at_hand else ""
    return f"- [{'x' if done else ' '}] {phase.number}. {markup.words(phase.title)}{state}"


def _doing(project: ProjectRow) -> str:
    """“planning a phase” is “planning”, where the phase stands before it."""
    return SAID[project.step].removesuffix(" a phase")


def _details(project: ProjectRow, found: Standing) -> str:
    phase = standing.at_hand(found)
    if phase is None or not phase.commit:
        return ""
    inside = f"phase {phase.number}, save point `{phase.commit[:7]}`, built by {markup.words(project.builder)}"
    return f"<details><summary>Technical details</summary>\n\n{inside}\n</details>"


Writes = Callable[[AsyncSession, PostRow, str, Page], Awaitable[str | None]]
WRITES: Final[dict[str, Writes]] = {
    "gate": _gate,
    "reminder": _reminder,
    "reply": _reply,
    "word": _word,
    "done": _done,
    "status": _status,
}
