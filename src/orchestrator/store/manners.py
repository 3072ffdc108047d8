"""How people want to be told of things on other services."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.elsewhere import DAY, Manners, News
from orchestrator.errors import NotUnderstood
from orchestrator.store.elsewhere import MannersRow

MOST = 100


async def of(db: AsyncSession, user_id: str) -> Manners:
    row = await db.get(MannersRow, user_id)
    return _value(row) if row else Manners()


async def many(db: AsyncSession, user_ids: Sequence[str]) -> dict[str, Manners]:
    rows = {row.user_id: row for row in await db.scalars(select(MannersRow).where(MannersRow.user_id.in_(user_ids)))}
    return {id: _value(rows[id]) if id in rows else Manners() for id in user_ids}


async def set(db: AsyncSession, user_id: str, manners: Manners) -> None:
    """Keep them. Raises NotUnderstood for times and numbers that are none."""
    for time in (manners.quiet_from, manners.quiet_until):
        if time is not None and not 0 <= time < DAY:
            raise NotUnderstood("A time of day looks like 20:30.")
    if (manners.quiet_from is None) != (manners.quiet_until is None):
        raise NotUnderstood("Quiet hours need a beginning and an end.")
    if not 0 <= manners.most_a_day <= MOST:
        raise NotUnderstood(f"Please choose a number between 0 and {MOST}.")
    if unknown := [kind for kind in manners.channels if kind not in {*News}]:
        raise NotUnderstood(f"There is no kind of news called “{unknown[0][:40]}”.")
    await db.merge(
        MannersRow(
            user_id=user_id,
            quiet_from=manners.quiet_from,
            quiet_until=manners.quiet_until,
            most_a_day=manners.most_a_day,
            channels=dict(manners.channels),
        )
    )


def _value(row: MannersRow) -> Manners:
    return Manners(row.quiet_from, row.quiet_until, row.most_a_day, dict(row.channels))
