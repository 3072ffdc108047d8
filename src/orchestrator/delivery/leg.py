"""Carry one project from one decision to the next: the domain's table plus time. It ends where a person is needed."""

import asyncio
import errno
import secrets
from collections.abc import Coroutine
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.delivery import limit, readiness
from orchestrator.delivery.done import Done, failed
from orchestrator.delivery.steps import STEPS
from orchestrator.domain.project import Project
from orchestrator.errors import OrchestratorError, Unreachable
from orchestrator.forge.locks import locked
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import projects

log = structlog.get_logger(__name__)
FULL = "The disk is full. Nothing is lost; when there is room again, we go on."
LOOK_AGAIN_S = 5.0  # how long a Stop whose wake was lost between processes can go unnoticed


async def leg(project_id: str, number: int) -> None:
    """Safe to start any number of times: the rows say what is next, and a stale number changes nothing."""
    faults.point("leg")
    async with locked(runtime().settings.data_dir.resolve() / "legs" / f"{project_id}.lock"):
        await carry(project_id, number)


async def carry(project_id: str, number: int) -> None:
    """Go from step to step, alone on this machine.

    A queue gives work away whose process has been silent for too long. It may only have been slow and be still at it:
    then two would sweep the same folders. The one that waits here finds the rows as the other left them.
    """
    while project := await read(projects.working, project_id, number):
        done = await work(project)
        faults.point(f"worked:{project.step}")
        if done is None:
            return
        await tx(finish, project, done)
        faults.point(f"moved:{project.step}")


async def finish(db: AsyncSession, project: Project, done: Done) -> None:
    """Write what came of a step and move on, in one transaction and only if nobody moved the project meanwhile."""
    row = await projects.fenced(db, project)
    if row is None:
        return
    await done.write(db, row)
    await projects.advance(db, project, done.signal, **done.said)
    await readiness.at_the_end(db, row)


async def work(project: Project) -> Done | None:
    """Do one step. What cannot be helped here becomes a question to a person; None when it stopped, or never began."""
    faults.point(f"work:{project.step}")
    try:
        return await unless_stopped(project, STEPS[project.step](project))
    except limit.Reached:
        await tx(limit.stop, project)
        return None
    except Unreachable:
        raise  # nothing can be written down either: the whole leg is begun again when the rows are there
    except OrchestratorError as error:
        log.warning("step.failed", project=project.id, step=project.step, reason=str(error))
        return failed(str(error))
    except Exception as error:  # a bug of ours must end in a question, not in a project that hangs
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return failed(FULL)
        reference = secrets.token_hex(4)
        log.exception("step.broke", project=project.id, step=project.step, reference=reference)
        return failed("Something went wrong on our side.", reference=reference)


async def unless_stopped(project: Project, doing: Coroutine[Any, Any, Done]) -> Done | None:
    """Stop is a row: when it says that this leg is over, on whichever process, the work is cancelled at once."""
    task = asyncio.create_task(doing)
    try:
        with runtime().bus.follow(project.id) as follower:
            task.add_done_callback(lambda _: follower.wake())
            while not task.done():
                if await read(projects.working, project.id, project.leg) is None:
                    return None
                await follower.changed(within=LOOK_AGAIN_S)
        return await task
    finally:
        task.cancel()
        await asyncio.wait({task})
