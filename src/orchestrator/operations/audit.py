"""Whether the log of everything that happened is as it was written."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.operations.place import Place
from orchestrator.store import events


async def broken(here: Place) -> list[dict[str, Any]]:
    """Find every place at which it does not hold."""

    async def look(db: AsyncSession) -> list[dict[str, Any]]:
        return [asdict(found) async for found in events.verify(db, here.vault.derive("audit"))]

    return await here.read(look)
