"""Asking how ready a project is, having fixed what is not, and vouching for what no program can settle."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import text
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Actor, Attest, Mend, Prove
from orchestrator.domain.project import Signal
from orchestrator.domain.ready import fixing
from orchestrator.domain.ready.board import PROMISED
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.report import State
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict, NotUnderstood
from orchestrator.store import events, phases, projects, readiness
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


async def mend(db: AsyncSession, row: ProjectRow, command: Mend, actor: Actor) -> None:
    """Ask for a phase that does just this, the way every change of an agreed vision is asked for.

    Raises Conflict where that cannot be now, or would be of no use.
    """
    if command.item not in BY_ID:
        raise NotUnderstood(f"There is no question {command.item[:10]}.", field="item")
    if not row.repository or not row.agreed:
        raise Conflict(NOTHING_YET)
    if not fixing.fixable(command.item):
        raise Conflict(fixing.ONLY_A_PERSON)
    known = (await readiness.known(db, row.id)).answers.get(command.item)
    if known and known.state in {State.PROVEN, State.NOT_NEEDED} and command.item != PROMISED:
        raise Conflict(fixing.PROVEN)
    row.brief = (await _wished(db, row, command.item)).model_dump(mode="json")
    await projects.move(db, row, Signal.EXTENDED, actor)
    events.append(db, row, actor, "brief.changed", brief=row.brief)


async def _wished(db: AsyncSession, row: ProjectRow, item: str) -> Brief:
    planned = await phases.of(db, row.id)
    if open_ := [phase for phase in planned if phase.status is not PhaseStatus.COMPLETED and item == PROMISED]:
        raise Conflict(fixing.STILL_BUILT.format(phase=open_[0].number))
    built = {id for phase in planned if phase.status is PhaseStatus.COMPLETED for id in phase.features}
    return fixing.wished(Brief.model_validate(row.brief), item, built)
