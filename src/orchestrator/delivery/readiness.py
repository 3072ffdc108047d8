"""Finds out how ready a project is, when somebody asks, and says which of the answers are out of date by now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.report import Answer, Evidence, Report, State, attested, not_checked, whole
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import NotPossible
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import checks, phases, projects, readiness
from orchestrator.store.readiness import Known
from orchestrator.store.tables import CheckRow, PhaseRow, ProjectRow

HEAD = "HEAD"
PROMISES = "F1"  # told by the phases, their checks, and what was taken into the app


async def look(project_id: str, number: int) -> None:
    """Ask what was asked for, once. Begun again after a crash, it goes on with what it remembers."""
    asked = await read(readiness.examination, project_id, number)
    if asked is None:
        return
    faults.point("look:began")
    project = await read(projects.row, project_id)
    try:
        report = await _asked(project, asked.items or list(BY_ID), fresh=asked.fresh)
    except NotPossible as why:
        await tx(_over, project_id, number, str(why))
        return
    faults.point("look:found")
    await tx(_found, project_id, number, tuple(report.answers), frozenset(asked.items or BY_ID))
    faults.point("look:stored")


async def _asked(project: ProjectRow, items: Sequence[str], *, fresh: bool) -> Report:
    from orchestrator.evidence.ready import asking  # noqa: PLC0415 - large, and seldom needed

    data = runtime().settings.data_dir.resolve()
    return await asking.report(
        Path(project.repository),
        HEAD,
        data / "ready" / project.id,
        sandbox=Sandbox(runtime().settings.sandbox, hidden=(data,)),
        items=[item for item in items if item != PROMISES],
        memory=data / "ready" / "memory",
        fresh=fresh,
        say=lambda _sentence: None,
    )


async def _over(db: AsyncSession, project_id: str, number: int, problem: str) -> None:
    await projects.locked(db, project_id)
    await readiness.end(db, await projects.row(db, project_id), number, problem)


async def _found(
    db: AsyncSession, project_id: str, number: int, answers: Iterable[Answer], items: frozenset[str]
) -> None:
    row = await projects.locked(db, project_id)
    if await readiness.examination(db, project_id, number) is None:
        return  # another process was quicker
    now = [answer for answer in answers if answer.item.id in items and answer.item.id != PROMISES]
    before = await readiness.known(db, project_id)
    answered = {**before.answers, **{one.item.id: one for one in now}, PROMISES: await promises(db, row)}
    await readiness.found(db, row, number, now, whole("", clock.now(), answered.values()))


async def report(project_id: str) -> Report:
    """What is known now: answers of which the content has changed since are out of date."""
    project = await read(projects.row, project_id)
    known = await read(readiness.known, project_id)
    promised = await read(promises, project)
    covers = await _covers(project) if known.answers else {}
    answers = [_now(id, known, covers) for id in BY_ID if id != PROMISES]
    return whole(known.commit, known.at or clock.now(), [promised, *answers])


async def _covers(project: ProjectRow) -> dict[str, str]:
    """For each item the content that an answer about it would speak of now."""
    from orchestrator.evidence.ready import asking  # noqa: PLC0415 - as above

    return await asking.current(Path(project.repository), HEAD)


def _now(id: str, known: Known, covers: dict[str, str]) -> Answer:
    item, answer = BY_ID[id], known.answers.get(id)
    if answer is None or answer.state is State.NOT_CHECKED:
        if word := known.vouched.get(id):
            return attested(item, word, clock.now())
        return answer or not_checked(item)
    if covers.get(id) != known.covers.get(id):
        return replace(answer, state=State.OUT_OF_DATE, sentence=f"The app has changed since: {answer.sentence}")
    if answer.state is State.FAILED and (word := known.vouched.get(id)):
        return attested(item, word, clock.now())
    return answer


async def promises(db: AsyncSession, project: ProjectRow) -> Answer:
    """Whether each promise of each phase was tried by a test that passed, and is part of the app as it was checked."""
    item = BY_ID[PROMISES]
    known = await phases.of(db, project.id)
    promised = [(phase, criterion["id"]) for phase in known for criterion in phase.criteria]
    if not promised:
        return not_checked(item, "Nothing was promised yet: the phases say what will be.")
    kept = {id for phase in known for id in await _kept(db, project, phase)}
    left = [id for _, id in promised if id not in kept]
    shown = Evidence(
        f"the promises of {len(known)} phases and the checks of each",
        known[-1].merged or known[-1].commit,
        clock.now(),
        excerpt=f"kept: {', '.join(sorted(kept)) or 'none'}\nnot yet: {', '.join(left) or 'none'}",
    )
    if left:
        return Answer(
            item, State.FAILED, f"{len(left)} of {len(promised)} promises are not kept yet: {left[0]} …", (shown,)
        )
    return Answer(item, State.PROVEN, f"All {len(promised)} promises are kept, each with a test of its own.", (shown,))


async def _kept(db: AsyncSession, project: ProjectRow, phase: PhaseRow) -> set[str]:
    """What a phase that is part of the app has shown: by checks of that very save point."""
    if phase.status is not PhaseStatus.COMPLETED or not phase.fresh:
        return set()
    newest: Sequence[CheckRow] = await checks.newest(db, project.id, phase.number)
    if any(not check.passed for check in newest):
        return set()
    here = [check for check in newest if check.commit == phase.commit]
    return {id for check in here for id in check.details.get("tried", [])}
