"""What to ask at a decision, put together from the rows."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import permission, plain, question
from orchestrator.domain.project import AFTER_WORK, BEFORE_PHASES, Step
from orchestrator.domain.question import Proof, Question
from orchestrator.domain.run import Ask, RunKind, Wish
from orchestrator.store import agreed, asides, checks, costs, documents, phases, spends, took
from orchestrator.store.tables import ProjectRow

UNKNOWN = "Something went wrong that we did not expect."
STARTER = "The builder is the starter: it makes a prototype you can click. It is not an AI and not the finished app."

TRIED = {
    Step.PRIMING: frozenset({RunKind.PRIME}),
    Step.PLANNING: took.PLANNING,
    Step.BUILDING: took.BUILDING,
}


LATE = "This was said when the builder had come to its end, and it has not heard it: “{text}”"
UNHEARD = "This was said while the prototype was made, and the starter cannot listen: “{text}”"
SHOWN = 300  # characters of what somebody said


async def compose(db: AsyncSession, project: ProjectRow) -> Question:
    """The question of this step, with what people said meanwhile that no builder has heard."""
    asked = await ASKS[project.step](db, project)
    late = await asides.late(db, project.id) if project.step in AFTER_WORK else []
    says = UNHEARD if project.builder == took.STARTER else LATE
    heard = tuple(says.format(text=plain.cut(plain.one_line(text), SHOWN)) for text in late)
    return replace(asked, considerations=(*heard, *asked.considerations)) if heard else asked


async def _vision(db: AsyncSession, project: ProjectRow) -> Question:
    document = await documents.latest(db, project.id, "vision")
    unsure = document.data["questions"]
    if project.agreed:
        usually = await took.usually(db, project, took.PHASE, "for each phase that is new or begun anew")
        change = await agreed.change(db, project, document, usually)
        return question.change(change, document.version, unsure, project.change_from)
    return question.vision(project.name, document.version, unsure, document.data.get("changed", ""))


async def _roadmap(db: AsyncSession, project: ProjectRow) -> Question:
    document = await documents.latest(db, project.id, "roadmap")
    planned = [phases.as_planned(row) for row in await phases.of(db, project.id) if row.number > project.phase]
    builder = STARTER if project.builder == "starter" else ""
    usually = await took.usually(db, project, took.PHASE, "for each phase")
    return question.roadmap(planned, document.version, document.data["said"], builder, usually)


async def _plan(db: AsyncSession, project: ProjectRow) -> Question:
    name = f"plan-{project.phase}"
    document = await documents.latest(db, project.id, name)
    phase = phases.as_planned(await phases.get(db, project.id, project.phase))
    return question.plan(phase, name, document.version, await took.usually(db, project, took.BUILDING))


async def _result(db: AsyncSession, project: ProjectRow) -> Question:
    phase = phases.as_planned(await phases.get(db, project.id, project.phase))
    last = project.phase == project.phases
    usually = "" if last else await took.usually(db, project, took.PHASE, "for the next phase")
    return question.result(phase, await _proof(db, project), last=last, usually=usually)


async def _problem(db: AsyncSession, project: ProjectRow) -> Question:
    sentence = (project.problem or {}).get("sentence", UNKNOWN)
    building = project.failed_at not in BEFORE_PHASES and project.phase > 0
    proof = await _proof(db, project) if building else Proof()
    kinds = TRIED.get(project.failed_at or project.step)
    usually = await took.usually(db, project, kinds, "to try again") if kinds else ""
    merging = project.failed_at is Step.MERGING
    return question.problem(sentence, project.phase, proof, building=building, merging=merging, usually=usually)


async def _permission(db: AsyncSession, project: ProjectRow) -> Question:
    del db
    ask = project.ask or {}
    return permission.question(Ask(Wish(ask["wish"]), ask["subject"]), project.phase)


async def _limit(db: AsyncSession, project: ProjectRow) -> Question:
    parts = [(part.title, part.spent.micros) for part in await costs.parts(db, project.id)]
    return question.limit(project.spent, project.budget, spends.currency(db), parts)


async def _proof(db: AsyncSession, project: ProjectRow) -> Proof:
    phase = await phases.get(db, project.id, project.phase)
    found = [check for check in await checks.newest(db, project.id, project.phase) if check.commit == phase.commit]
    findings = tuple(finding["sentence"] for finding in phase.findings)
    return Proof(tuple(check.sentence for check in found), findings, project.tries)


ASKS: dict[Step, Callable[[AsyncSession, ProjectRow], Awaitable[Question]]] = {
    Step.VISION: _vision,
    Step.ROADMAP: _roadmap,
    Step.PLAN: _plan,
    Step.RESULT: _result,
    Step.PROBLEM: _problem,
    Step.LIMIT: _limit,
    Step.PERMISSION: _permission,
}
