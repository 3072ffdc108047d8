"""What an answer to a decision does: the gate, the move, and what is said of it, in the transaction of the answer."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.conversation import allowing, budget, meanwhile, taking_back
from orchestrator.domain import gate as decisions
from orchestrator.domain import text
from orchestrator.domain.command import Actor, Answer
from orchestrator.domain.gate import Decision, Kind, Status
from orchestrator.domain.project import Signal, Step
from orchestrator.domain.question import AFTER, UNCHANGED
from orchestrator.errors import NotUnderstood
from orchestrator.store import agreed, gates, messages, projects
from orchestrator.store.tables import GateRow, ProjectRow

LONGEST_NOTE = 5_000
SAY_WHAT = "Please say in a few words what should be different."


async def decide(db: AsyncSession, row: ProjectRow, gate: GateRow, given: Answer, actor: Actor) -> None:
    """Close the decision, do what the answer means, move, and say so. The caller holds the project's row."""
    note = text.paragraph(given.note, LONGEST_NOTE)
    if given.decision is Decision.CHANGES and not note and gate.status is Status.PENDING:
        raise NotUnderstood(SAY_WHAT, field="note")
    given = allowing.with_way(gate, given)
    before, rule = await taking_back.stood(db, row, gate), ""
    gates.answer(db, row, gate, given, actor)
    if gate.kind is Kind.BUDGET:
        budget.answered(db, row, gate, given.decision, note, actor)
    if gate.kind is Kind.PERMISSION:
        rule = allowing.answered(db, row, given, actor)
    signal = decisions.signal(gate.kind, given.decision, given.way)
    outcome = await _agree(db, row, gate, signal)
    settled = await meanwhile.decided(db, row, gate, signal)
    await projects.move(db, row, signal, actor)
    taking_back.remember(row, before, rule=rule, settled=settled)
    _say_so(db, row, gate, outcome, note, actor)


async def _agree(db: AsyncSession, row: ProjectRow, gate: GateRow, signal: Signal) -> str:
    """What a yes or a no to a vision does beside the move: agree on it, or bring back what was agreed."""
    changing = gate.kind is Kind.VISION_DOC and row.change_from is not None
    if gate.kind is Kind.VISION_DOC and signal is Signal.APPROVED:
        row.agreed = gate.version
        return "changed" if changing else signal
    if changing and signal is Signal.REJECTED:
        await agreed.restore(db, row)
        return UNCHANGED
    return signal


def _say_so(db: AsyncSession, row: ProjectRow, gate: GateRow, outcome: str, note: str, actor: Actor) -> None:
    if gate.kind is Kind.VISION_DOC and row.step is Step.TALKING and note:
        messages.said(db, row, note, actor)  # the conversation takes it up, like anything else that is said there
        return
    if gate.kind is Kind.PERMISSION:
        outcome = Signal.CHANGES if note and outcome == Signal.REJECTED else outcome  # a no that says what instead
        row.note = "\n\n".join(filter(None, (row.note, note)))  # the work at hand goes on, with its own wish
    elif gate.kind is not Kind.BUDGET and outcome != UNCHANGED:
        row.note = note  # a sum is no wish for the next piece of work, and what was put off keeps its own
    if sentence := AFTER.get((gate.kind, outcome)):
        messages.reply(db, row, sentence)
