"""The steps that touch a repository: set up, look around, plan, build, repair, take in, take out."""

import asyncio
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.delivery import documents as files
from orchestrator.delivery import hub, hub_merging, playbook, reviewing, run
from orchestrator.delivery.done import Done, failed, unfinished
from orchestrator.delivery.playbook import Told
from orchestrator.domain import plan as plans
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.plain import listed
from orchestrator.domain.project import Project, Signal
from orchestrator.domain.run import Report, RunKind
from orchestrator.evidence import repository
from orchestrator.runtime import read, runtime
from orchestrator.store import checks, documents, events, messages, phases, projects, readiness, runs
from orchestrator.store.tables import CheckRow, PhaseRow, ProjectRow

STARTER = "starter"
NO_PLAN = "The builder came to its end without writing a plan."
TOO_EARLY = "Nothing is built before the plan is approved: take back what you changed in {files}."
PLANS = ".agents/plans/"
MOST = 5  # names in one sentence


async def preparing(project: Project) -> Done:
    """A repository of our own, or the person's, used in place."""
    row = await read(projects.row, project.id)
    vision = await read(documents.agreed, row)
    git = runtime().forge
    if row.source:
        place = await git.adopt(project.id, row.source)
    else:
        texts = files.initial(project.name, vision.markdown, prototype=row.builder == STARTER)
        place = await (hub.prepared(row, texts) if row.hub else git.create(project.id, texts))

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        if not row.repository:
            events.append(db, row, ORCHESTRATOR, "repository.ready", path=str(place.path), adopted=bool(row.source))
        row.repository = str(place.path)

    return Done(Signal.FINISHED, write)


async def priming(project: Project) -> Done:
    """Have the builder look around in a copy, without changing anything."""
    git = runtime().forge
    place = await git.repository(project.id)
    source, head = place.path, await repository.resolve(place.path, f"refs/heads/{place.branch}")
    folder = runtime().settings.data_dir.resolve() / "copies" / project.id
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await repository.checkout(source, head, folder)
    told = await playbook.told(RunKind.PRIME, 0, partial(git.text, source, head))
    report = await _run(project, RunKind.PRIME, folder, told)
    return _ended(project, report)


async def planning(project: Project) -> Done:
    """Have the plan of the phase at hand written, on its trial copy."""
    phase = await read(phases.get, project.id, project.phase)
    row = await read(projects.row, project.id)
    git = runtime().forge
    worktree = await git.trial(project.id, phase.number, phase.attempt, phase.title)
    base = await git.base(worktree)
    papers = await _papers(row, worktree, base)
    await git.write(worktree, papers, f"docs: vision and phases, for phase {phase.number}")
    about, own = f"{phase.title}. {phase.outcome}", partial(git.text, worktree, base)
    wish, failure = row.note, _what_failed(row)
    told = await playbook.told(RunKind.PLAN, phase.number, own, about=about, wish=wish, failure=failure)
    report = await _run(project, RunKind.PLAN, worktree, told)
    if not report.ok:
        return unfinished(report, project.key)
    head = await git.keep(worktree, f"plan: phase {phase.number}, {phase.title}")
    plan = await git.text(worktree, head, f"{PLANS}phase-{phase.number}.md") or ""
    if lacking := await _lacking(phase, plan, worktree, head):
        return _plan_again(project, report, lacking)
    await hub.send(project.id, phase.number)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        (await phases.get(db, row.id, project.phase)).base = base
        name = f"plan-{project.phase}"
        document = await documents.add(db, row.id, name, {"commit": head}, plan, note=row.note, author=row.builder)
        await runs.end(db, row, project.key, report)
        version = document.version
        events.append(db, row, ORCHESTRATOR, "phase.planned", phase=project.phase, version=version, title=phase.title)
        row.note, row.problem = "", None

    return Done(Signal.FINISHED, write)


async def _lacking(phase: PhaseRow, plan: str, worktree: Path, head: str) -> tuple[str, ...]:
    """What is wrong with a plan as a document, for whoever wrote it."""
    if not plan:
        return (NO_PLAN,)
    git = runtime().forge
    changed = [change.path for change in await git.changed(worktree, await git.base(worktree), head)]
    early = [path for path in changed if not path.startswith(files.OURS)]
    told = (TOO_EARLY.format(files=listed(early[:MOST])),) if early else ()
    return (*told, *plans.missing(plan, [criterion["id"] for criterion in phase.criteria]))


def _plan_again(project: Project, report: Report, lacking: tuple[str, ...]) -> Done:
    """Have it mended, as long as that may help; then a person is asked."""
    if project.tries >= runtime().settings.repairs:
        sentence = NO_PLAN if NO_PLAN in lacking else f"The plan of phase {project.phase} is not whole. {lacking[0]}"
        return failed(sentence, Report(ok=False, sentence=sentence), project.key, lacking=lacking)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        await runs.end(db, row, project.key, report)
        row.problem = {"sentence": "\n".join(lacking), "details": {}}

    return Done(Signal.RED, write)


async def building(project: Project) -> Done:
    """Have the phase built. Whether it is any good is decided by the checks that follow."""
    row = await read(projects.row, project.id)
    return await _build(project, RunKind.EXECUTE, wish=row.note, failure=_what_failed(row))


async def repairing(project: Project) -> Done:
    """Have mended what our checks, or the person, found wrong. What a repair did not help has its root cause found."""
    row = await read(projects.row, project.id)
    phase = await read(phases.get, project.id, project.phase)
    red = [check for check in await read(checks.newest, project.id, project.phase) if not check.passed]
    failure = _log(red, phase)
    return await _build(project, RunKind.REPAIR, wish=row.note, failure=failure, cause=bool(red) and project.tries > 1)


