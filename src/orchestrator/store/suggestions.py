"""What people suggested who may not command a project. Their words are data, and do nothing by themselves."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.errors import Conflict, NotFound
from orchestrator.store import events
from orchestrator.store.elsewhere import SuggestionRow
from orchestrator.store.tables import ProjectRow

LONGEST = 4000


async def made(
    db: AsyncSession, project: ProjectRow, id: str, channel: str, author: str, text: str, link: str
) -> SuggestionRow:
    """Keep it, once for each id. The caller holds the project's row."""
    if known := await db.get(SuggestionRow, id):
        return known
    row = SuggestionRow(
        id=id,
        project_id=project.id,
        channel=channel,
        author=author,
        text=text[:LONGEST],
        link=link,
        at=clock.now(),
        taken=None,
        decided_by=None,
        decided_at=None,
    )
    db.add(row)
    events.append(db, project, ORCHESTRATOR, "suggestion.made", suggestion=id, author=author, service=channel)
    return row


async def known(db: AsyncSession, ids: Sequence[str]) -> set[str]:
    """Which of these there are already, whatever became of them."""
    return set(await db.scalars(select(SuggestionRow.id).where(SuggestionRow.id.in_(ids))))


async def decided(db: AsyncSession, project: ProjectRow, id: str, *, taken: bool, by: Actor) -> SuggestionRow:
    """Take it up, or not, once. Raises NotFound or Conflict. The caller holds the project's row."""
    row = await db.get(SuggestionRow, id, populate_existing=True)
    if row is None or row.project_id != project.id:
        raise NotFound("There is no such suggestion.")
    if row.taken is not None:
        raise Conflict("Somebody decided about this suggestion already.")
    row.taken, row.decided_by, row.decided_at = taken, by.user_id, clock.now()
    events.append(db, project, by, "suggestion.decided", suggestion=id, taken=taken)
    return row


async def open(db: AsyncSession, project_id: str) -> list[SuggestionRow]:
    """What nobody decided about yet, oldest first."""
    query = select(SuggestionRow).where(SuggestionRow.project_id == project_id, SuggestionRow.taken.is_(None))
    return list(await db.scalars(query.order_by(SuggestionRow.at, SuggestionRow.id)))
