"""Take away what has run out: sessions, links, and tokens once nobody asks about them any more."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.tables import LinkRow, SessionRow, TokenRow

LINKS: Final = timedelta(days=1)  # so long a link that was used or ran out can still say so
TOKENS: Final = timedelta(days=30)  # so long an ended token stays on its owner's list


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Safe to do at any time and any number of times; the audit log keeps that these things existed."""
    await db.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    await db.execute(delete(LinkRow).where(or_(LinkRow.expires_at <= now - LINKS, LinkRow.used_at <= now - LINKS)))
    ended = or_(TokenRow.expires_at <= now - TOKENS, TokenRow.revoked_at <= now - TOKENS)
    await db.execute(delete(TokenRow).where(ended))
