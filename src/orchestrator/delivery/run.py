"""Have a builder do one job: once per key, however often it is begun."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.delivery import limit, outside, pricing
from orchestrator.domain.project import Project
from orchestrator.domain.run import Activity, Job, Report, RunKind
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.ports import Executor
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import projects, runs, spends
from orchestrator.store.tables import RunRow

log = structlog.get_logger(__name__)
TRIES = 3  # of a builder that went away in the middle
PAUSE_S = 0.5
NO_BUILDER = "The builder that this project was begun with is not set up any more. Whoever runs this can set it again."
QUIET_S = 0.3  # at most one sign of life in this time becomes an event; the newest one wins


async def once(project: Project, kind: RunKind, worktree: Path, prompt: str) -> Report:
    """Run the project's builder in this folder. Raises limit.Reached where there is no money left for it.

    Raises BuilderLost, with a sentence, when it went away every time.
    """
    row = await read(projects.row, project.id)
    builder = runtime().builders.get(row.builder)
    if builder is None:
        raise NotPossible(NO_BUILDER)
    run = await tx(_begin, project, kind, row.builder)
    if run is None:
        raise asyncio.CancelledError  # the project moved between our look and now: this leg is over
    faults.point(f"begun:{project.step}")
    job = Job(project.key, kind, worktree, prompt, read_only=kind is RunKind.PRIME, network=row.network)
    before = await outside.look(project.id)
    report = await pricing.priced(row.builder, await _persistently(builder, job, _Signs(project, run.id)))
    if seen := outside.changed(before, await outside.look(project.id)):
        report = replace(report, details=report.details | {"outside": seen})
    runtime().metrics.runs.labels(kind.value, row.builder, "completed" if report.ok else "failed").inc()
    faults.point(f"ran:{project.step}")
    return report


async def _begin(db: AsyncSession, project: Project, kind: RunKind, builder: str) -> RunRow | None:
    run = await runs.begin(db, project, kind, builder)
    if run is not None and spends.reached(await projects.row(db, project.id)):
        raise limit.Reached  # and nothing was begun: the transaction is undone
    return run


async def _persistently(builder: Executor, job: Job, signs: "_Signs") -> Report:
    for left in reversed(range(TRIES)):
        try:
            report = await builder.run(job, signs.tell)
            await signs.last()
        except BuilderLost as lost:
            log.warning("run.lost", key=job.key, reason=str(lost), tries_left=left)
            if not left:
                raise
            await asyncio.sleep(PAUSE_S)
        else:
            return report
    raise AssertionError("the last try returns or raises")


class _Signs:
    """Signs of life on their way to the log: a flood of them becomes a few, the newest is never lost."""

    def __init__(self, project: Project, run_id: str) -> None:
        self._project, self._run_id = project, run_id
        self._told = 0.0
        self._held: Activity | None = None
        self._sentence = ""

    async def tell(self, activity: Activity) -> None:
        if activity.kind == "text" or activity.sentence == self._sentence:
            return  # a builder's prose is never a result; and nothing is said twice in a row
        self._held = activity
        if time.monotonic() - self._told >= QUIET_S:
            await self.last()

    async def last(self) -> None:
        if self._held is None:
            return
        activity, self._held = self._held, None
        self._sentence, self._told = activity.sentence, time.monotonic()
        used_up = await tx(runs.tell, self._project, self._run_id, activity)
        if used_up:
            raise limit.Reached  # in the middle of its work: what it costs it tells as it goes
        faults.point(f"told:{self._project.step}")
