"""What we wait to be told in a room, by whom: words for a decision, or an idea. It is in the row, and runs out."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.telegram.visits import Visit, remember, said, since
from orchestrator.domain.gate import Kind
from orchestrator.runtime import tx
from orchestrator.store.tables import GateRow

LASTS = timedelta(days=1)
WHAT = {
    Kind.PERMISSION: "What should it do instead? A few words are enough.",
    Kind.BUDGET: "Which limit? Write one sum, such as 15.",
    Kind.ERROR_RESOLUTION: "What shall we do? A few words are enough.",
}
DIFFERENT = "What should be different? A few words are enough."
LEAVE = "/cancel to leave it as it is"
IDEA = "What would you like to make? One or two sentences are enough."


def waits_for(visit: Visit) -> dict[str, Any]:
    """What this person is to tell here; empty where that is nothing, or was long ago."""
    asked = visit.room.state.get(str(visit.sender.id), {})
    return asked if asked and clock.now() - since(asked["at"]) < LASTS else {}


async def ask_what(visit: Visit, gate: GateRow) -> None:
    """Let the next words say what should be different."""
    about = {"gate": gate.id, "version": gate.version}
    text = f"{WHAT.get(gate.kind, DIFFERENT)}\n\n{LEAVE}"
    await tx(_ask, visit, about, text, gate.project_id)


async def ask_idea(visit: Visit) -> None:
    await tx(_ask, visit, {"new": True}, f"{IDEA}\n\n{LEAVE}", None)


async def _ask(db: AsyncSession, visit: Visit, about: dict[str, Any], text: str, project: str | None) -> None:
    asked = {**about, "at": clock.now().isoformat()}
    await remember(db, visit.room.id, **{str(visit.sender.id): asked})
    await said(db, visit.room.id, visit.number, text, project=project, asks=not visit.alone)


async def forget(visit: Visit, text: str = "", project: str | None = None) -> None:
    """It was told, or is left as it is; `text` says so."""
    await tx(_forget, visit, text, project)


async def _forget(db: AsyncSession, visit: Visit, text: str, project: str | None) -> None:
    await remember(db, visit.room.id, **{str(visit.sender.id): None})
    if text:
        await said(db, visit.room.id, visit.number, text, project=project)
