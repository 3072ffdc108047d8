"""Finds out how ready a project is, when somebody asks, and says which of the answers are out of date by now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.contain.sandbox import Sandbox
from orchestrator.delivery import promised
from orchestrator.delivery.promised import Facts
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import Step
from orchestrator.domain.ready.board import PROMISED
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.promises import TRIED
from orchestrator.domain.ready.report import Answer, Report, State, attested, not_checked, whole
from orchestrator.domain.review.facts import EXECUTION, REVIEW
from orchestrator.errors import NotPossible
from orchestrator.evidence import repository
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import messages, projects, readiness
from orchestrator.store.readiness import Known
from orchestrator.store.tables import ProjectRow

HEAD = "HEAD"
SAID = "I asked all 54 questions about your app, each with evidence. {verdict} {band} It is all on the page “Ready?”."
FINE = "You may give it to strangers."
AT_HOME = "It is fine to use at home; please do not give it to strangers yet."


@dataclass(frozen=True, slots=True)
class Now:
    """The content of the app: for each item what an answer would speak of, and whether it is as it was taken in."""

    covers: Mapping[str, str]
    same: bool


async def look(project_id: str, number: int) -> None:
    """Ask what was asked for, once. Begun again after a crash, it goes on with what it remembers."""
    asked = await read(readiness.examination, project_id, number)
    if asked is None:
        return
    faults.point("look:began")
    project = await read(projects.row, project_id)
    facts = await read(promised.facts, project)
    try:
        report = await _asked(project, asked.items or list(BY_ID), facts, fresh=asked.fresh)
        known = await read(readiness.known, project_id)
        now = await _now(project, facts, replace(known, answers={one.item.id: one for one in report.answers}))
    except NotPossible as why:
        await tx(_over, project_id, number, str(why))
        return
    faults.point("look:found")
    await tx(_found, project_id, number, tuple(report.answers), frozenset(asked.items or BY_ID), now)
    faults.point("look:stored")


async def asked(project_id: str, source: Path, commit: str, item: str, *, approved: str) -> Answer:
    """One question about one save point, which need not be part of the app; what is found about it is remembered."""
    folder = f"{project_id}-{item}"
    try:
        report = await _ask(source, commit, folder, [item], approved=approved, fresh=False)
    except NotPossible as why:
        return not_checked(BY_ID[item], str(why))
    return next(one for one in report.answers if one.item.id == item)


async def _asked(project: ProjectRow, items: Sequence[str], facts: Facts, *, fresh: bool) -> Report:
    source = Path(project.repository)
    approved = await repository.known(source, facts.approved)
    return await _ask(source, HEAD, project.id, items, approved=approved, fresh=fresh)


async def _ask(source: Path, commit: str, folder: str, items: Sequence[str], *, approved: str, fresh: bool) -> Report:
    from orchestrator.evidence.ready import asking  # noqa: PLC0415 - large, and seldom needed

    data = runtime().settings.data_dir.resolve()
    return await asking.report(
        source,
        commit,
        data / "ready" / folder,
        sandbox=Sandbox(runtime().settings.sandbox, hidden=(data,)),
        items=items,
        memory=data / "ready" / "memory",
        fresh=fresh,
        approved=approved,
        say=lambda _sentence: None,
    )


async def _over(db: AsyncSession, project_id: str, number: int, problem: str) -> None:
    await projects.locked(db, project_id)
    await readiness.end(db, await projects.row(db, project_id), number, problem)


async def _found(
    db: AsyncSession, project_id: str, number: int, answers: Iterable[Answer], items: frozenset[str], now: Now
) -> None:
    row = await projects.locked(db, project_id)
    if await readiness.examination(db, project_id, number) is None:
        return  # another process was quicker
    found = [answer for answer in answers if answer.item.id in items]
    await readiness.found(db, row, found)
    whole_ = judged(await readiness.known(db, project_id), await promised.facts(db, row), now)
    await readiness.changed(db, row, number, whole_)
    if await readiness.by_itself(db, project_id, number):
        messages.reply(db, row, SAID.format(verdict=whole_.verdict, band=FINE if whole_.ready else AT_HOME))


async def at_the_end(db: AsyncSession, row: ProjectRow) -> None:
    """A project that has just become complete is asked all questions by itself, once for what it is made of now.

    In the transaction that moved it, so that no crash comes between. The caller holds the project's row.
    """
    wanted = runtime().settings.look_at_end == "on" and row.step is Step.COMPLETED and row.to_do is None
    asking = (await readiness.known(db, row.id)).asking if wanted else None
    if wanted and row.repository and not (asking and not asking.items):
        await readiness.ask(db, row, (), ORCHESTRATOR, fresh=False)


async def report(project_id: str) -> Report:
    """What is known now: answers of which the content has changed since are out of date."""
    project = await read(projects.row, project_id)
    known, facts = await read(readiness.known, project_id), await read(promised.facts, project)
    return judged(known, facts, await _now(project, facts, known))


async def as_found(db: AsyncSession, project: ProjectRow) -> Report | None:
    """What was known when somebody looked last, without a look at the app as it is; none where nobody has looked."""
    known = await readiness.known(db, project.id)
    if known.at is None:
        return None
    return judged(known, await promised.facts(db, project), Now(known.covers, same=project.to_do is not None))


def judged(known: Known, facts: Facts, now: Now) -> Report:
    """The report that follows from what was found, what was promised, and what the app is made of now."""
    answers = {id: _answer(id, known, now.covers) for id in BY_ID if id not in {PROMISED, TRIED}}
    tried = promised.journey(facts, known, now.covers, same=now.same)
    answers[TRIED] = _vouched(tried, known) if not tried.counts else tried
    board = promised.board(facts, known, now.covers, answers, same=now.same)
    answers[PROMISED] = promised.everything(facts, board)
    return replace(whole(known.commit, known.at or clock.now(), answers.values()), board=board)


async def _now(project: ProjectRow, facts: Facts, known: Known) -> Now:
    """What the app is made of, as far as anything is known that would be compared with it."""
    from orchestrator.evidence.ready import asking  # noqa: PLC0415 - large, and seldom needed

    if not project.repository or not (known.answers or facts.last):
        return Now({}, same=False)
    source = Path(project.repository)
    same = await repository.same(source, facts.approved, HEAD, beside=(EXECUTION, REVIEW))
    return Now(await asking.current(source, HEAD) if known.answers else {}, same=same)


def _answer(id: str, known: Known, covers: Mapping[str, str]) -> Answer:
    item, answer = BY_ID[id], known.answers.get(id)
    if answer is None or answer.state is State.NOT_CHECKED:
        return _vouched(answer or not_checked(item), known)
    if covers.get(id) != known.covers.get(id):
        return replace(answer, state=State.OUT_OF_DATE, sentence=f"The app has changed since: {answer.sentence}")
    return _vouched(answer, known) if answer.state is State.FAILED else answer


def _vouched(answer: Answer, known: Known) -> Answer:
    """With a person's word in its place, where somebody gave it."""
    word = known.vouched.get(answer.item.id)
    return attested(answer.item, word, clock.now()) if word else answer
