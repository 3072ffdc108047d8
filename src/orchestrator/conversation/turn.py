"""Answer what people say. The row says `unanswered` until the reply is stored, so a turn may be begun again."""

import re
from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.conversation import interview, meanwhile, note, summing, talking
from orchestrator.conversation.interview import Heard, Wants
from orchestrator.conversation.look import Look, look
from orchestrator.delivery import limit, reconcile
from orchestrator.domain import cost
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import Signal, Step, can
from orchestrator.ports import ANEW, Say
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import asides, events, messages, projects, spends
from orchestrator.store.tables import ProjectRow

USED_UP = (
    "The limit of this project is used up, so I do not ask the AI model. What you wrote is kept. "
    "The owner can raise the limit under “Cost”; then write “try again”."
)
PIECE = re.compile(r"\S+\s*")


async def turn(project_id: str, sequence: int) -> None:
    """Reply to one message, once. No database connection is held while thinking."""
    seen = await read(look, project_id, sequence, model=runtime().model is not None)
    if seen is None:
        return
    faults.point("turn:began")
    heard = await _heard(seen, _telling(project_id))
    faults.point("turn:thought")
    long = await tx(_store, project_id, sequence, seen, heard)
    faults.point("turn:stored")
    if long:
        await summing.up(project_id)


def pieces(reply: str) -> Iterator[str]:
    """The words of a reply, one by one, as a model would give them."""
    return (found.group() for found in PIECE.finditer(reply))


def _telling(project_id: str) -> Say:
    """Tell who follows. What they heard of an answer over which a process died, this one takes the place of."""
    before = [ANEW]

    def say(piece: str) -> None:
        runtime().bus.say(project_id, "".join((*before, piece)))
        before.clear()

    return say


async def _heard(seen: Look, say: Say) -> Heard:
    model = runtime().model
    if model and not cost.reached(seen.spent, seen.budget):
        return await talking.heard(seen, model, say)
    free = model is None or seen.step is Step.LIMIT
    heard = _interviewed(seen) if free else Heard(USED_UP, seen.brief, seen.asked)
    for piece in pieces(heard.reply):
        say(piece)
    return heard


def _interviewed(seen: Look) -> Heard:
    if seen.first:
        return interview.first(seen.text)
    return interview.reply(
        seen.text,
        seen.brief,
        seen.asked,
        step=seen.step,
        vision=seen.vision,
        history=seen.history,
        agreed=seen.agreed,
    )


async def _store(db: AsyncSession, project_id: str, sequence: int, seen: Look, heard: Heard) -> bool:
    """Write the reply, once. True where the conversation has become so long that its memory may be due."""
    row = await projects.locked(db, project_id)
    if row.brief != seen.kept:
        spends.add(db, row, "turn", str(sequence), heard.usage)
        return False  # the brief moved meanwhile: then reconcile begins the turn anew
    message = await messages.answered(db, project_id, sequence)
    spends.add(db, row, "turn", message or str(sequence), heard.usage)
    if message is None:
        return False
    row.topic_from = sequence if heard.new_topic else max(row.topic_from, note.topic_begins(seen))
    _learn(db, row, seen, heard)
    for remark in heard.notes:
        messages.note(db, row, remark)
    messages.reply(db, row, "\n\n".join([heard.reply, *await _passed_on(db, row, heard, message)]), message)
    row.updated_at = clock.now()  # its place among the projects it got with what was said
    faults.point("turn:storing")
    await _act(db, row, heard, message)
    return summing.may_be_due(seen.fresh)


async def _passed_on(db: AsyncSession, row: ProjectRow, heard: Heard, message: str) -> list[str]:
    if not heard.for_builder:
        return []
    await asides.keep(db, row, message, heard.for_builder)
    return [meanwhile.says(row)]


def _learn(db: AsyncSession, row: ProjectRow, seen: Look, heard: Heard) -> None:
    row.asked, row.quick = heard.asked or "", list(heard.quick)
    if heard.brief == seen.brief:
        return
    row.brief = heard.brief.model_dump(mode="json")
    if heard.brief.name and heard.brief.name != row.name:
        events.append(db, row, ORCHESTRATOR, "project.renamed", **{"from": row.name, "to": heard.brief.name})
        row.name = heard.brief.name
    events.append(db, row, ORCHESTRATOR, "brief.changed", brief=row.brief)


async def _act(db: AsyncSession, row: ProjectRow, heard: Heard, message: str) -> None:
    """Do what the person clearly asked for, as far as it fits: nothing here approves or costs anything."""
    before = row.moves
    if heard.reply is USED_UP:
        await limit.ask(db, row)
    if heard.wants is Wants.WRITE_VISION:
        await _write(db, row, message)
    if row.moves != before:
        await reconcile.settle(db, row.id)


async def _write(db: AsyncSession, row: ProjectRow, message: str) -> None:
    signal = Signal.EXTENDED if projects.value(row).can_change else Signal.ASKED
    if row.step is Step.VISION:
        await projects.move(db, row, Signal.CHANGES, ORCHESTRATOR, message=message)
    if can(row.step, signal):
        await projects.move(db, row, signal, ORCHESTRATOR, message=message)
