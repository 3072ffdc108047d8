"""What a builder may do: said by the answer when it asks, and taken back by the owner."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import Actor, Answer
from orchestrator.domain.gate import MILDEST, Decision, Status, Way
from orchestrator.domain.run import Rule, Wish
from orchestrator.errors import NotUnderstood
from orchestrator.store import rules
from orchestrator.store.tables import GateRow, ProjectRow


def with_way(gate: GateRow, given: Answer) -> Answer:
    """What exactly this yes means, where there is a choice. Raises NotUnderstood where there is no such choice."""
    ways = {way["way"] for way in gate.ways}
    if gate.status is not Status.PENDING or given.decision is not Decision.APPROVE or not ways:
        return given
    if given.way and given.way not in ways:
        raise NotUnderstood("This decision has no such way. Please choose one of those that it shows.", field="way")
    return replace(given, way=given.way or MILDEST[gate.kind])


def answered(db: AsyncSession, row: ProjectRow, given: Answer, actor: Actor) -> str:
    """Remember what was said about the open wish, as the rule of this id.

    A no holds for all of its kind, so that nobody is asked again.
    """
    wish, subject, phase = Wish((row.ask or {})["wish"]), str((row.ask or {})["subject"]), row.phase
    if given.decision is not Decision.APPROVE:
        return rules.add(db, row, Rule(wish, "", allowed=False), phase, actor)
    if given.way is Way.ALWAYS:
        return rules.add(db, row, Rule(wish, "", allowed=True), None, actor)
    return rules.add(db, row, Rule(wish, subject, allowed=True), phase, actor)
