"""What a turn needs to know, read at one moment. Nothing is held while it is thought about."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.brief import Brief, Topic
from orchestrator.domain.policy import Role
from orchestrator.domain.project import GATES, IN_A_PHASE, WORKING, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.domain.vision import Vision
from orchestrator.runtime import runtime
from orchestrator.store import agreed, documents, events, gates, messages, phases, projects
from orchestrator.store.tables import ProjectRow

RECENT = 24  # messages that a turn looks back at


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `role` is user, assistant or system; `sequence` its place in the conversation."""

    role: str
    by: str
    text: str
    at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class PhaseSeen:
    number: int
    title: str
    status: PhaseStatus


@dataclass(frozen=True, slots=True)
class Look:
    """`said` ends with the message that waits for a reply, which is `text`."""

    text: str
    brief: Brief
    asked: Topic | None
    step: Step
    vision: Vision | None
    said: tuple[Said, ...]
    name: str
    now: datetime
    role: Role = Role.OWNER
    people: int = 1
    question: str = ""  # of the open decision
    phases: tuple[PhaseSeen, ...] = ()
    doing: str = ""  # the last sign of life of whoever works
    problem: str = ""
    kept: dict[str, Any] = field(default_factory=dict)  # the brief, as its row has it
    summary: str = ""
    fresh: int = 0  # messages that are not in the summary
    topic_from: int = 0
    spent: int = 0
    budget: int = 0
    money: str = ""  # what was spent, and of how much, as a person sees it
    built: bool = False  # whether there is something that can be checked again
    agreed: Brief | None = None  # what the agreed vision says, where a change of it may be shown now

    @property
    def history(self) -> tuple[str, ...]:
        """What people said before, oldest first."""
        return tuple(said.text for said in self.said[:-1] if said.role == "user")

    @property
    def first(self) -> bool:
        """Whether nothing was answered yet."""
        return not any(said.role == "assistant" for said in self.said)


async def look(db: AsyncSession, project_id: str, sequence: int, *, model: bool = False) -> Look | None:
    """Read it; nothing if the message has its reply already. A `model` needs no vision: its note has the brief.

    While people only talk, two statements do: this is on the way of every turn.
    """
    found = await messages.waiting(db, project_id, sequence)
    if found is None:
        return None
    message, row = Said(*found.message), found.project
    recent = await messages.lately(db, project_id, RECENT - 1, sequence)
    gate = await gates.pending(db, project_id) if row.step in GATES else None
    vision = None if model else await documents.find(db, project_id, "vision")
    known = await phases.of(db, project_id) if row.phases else []
    return Look(
        text=message.text,
        brief=Brief.model_validate(row.brief),
        asked=Topic(row.asked) if row.asked else None,
        step=row.step,
        vision=Vision.model_validate(vision.data["vision"]) if vision else None,
        said=(*(Said(*one) for one in recent), message),
        name=row.name,
        now=clock.now(),
        role=found.role or Role.VIEWER,  # who was let go meanwhile may not change anything
        people=found.people,
        question=gate.question if gate else "",
        phases=tuple(PhaseSeen(phase.number, phase.title, phase.status) for phase in known),
        doing=await _doing(db, row),
        problem=str((row.problem or {}).get("sentence", "")) if row.step is Step.PROBLEM else "",
        kept=row.brief,
        summary=row.summary,
        fresh=found.fresh,
        topic_from=row.topic_from,
        spent=row.spent,
        budget=row.budget,
        money=_money(row),
        built=projects.value(row).can_validate and any(one.commit for one in known if one.number == row.phase),
        agreed=await agreed.brief(db, row) if projects.value(row).can_change else None,
    )


def _money(row: ProjectRow) -> str:
    currency = runtime().currency
    limit = f" of {currency.sum(row.budget)}" if row.budget else ""
    return f"{currency.words(row.spent)}{limit}" if row.spent else ""


async def _doing(db: AsyncSession, row: ProjectRow) -> str:
    if row.step not in WORKING & IN_A_PHASE:
        return ""
    newest = await events.latest(db, row.id, ["run.activity"], limit=1)
    return str(newest[0].data["text"]) if newest else ""
