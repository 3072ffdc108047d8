"""How ready projects are: asked for, found out, vouched for. Functions take a session and never commit."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.report import Answer, Evidence, Report, State, Vouched
from orchestrator.store import events
from orchestrator.store.judged import ExaminationRow, FindingRow, VouchRow
from orchestrator.store.tables import EventRow, ProjectRow


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known about a project, as it was found: what is out of date is told by who knows its content now."""

    answers: Mapping[str, Answer]
    covers: Mapping[str, str]
    vouched: Mapping[str, Vouched]
    commit: str
    at: datetime | None
    asking: ExaminationRow | None
    problem: str  # why the last time came to nothing


async def ask(db: AsyncSession, row: ProjectRow, items: Iterable[str], by: Actor, *, fresh: bool) -> int:
    """Have these questions asked (none: all). The caller holds the project's row; a question that waits is joined."""
    wanted = sorted(set(items))
    number = events.append(db, row, by, "readiness.asked", items=wanted)
    db.add(
        ExaminationRow(
            project_id=row.id,
            number=number,
            items=wanted,
            fresh=fresh,
            asked_at=clock.now(),
            doing="",
            ended_at=None,
            problem="",
        )
    )
    return number


async def examination(db: AsyncSession, project_id: str, number: int) -> ExaminationRow | None:
    """What is still to be asked; nothing if it was."""
    row = await db.get(ExaminationRow, (project_id, number), populate_existing=True)
    return row if row and row.ended_at is None else None


async def doing(db: AsyncSession, project_id: str, number: int, question: str) -> None:
    """Say which question is at hand."""
    if row := await examination(db, project_id, number):
        row.doing = question
        db.info.setdefault("changed", set()).add(project_id)


async def found(db: AsyncSession, row: ProjectRow, answers: Iterable[Answer]) -> None:
    """Write what came of it. The caller holds the project's row."""
    for answer in answers:
        await db.merge(_finding(row.id, answer))
    await db.flush()


async def changed(db: AsyncSession, row: ProjectRow, number: int, whole: Report) -> None:
    """It is over, and this is what is known now. The caller holds the project's row."""
    await end(db, row, number)
    row.to_do = len(whole.missing)
    events.append(db, row, ORCHESTRATOR, "readiness.changed", score=whole.score)


async def end(db: AsyncSession, row: ProjectRow, number: int, problem: str = "") -> None:
    """It is over; the problem says why it came to nothing."""
    if one := await examination(db, row.id, number):
        one.ended_at, one.doing, one.problem = clock.now(), "", problem


async def by_itself(db: AsyncSession, project_id: str, number: int) -> bool:
    """Whether nobody asked for all of it: the end of the project did."""
    event = await db.get_one(EventRow, (project_id, number))
    return event.actor == ORCHESTRATOR.user_id and not event.data["items"]


async def vouch(db: AsyncSession, row: ProjectRow, item: str, sentence: str, by: Actor) -> None:
    """Keep a person's word, in place of the one before. The caller holds the project's row."""
    word = VouchRow(project_id=row.id, item=item, by=by.user_id, by_name=by.name, sentence=sentence, at=clock.now())
    await db.merge(word)
    events.append(db, row, by, "readiness.attested", item=item, sentence=sentence)


async def known(db: AsyncSession, project_id: str) -> Known:
    """Read all that is known."""
    rows = list(await db.scalars(select(FindingRow).where(FindingRow.project_id == project_id)))
    words = await db.scalars(select(VouchRow).where(VouchRow.project_id == project_id))
    asked = select(ExaminationRow).where(ExaminationRow.project_id == project_id)
    examinations = list(await db.scalars(asked.order_by(ExaminationRow.number)))
    newest = max(rows, key=lambda row: row.at, default=None)
    return Known(
        {row.item: _answer(row) for row in rows},
        {row.item: row.covers for row in rows},
        {word.item: Vouched(word.by_name, word.sentence, word.at) for word in words},
        newest.commit if newest else "",
        newest.at if newest else None,
        next((one for one in examinations if one.ended_at is None), None),
        examinations[-1].problem if examinations else "",
    )


def _finding(project_id: str, answer: Answer) -> FindingRow:
    evidence: list[dict[str, Any]] = [asdict(one) | {"at": one.at.isoformat()} for one in answer.evidence]
    return FindingRow(
        project_id=project_id,
        item=answer.item.id,
        state=answer.state,
        sentence=answer.sentence,
        evidence=evidence,
        commit=answer.evidence[0].commit if answer.evidence else "",
        covers=str(answer.details.get("covers", "")),
        details={name: value for name, value in answer.details.items() if name != "covers"},
        at=clock.now(),
    )


def _answer(row: FindingRow) -> Answer:
    evidence = tuple(Evidence(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in row.evidence)
    return Answer(BY_ID[row.item], State(row.state), row.sentence, evidence, details=row.details or {})
