"""Asking how ready a project is, and vouching for what no program can settle."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import text
from orchestrator.domain.command import Actor, Attest, Prove
from orchestrator.domain.ready.items import BY_ID
from orchestrator.errors import Conflict, NotUnderstood
from orchestrator.store import readiness
from orchestrator.store.tables import ProjectRow

LONGEST, SHORTEST = 500, 10
NOTHING_YET = "Nothing is part of your app yet, so there is nothing to check. That comes with the first phase."
BUSY = "We are at it already. This can take a few minutes."
SAY_WHY = "Please say in a sentence what you looked at, and why it is so."


async def prove(db: AsyncSession, row: ProjectRow, command: Prove, actor: Actor) -> None:
    """Have it found out. Raises Conflict where there is nothing to look at, or we are looking."""
    if unknown := [item for item in command.items if item not in BY_ID]:
        raise NotUnderstood(f"There is no question {unknown[0][:10]}.", field="item")
    if not row.repository:
        raise Conflict(NOTHING_YET)
    if (await readiness.known(db, row.id)).asking:
        raise Conflict(BUSY)
    await readiness.ask(db, row, command.items, actor, fresh=bool(command.items))


async def attest(db: AsyncSession, row: ProjectRow, command: Attest, actor: Actor) -> None:
    """Take a person's word. Raises Conflict for what has to be proven."""
    item = BY_ID.get(command.item)
    if item is None:
        raise NotUnderstood(f"There is no question {command.item[:10]}.", field="item")
    if not item.vouch:
        raise Conflict("A person’s word is not enough for this: it has to be proven.")
    sentence = text.paragraph(command.sentence, LONGEST)
    if len(sentence) < SHORTEST:
        raise NotUnderstood(SAY_WHY, field="sentence")
    await readiness.vouch(db, row, item.id, sentence, actor)
