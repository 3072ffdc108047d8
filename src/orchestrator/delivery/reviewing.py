"""Gathers what reports are made of, from rows and git, and puts them into the repository when a project is complete."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from orchestrator import clock, faults
from orchestrator.delivery import hub, playbook, readiness, retelling
from orchestrator.delivery.review_rows import Rows, as_phase, decisions, intended, rows
from orchestrator.domain.project import Project, Step
from orchestrator.domain.review import execution, improving, patterns, reviewed
from orchestrator.domain.review import planned as plans
from orchestrator.domain.review.facts import EXECUTION, REVIEW, Facts, File, Phase, Plan, Ready
from orchestrator.domain.review.reviewed import Review
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import NotFound, OrchestratorError, Unreachable
from orchestrator.evidence import history, repository
from orchestrator.evidence.places import beside_tests
from orchestrator.forge.values import FileChange
from orchestrator.runtime import read, runtime
from orchestrator.store import hubs
from orchestrator.store.tables import PhaseRow

log = structlog.get_logger(__name__)
SUBJECT = "docs: what was built, and how far it is what was planned"
COMMANDS = {improving.PLAN: "plan-feature", improving.EXECUTE: "execute"}
PLACES = (*patterns.PAPERS, *COMMANDS, *improving.OTHERS.values())
FOLDERS = (".agents", ".claude", ".agents/commands", ".claude/commands")
TREE = "040000"


@dataclass(frozen=True, slots=True)
class Taken:
    """A phase that is part of the app already, and whose row does not say so yet."""

    number: int
    fresh: bool


def of_phase(facts: Facts, number: int) -> str:
    """What was built in one phase. Raises NotFound where there is none of this number."""
    if number not in {phase.number for phase in facts.phases}:
        raise NotFound(f"This project has no phase {number}.")
    return execution.markdown(facts, number)


def review(facts: Facts) -> Review:
    """How far the result is what was planned, and what our commands would learn from it."""
    return reviewed.review(facts, {place: playbook.to_keep(name) for place, name in COMMANDS.items()})


def key(last: PhaseRow, vision: int = 0) -> str:
    """Under which the reports are put into the repository: once for each time that a project is completed.

    `vision` is the version that needs no more phases, where that completes it.
    """
    return f"{last.project_id}-reports-{last.number}-{last.attempt}{f'-vision-{vision}' * bool(vision)}"


async def put(project: Project, taken: Taken | None, key: str) -> None:
    """Have both reports in the repository, once per key. An app is complete also where that cannot be."""
    faults.point("reports")
    try:
        facts = await retelling.asked(project.id, await gathered(project.id, taken, complete=True))
        texts = {EXECUTION: execution.markdown(facts), REVIEW: reviewed.markdown(review(facts))}
        texts = {path: text for path, text in texts.items() if await _ours(project.id, facts.save_point, path)}
        if (await read(rows, project.id)).project.hub:
            await _sent(project.id, texts, key)
        else:
            await runtime().forge.add(project.id, texts, SUBJECT, key)
    except Unreachable:
        raise  # the step is begun again when the rows are there
    except OrchestratorError as problem:
        log.warning("reports.not_put", project=project.id, reason=str(problem))
    except Exception:  # a bug of ours in a report must not hold up an app that is proven
        log.exception("reports.failed", project=project.id)


async def _ours(project_id: str, head: str, path: str) -> bool:
    """Whether nobody else has written something there that would be gone."""
    git = runtime().forge
    there = await git.text((await git.repository(project_id)).path, head, path)
    return there is None or any(told in there for told in (execution.FROM, reviewed.ABOUT))


async def _sent(project_id: str, texts: Mapping[str, str], key: str) -> None:
    """Where the app is on GitHub it goes there first: what GitHub does not take is not here either."""
    git, row = runtime().forge, (await read(rows, project_id)).project
    found = await hub.there(hubs.slug(row))
    await git.meet_elsewhere(project_id, found.git)
    branch = (await git.repository(project_id)).branch
    await git.send(project_id, found.git, await git.prepare(project_id, texts, SUBJECT, key), branch)
    await git.meet_elsewhere(project_id, found.git)


async def gathered(project_id: str, taken: Taken | None = None, *, complete: bool = False) -> Facts:
    """All that is known of a project now. `complete`: it is about to be, and what is not built never will be."""
    known = await read(rows, project_id)
    project = known.project
    source = Path(project.repository) if project.repository else None
    here = [row for row in known.phases if not complete or row.status is PhaseStatus.COMPLETED or _is(row, taken)]
    phases = await asyncio.gather(*(_phase(known, row, source, taken) for row in here))
    head = await _head(project_id) if source else ""
    guides, closed = await _guides(source, head) if source else ((), ())
    facts = Facts(
        name=project.name,
        save_point=head,
        at=clock.now(),
        complete=complete or project.step is Step.COMPLETED,
        phases=tuple(phases),
        first=intended(known),
        minds=known.minds,
        decisions=tuple(one for one in decisions(known) if not one.phase),
        files=await _files(source, _beginning(known.phases), head) if source else (),
        stops=known.stops,
        spent=runtime().currency.of(project.spent),
        limit=runtime().currency.of(known.limit),
        symbol=runtime().currency.symbol,
        guides=guides,
        closed=closed,
        ready=await _ready(project_id),
    )
    return await retelling.known(project_id, facts)


def _is(row: PhaseRow, taken: Taken | None) -> bool:
    return taken is not None and taken.number == row.number


async def _head(project_id: str) -> str:
    place = await runtime().forge.repository(project_id)
    return await repository.resolve(place.path, f"refs/heads/{place.branch}")


def _beginning(phases: Sequence[PhaseRow]) -> str:
    return next((phase.base for phase in phases if phase.base), "")


async def _ready(project_id: str) -> Ready:
    found = await readiness.report(project_id)
    looked = bool(found.commit)
    return Ready(found.score, len(found.answers), len(found.missing), found.hours, looked)


async def _phase(known: Rows, row: PhaseRow, source: Path | None, taken: Taken | None) -> Phase:
    """One phase, with what git says about its save points."""
    phase = as_phase(known, row, merged=taken.fresh if taken and _is(row, taken) else None)
    plan = known.plans.get(row.number)
    text = plan.markdown if plan else ""
    if source is None or not row.base or not row.commit:
        return replace(phase, plan=_plan(known, row, text, (), ()))
    files = await _files(source, row.base, row.commit)
    tree = await repository.tree(source, row.commit)
    near = [file.path for file in files if beside_tests(file.path)]
    said = "\n".join((await repository.texts(source, {path: tree[path] for path in near if path in tree})).values())
    return replace(
        phase,
        plan=_plan(known, row, text, tuple(tree), said),
        files=files,
        save_points=tuple(one.subject for one in await runtime().forge.history(source, row.base, row.commit)),
        first_tests=(await history.tests_first(source, row.base, row.commit)).first,
    )


def _plan(known: Rows, row: PhaseRow, text: str, tree: Sequence[str], tests: str | Sequence[str]) -> Plan:
    files, named = plans.files(text), plans.tests(text)
    seconds, money = plans.usually(known.estimates.get(row.number, ""), runtime().currency.symbol)
    there = tuple(one for one in files if any(plans.named(path, [one]) for path in tree))
    return Plan(files, there, named, tuple(name for name in named if name in tests), seconds, money)


async def _files(source: Path, base: str, head: str) -> tuple[File, ...]:
    changed = await runtime().forge.changed(source, base, head) if base and base != head else []
    return tuple(map(_file, changed))


def _file(one: FileChange) -> File:
    return File(one.path, one.status, one.added, one.removed)


async def _guides(source: Path, head: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The project's own rules and commands, and the places at which no text can be added."""
    listed = await repository.git(source, "ls-tree", "-z", head, "--", *PLACES, *FOLDERS)
    modes = {
        path.decode(): about.decode()[:6] for about, _, path in (one.partition(b"\t") for one in listed.split(b"\0"))
    }
    tree = await repository.tree(source, head)
    texts = await repository.texts(source, {path: tree[path] for path in PLACES if path in tree})
    guides = {path: text for path, text in texts.items() if "\ufffd" not in text}
    blocked = [folder for folder in FOLDERS if modes.get(folder, TREE) != TREE]
    closed = [
        path
        for path in PLACES
        if (path in modes and path not in guides) or any(path.startswith(f"{folder}/") for folder in blocked)
    ]
    return tuple(sorted(guides.items())), tuple(closed)
