"""Keeps the memory of a long conversation: what falls out of sight is summed up, so that a long one costs no more."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults, prompts
from orchestrator.conversation import note
from orchestrator.conversation.look import RECENT, Said
from orchestrator.domain import cost, plain
from orchestrator.domain.cost import Usage
from orchestrator.domain.fence import fenced
from orchestrator.errors import NoAnswer
from orchestrator.ports import Line, Model, Prompt, Words
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import messages, projects, spends

DUE = 24  # messages out of sight and not yet in the memory
AT_ONCE = 60
WORDS = 250
MEMORY = 3_000  # characters
_LINE = 160  # of a message, where no model sums up


class Memory(BaseModel):
    """The memory of the conversation, instead of the one before."""

    memory: Words = Field(min_length=1, description="Facts in short lines.")


def may_be_due(fresh: int) -> bool:
    """Whether, with the reply to the last of so many messages, enough are out of sight: before anything is read."""
    return fresh + 1 >= DUE + RECENT


@dataclass(frozen=True, slots=True)
class Due:
    """What the memory is to take in: messages up to a place; small remarks between them need no remembering."""

    memory: str
    told: tuple[Said, ...]
    upto: int


async def up(project_id: str) -> None:
    """Take into the memory what has fallen out of sight, if it is worth a call."""
    model = runtime().model
    while model and (due := await read(_due, project_id)):
        memory, usage = await _summed(model, due.memory, due.told) if due.told else (due.memory, Usage())
        await tx(_keep, project_id, due, memory, usage)
        faults.point("summed")


async def _due(db: AsyncSession, project_id: str) -> Due | None:
    row = await projects.row(db, project_id)
    if spends.reached(row) or await messages.count(db, project_id, row.summed) < DUE + RECENT:
        return None
    begins = await messages.place(db, project_id, RECENT)
    found = [one for one in await messages.after(db, project_id, row.summed, AT_ONCE) if one.sequence < begins]
    said = [Said(one.role, one.author_name, one.text, one.created_at, one.sequence) for one in found]
    told = tuple(one for one in said if one.role != "system")
    worth = len(told) >= DUE or len(found) == AT_ONCE
    return Due(row.summary, told, found[-1].sequence) if worth else None


async def _summed(model: Model, before: str, told: Sequence[Said]) -> tuple[str, Usage]:
    """Have it summed up; without an answer the first words of what people said must do."""
    known = f"Known so far:\n{fenced('memory', before)}\n\n" if before else ""
    ask = Line("person", f"{known}The messages:\n{note.texts(told)}")
    try:
        thought = await model.ask(Prompt(prompts.filled("summary", words=str(WORDS)), "", (ask,)), Memory)
    except NoAnswer as fault:
        return _plainly(before, told), cost.lost(fault)
    return plain.cut(plain.clean(thought.value.memory), MEMORY), thought.usage


def _plainly(before: str, told: Sequence[Said]) -> str:
    lines = [f"- {one.by}: {plain.cut(plain.one_line(one.text), _LINE)}" for one in told if one.role == "user"]
    text = "\n".join(filter(None, (before, *lines)))
    return text if len(text) <= MEMORY else "…" + text[-MEMORY + 1 :]


async def _keep(db: AsyncSession, project_id: str, due: Due, memory: str, usage: Usage) -> None:
    row = await projects.locked(db, project_id)
    spends.add(db, row, "summary", str(due.upto), usage)
    if row.summary == due.memory and row.summed < due.upto:
        row.summary, row.summed = memory, due.upto
