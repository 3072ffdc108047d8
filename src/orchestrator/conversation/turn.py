"""Answer what people say. The row says `unanswered` until the reply is stored, so a turn may be begun again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.conversation import interview
from orchestrator.conversation.interview import Heard, Wants
from orchestrator.delivery import reconcile
from orchestrator.domain.brief import Brief, Topic
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import Signal, Step, can
from orchestrator.domain.vision import Vision
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import documents, events, messages, projects
from orchestrator.store.tables import MessageRow, ProjectRow

RECENT = 20  # messages that the interview looks back at
PIECE = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Look:
    """What a turn needs to know, read at one moment."""

    text: str
    brief: Brief
    asked: Topic | None
    step: Step
    vision: Vision | None
    history: tuple[str, ...]
    first: bool


async def turn(project_id: str, sequence: int) -> None:
    """Reply to one message, once. No database connection is held while thinking."""
    look = await read(_look, project_id, sequence)
    if look is None:
        return
    faults.point("turn:began")
    heard = _heard(look)
    for piece in pieces(heard.reply):
        runtime().bus.say(project_id, piece)
    faults.point("turn:thought")
    await tx(_store, project_id, sequence, look, heard)
    faults.point("turn:stored")


def pieces(reply: str) -> Iterator[str]:
    """The words of a reply, one by one, as a model would give them."""
    return (found.group() for found in PIECE.finditer(reply))


def _heard(look: Look) -> Heard:
    if look.first:
        return interview.first(look.text)
    return interview.reply(look.text, look.brief, look.asked, step=look.step, vision=look.vision, history=look.history)


async def _look(db: AsyncSession, project_id: str, sequence: int) -> Look | None:
    message = await messages.waiting(db, project_id, sequence)
    if message is None:
        return None
    row = await projects.row(db, project_id)
    vision = await documents.find(db, project_id, "vision")
    recent = await messages.newest(db, project_id, RECENT)
    return Look(
        text=message.text,
        brief=Brief.model_validate(row.brief),
        asked=Topic(row.asked) if row.asked else None,
        step=row.step,
        vision=Vision.model_validate(vision.data["vision"]) if vision else None,
        history=tuple(said.text for said in recent if said.role == "user" and said.sequence < sequence),
        first=not any(said.role == "assistant" for said in recent),
    )


async def _store(db: AsyncSession, project_id: str, sequence: int, look: Look, heard: Heard) -> None:
    row = await projects.locked(db, project_id)
    message = await messages.waiting(db, project_id, sequence)
    if message is None or Brief.model_validate(row.brief) != look.brief:
        return  # answered already, or the brief moved meanwhile: then reconcile begins the turn anew
    message.unanswered = False
    _learn(db, row, look, heard)
    for note in heard.notes:
        messages.note(db, row, note)
    messages.reply(db, row, heard.reply, message.id)
    faults.point("turn:storing")
    await _act(db, row, heard, message)
    await projects.touch(db, row)
    await reconcile.settle(db, project_id)


def _learn(db: AsyncSession, row: ProjectRow, look: Look, heard: Heard) -> None:
    row.asked, row.quick = heard.asked or "", list(heard.quick)
    if heard.brief == look.brief:
        return
    row.brief = heard.brief.model_dump(mode="json")
    if heard.brief.name and heard.brief.name != row.name:
        events.append(db, row, ORCHESTRATOR, "project.renamed", **{"from": row.name, "to": heard.brief.name})
        row.name = heard.brief.name
    events.append(db, row, ORCHESTRATOR, "brief.changed", brief=row.brief)


async def _act(db: AsyncSession, row: ProjectRow, heard: Heard, message: MessageRow) -> None:
    """Do what the person clearly asked for, as far as it fits: nothing here approves or costs anything."""
    if heard.wants is not Wants.WRITE_VISION:
        return
    signal = Signal.EXTENDED if row.step is Step.COMPLETED else Signal.ASKED
    if row.step is Step.VISION:
        await projects.move(db, row, Signal.CHANGES, ORCHESTRATOR, message=message.id)
    if can(row.step, signal):
        await projects.move(db, row, signal, ORCHESTRATOR, message=message.id)
