"""What is done at each step of a project. Each may be begun again: effects are keyed, writes are fenced."""

from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.delivery import building, checking, limit, reviewing
from orchestrator.delivery import drafting as texts
from orchestrator.delivery.done import Done
from orchestrator.domain import changes
from orchestrator.domain import roadmap as roadmaps
from orchestrator.domain import vision as visions
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import Project, Signal, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.domain.vision import Vision
from orchestrator.runtime import read, runtime
from orchestrator.store import agreed, documents, events, messages, phases, projects, spends
from orchestrator.store.tables import DocumentRow, ProjectRow


async def drafting(project: Project) -> Done:
    """Write the next version of the vision from the brief."""
    row = await _affordable(project)
    before = await read(documents.find, project.id, "vision")
    brief = Brief.model_validate(row.brief)
    earlier = Vision.model_validate(before.data["vision"]) if before else None
    vision, usage = await texts.vision(brief if brief.name else brief.model_copy(update={"name": row.name}), earlier)
    if row.agreed:
        vision = await read(agreed.keeping, row, vision)
    version = before.version + 1 if before else 1
    changed = changes.says(changes.changes(earlier, vision)) if earlier else ""
    data = {"vision": vision.model_dump(mode="json"), "questions": list(vision.questions), "changed": changed}
    data["brief"] = row.brief  # what it was written from: a change that is not wanted leads back to it

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        text = visions.markdown(vision, version, earlier)
        await documents.add(db, row.id, "vision", data, text, note=changed, author=ORCHESTRATOR.name)
        spends.add(db, row, "vision", str(version), usage)
        if vision.name and vision.name != row.name:
            events.append(db, row, ORCHESTRATOR, "project.renamed", **{"from": row.name, "to": vision.name})
            row.name = vision.name
        events.append(db, row, ORCHESTRATOR, "vision.drafted", version=version, changed=changed)

    return Done(Signal.FINISHED, write)


async def _affordable(project: Project) -> ProjectRow:
    """The project's row. Raises limit.Reached where a model would be asked for which there is no money left."""
    row = await read(projects.row, project.id)
    if runtime().model and spends.reached(row):
        raise limit.Reached
    return row


async def roadmapping(project: Project) -> Done:
    """Split what is not built yet into phases."""
    row = await _affordable(project)
    document = await read(documents.agreed, row)
    finished = [phase for phase in await read(phases.of, project.id) if phase.status is PhaseStatus.COMPLETED]
    built = [feature for phase in finished for feature in phase.features]
    vision = Vision.model_validate(document.data["vision"])
    first = finished[-1].number + 1 if finished else 1
    before = await read(documents.find, project.id, "roadmap")
    notes = _notes(before, document.version, row.note)
    plan, said, usage = await texts.roadmap(vision, built, first, notes, prototype=row.builder == "starter")
    version = before.version + 1 if before else 1
    if finished and not plan.phases:
        await reviewing.put(project, None, reviewing.key(finished[-1], document.version))

    async def write(db: AsyncSession, row: ProjectRow) -> None:
        await phases.plan(db, row, plan.phases)
        data = {"roadmap": plan.model_dump(mode="json"), "said": said, "vision": document.version, "notes": notes}
        text = roadmaps.markdown(plan, version)
        await documents.add(db, row.id, "roadmap", data, text, note=said, author=ORCHESTRATOR.name)
        spends.add(db, row, "roadmap", str(version), usage)
        events.append(db, row, ORCHESTRATOR, "roadmap.drafted", version=version, phases=len(plan.phases))
        row.note = ""
        if not plan.phases:
            messages.reply(db, row, said)

    return Done(Signal.FINISHED if plan.phases else Signal.NOTHING_LEFT, write)


def _notes(before: DocumentRow | None, vision: int, note: str) -> list[str]:
    """All wishes about the phases of this vision, oldest first: a new one does not undo the others."""
    earlier = before.data["notes"] if before and before.data["vision"] == vision else []
    return [*earlier, *([note] if note else [])]


STEPS: dict[Step, Callable[[Project], Coroutine[Any, Any, Done]]] = {
    Step.DRAFTING: drafting,
    Step.PREPARING: building.preparing,
    Step.PRIMING: building.priming,
    Step.ROADMAPPING: roadmapping,
    Step.PLANNING: building.planning,
    Step.BUILDING: building.building,
    Step.CHECKING: checking.checking,
    Step.REPAIRING: building.repairing,
    Step.MERGING: building.merging,
    Step.UNDOING: building.undoing,
}