async def merging(project: Project) -> Done:
    """Take exactly the save point that was checked into the app."""
    phase = await read(phases.get, project.id, project.phase)
    key = f"{project.id}-phase-{phase.number}-{phase.attempt}"
    git = runtime().forge
    if (await read(projects.row, project.id)).hub:
        merged = await hub_merging.merge(project, phase, key)
    else:
        merged = await git.merge(project.id, phase.number, phase.attempt, phase.commit, phase.title, key)
    fresh = not await git.changed((await git.repository(project.id)).path, phase.commit, merged)
    last = project.phase >= project.phases
    if last:
        await reviewing.put(project, reviewing.Taken(phase.number, fresh), reviewing.key(phase))

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        taken = await phases.get(db, row.id, project.phase)
        taken.merged, taken.fresh = merged, fresh
        row.to_do = None  # the app is another one now
        if items := [one["item"] for one in taken.criteria if one.get("item")]:
            await readiness.ask(db, row, items, ORCHESTRATOR, fresh=False)  # as it was checked, so it is remembered
        events.append(
            db, row, ORCHESTRATOR, "phase.completed", phase=project.phase, title=phase.title, commit=merged, fresh=fresh
        )
        messages.reply(db, row, _taken(project, phase, last=last))

    return Done(Signal.FINISHED if last else Signal.NEXT_PHASE, write)


async def undoing(project: Project) -> Done:
    """Take a finished phase out again, by a new save point: nothing is rewritten."""
    row = await read(projects.row, project.id)
    number = row.undo
    phase = await read(phases.get, project.id, number)
    commit = await runtime().forge.undo(project.id, phase.merged, f"{project.id}-undo-{number}-{phase.attempt}")
    await hub_merging.undone(project.id, phase)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        row.to_do = None
        events.append(db, row, ORCHESTRATOR, "phase.undone", phase=number, title=phase.title, commit=commit)
        messages.reply(
            db, row, f"Phase {number} is taken out again; your app is as it was before. Nothing is deleted. "
            "When you say go on, the phase is planned anew."
        )  # fmt: skip

    return Done(Signal.FINISHED, write)


async def _run(project: Project, kind: RunKind, where: Path, told: Told) -> Report:
    report = await run.once(project, kind, where, told.text)
    return replace(report, details=report.details | {"playbook": told.source})


async def _build(project: Project, kind: RunKind, *, wish: str, failure: str, cause: bool = False) -> Done:
    phase = await read(phases.get, project.id, project.phase)
    git = runtime().forge
    worktree = await git.trial(project.id, phase.number, phase.attempt, phase.title)
    base = await git.base(worktree)
    if not phase.base:
        await _as_approved(project, phase, worktree, base)
    own = partial(git.text, worktree, base)
    about = f".agents/plans/phase-{phase.number}.md"
    told = await playbook.told(kind, phase.number, own, about=about, wish=wish, failure=failure, cause=cause)
    report = await _run(project, kind, worktree, told)
    head = await git.keep(worktree, f"keep: what was left of phase {phase.number}")
    if not report.ok:
        return unfinished(report, project.key)
    await hub.send(project.id, phase.number)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        built = await phases.get(db, row.id, project.phase)
        built.base, built.commit = base, head
        await runs.end(db, row, project.key, report)
        events.append(
            db, row, ORCHESTRATOR, "phase.built", phase=project.phase, commit=head, repair=kind is RunKind.REPAIR
        )
        row.note, row.problem = "", None

    return Done(Signal.FINISHED, write)


def _ended(project: Project, report: Report) -> Done:
    if not report.ok:
        return failed(report.sentence, report, project.key)

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        await runs.end(db, row, project.key, report)

    return Done(Signal.FINISHED, write)


async def _papers(project: ProjectRow, worktree: Path, base: str) -> dict[str, str]:
    """What every trial copy begins with."""
    vision = await read(documents.agreed, project)
    planned = [phases.as_planned(row) for row in await read(phases.of, project.id)]
    papers = files.papers(vision.data["vision"], vision.markdown, planned)
    if project.builder == STARTER and await runtime().forge.text(worktree, base, files.FILE) is None:
        papers[files.FILE] = files.PREVIEW  # an adopted repository does not say how a prototype is started
    return papers


async def _as_approved(project: Project, phase: PhaseRow, worktree: Path, base: str) -> None:
    """A copy in which nothing was planned, for an answer to the plan was taken back, gets the plan of the new yes."""
    row = await read(projects.row, project.id)
    plan = await read(documents.latest, project.id, f"plan-{phase.number}")
    papers = await _papers(row, worktree, base) | {f"{PLANS}phase-{phase.number}.md": plan.markdown}
    await runtime().forge.write(worktree, papers, f"plan: phase {phase.number}, as approved")


def _what_failed(row: ProjectRow) -> str:
    return str((row.problem or {}).get("sentence", ""))


def _log(red: list[CheckRow], phase: PhaseRow) -> str:
    found = [f"{finding['sentence']}" for finding in phase.findings if finding.get("severity") == "alarm"]
    return "\n\n".join([*(f"{check.command}\n{check.sentence}\n{check.excerpt}" for check in red), *found])


def _taken(project: Project, phase: PhaseRow, *, last: bool) -> str:
    done = f"Phase {phase.number} is proven and part of your app: {phase.title[:1].lower()}{phase.title[1:]}."
    if last:
        return f"{done} That was the last phase, so {project.name} is complete. You can try it, ask for more, or undo."
    return f"{done} I am having the next phase planned."
