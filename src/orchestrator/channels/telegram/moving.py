"""A group that becomes a larger one gets another number; what we know of it goes along."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.runtime import tx
from orchestrator.store import rooms

NAME = "telegram"


async def follow(chat: int, to: int) -> None:
    """Speak there from now on, in the group and in its topics."""
    await tx(_follow, str(chat), str(to))


async def _follow(db: AsyncSession, chat: str, to: str) -> None:
    await rooms.moved(db, NAME, chat, to)
