"""Have a builder do one job: once per key, however often it is begun."""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.delivery import limit, outside, pricing, told
from orchestrator.domain.project import BUILDS, Project
from orchestrator.domain.run import Activity, Job, Report, Rule, RunKind
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.ports import Executor, Hear, silence
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import asides, projects, rules, runs, spends
from orchestrator.store.took import STARTER

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
    begun = await tx(_begin, project, kind, row.builder)
    if begun is None:
        raise asyncio.CancelledError  # the project moved between our look and now: this leg is over
    faults.point(f"begun:{project.step}")
    only, phase = kind is RunKind.PRIME, 0 if kind is RunKind.PRIME else project.phase
    binds = await runtime().forge.lend(project.id, worktree)
    job = Job(
        project.key,
        kind,
        worktree,
        prompt,
        read_only=only,
        network=row.network,
        rules=begun.rules,
        binds=binds,
        project=project.id,
        phase=phase,
    )
    before = await outside.look(project.id)
    try:
        report = await _persistently(builder, job, begun, _Signs(project, begun.run))
    except BuilderLost:
        await runtime().forge.take_back(worktree)
        raise
    if problem := await runtime().forge.take_back(worktree):
        report = replace(report, details=report.details | {"history": problem})
    report = await pricing.priced(row.builder, report)
    if seen := outside.changed(before, await outside.look(project.id)):
        report = replace(report, details=report.details | {"outside": seen})
    ended = "completed" if report.ok else "asked" if report.ask else "failed"
    runtime().metrics.runs.labels(kind.value, row.builder, ended).inc()
    faults.point(f"ran:{project.step}")
    return report


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run as it begins: what it may do, and whether its builder can be told anything on the way."""

    project: Project
    run: str
    rules: tuple[Rule, ...]
    listens: bool

    @property
    def hear(self) -> Hear:
        return self._hear if self.listens else silence

    async def _hear(self) -> str:
        said = await tx(self._take)
        return told.now(said) if said else ""

    async def _take(self, db: AsyncSession) -> list[str]:
        row = await projects.fenced(db, self.project)
        return await asides.take(db, row, self.run) if row else []

    async def before(self, db: AsyncSession) -> list[str]:
        """What was said before, and to a try that was cut off: the next one has to hear it again."""
        row = await projects.fenced(db, self.project) if self.listens else None
        return await asides.begin(db, row, self.run) if row else []


async def _begin(db: AsyncSession, project: Project, kind: RunKind, builder: str) -> _Begun | None:
    run = await runs.begin(db, project, kind, builder)
    if run is None:
        return None
    row = await projects.row(db, project.id)
    if spends.reached(row):
        raise limit.Reached  # and nothing was begun: the transaction is undone
    said = () if kind is RunKind.PRIME else tuple(map(rules.value, await rules.holding(db, row)))
    return _Begun(project, run.id, said, project.step in BUILDS and builder != STARTER)


async def _persistently(builder: Executor, job: Job, begun: _Begun, signs: "_Signs") -> Report:
    for left in reversed(range(TRIES)):
        prompt = told.prompt(job.prompt, job.rules, await tx(begun.before))
        try:
            report = await builder.run(replace(job, prompt=prompt), signs.tell, begun.hear)
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
