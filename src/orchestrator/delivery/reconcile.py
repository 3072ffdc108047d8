"""Make what happens match what the rows say: in every click's own transaction, at start, and every few seconds."""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.errors import Unreachable
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import projects, wanted

log = structlog.get_logger(__name__)


async def settle(db: AsyncSession, project_id: str) -> None:
    """Start what this project's rows ask for. What runs already is joined. The caller's changes are flushed first."""
    await db.flush()
    for work in sorted(await wanted.by(db, project_id), key=lambda work: work.number):
        await runtime().jobs.start(db, work)


async def again(db: AsyncSession, project_id: str) -> None:
    """Do so for a project whose row nobody holds."""
    await projects.locked(db, project_id)
    await settle(db, project_id)


async def everything() -> None:
    missing = await read(wanted.everywhere) - await read(runtime().jobs.known)
    for project_id in sorted({work.project_id for work in missing}):
        await tx(again, project_id)


async def forever() -> None:
    while True:
        try:
            await everything()
        except Unreachable as away:
            log.warning("reconcile.put_off", reason=str(away))
        except Exception:
            log.exception("reconcile.failed")  # the next round tries again
        await asyncio.sleep(runtime().settings.reconcile_s)
