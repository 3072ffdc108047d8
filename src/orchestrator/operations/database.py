"""The form of the database."""

from orchestrator.operations.place import Place
from orchestrator.presence import alone
from orchestrator.store import migrate

EMPTY = "empty"


async def upgrade(here: Place, to: str) -> str:
    await migrate.upgrade(here.database, to)
    return await current(here)


async def downgrade(here: Place, to: str) -> str:
    """Only while no server works: it would write what the earlier form does not have. Raises NotAlone."""
    async with alone(here.presence()):
        await migrate.downgrade(here.database, to)
    return await current(here)


async def current(here: Place) -> str:
    return await migrate.current(here.database) or EMPTY
