"""What came of one step: the signal it gives, and what is written together with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.project import Signal
from orchestrator.domain.run import Report
from orchestrator.store import messages, runs
from orchestrator.store.tables import ProjectRow

Write = Callable[[AsyncSession, ProjectRow], Awaitable[None]]


async def nothing(db: AsyncSession, row: ProjectRow) -> None:
    """Write nothing beside the move itself."""


@dataclass(frozen=True, slots=True)
class Done:
    signal: Signal
    write: Write = nothing
    said: dict[str, Any] = field(default_factory=dict)


def failed(sentence: str, report: Report | None = None, key: str = "", **details: Any) -> Done:
    """Stop here with a question: the sentence says what is wrong, the details are folded behind it."""

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        row.problem = {"sentence": sentence, "details": details}
        if report:
            await runs.end(db, row, key, report)
        else:
            await runs.end(db, row, key or row_key(row), Report(ok=False, sentence=sentence))
        if row.undo_from:
            messages.note(db, row, sentence)
            row.undo = 0

    return Done(Signal.FAILED, write)


def unfinished(report: Report, key: str) -> Done:
    """A builder that did not come to its end: it asks for leave, or it cannot go on."""
    ask = report.ask
    if ask is None:
        return failed(report.sentence, report, key)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        row.ask = {"wish": ask.wish, "subject": ask.subject}
        await runs.end(db, row, key, report)

    return Done(Signal.ASKS, write)


def row_key(row: ProjectRow) -> str:
    return f"{row.id}-{row.moves}-{row.step}"
