"""We were let into a chat, or sent away."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.telegram.updates import Membership
from orchestrator.channels.telegram.visits import NAME
from orchestrator.runtime import tx
from orchestrator.store import rooms

AWAY = "We were blocked there, or sent away."


async def changed(membership: Membership) -> None:
    """Where we are not welcome nothing is said any more, until somebody speaks to us there."""
    await tx(_changed, membership)


async def _changed(db: AsyncSession, membership: Membership) -> None:
    for room in await rooms.within(db, NAME, str(membership.chat.id)):
        if membership.is_over:
            room.problem = AWAY
        elif room.problem == AWAY:
            room.problem = ""
