"""The vision that was agreed: remembered with the yes, compared with what is wished for, brought back after a no."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import delta
from orchestrator.domain import vision as visions
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.delta import Built, Delta
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.domain.vision import Vision
from orchestrator.store import documents, events, phases
from orchestrator.store.tables import DocumentRow, PhaseRow, ProjectRow

ONLY_PLANNED = {Step.PLAN, Step.PLANNING}


async def brief(db: AsyncSession, project: ProjectRow) -> Brief | None:
    """What the agreed vision was written from; None while nothing is agreed."""
    return _brief(await documents.agreed(db, project)) if project.agreed else None


async def change(db: AsyncSession, project: ProjectRow, wish: DocumentRow, extra: str = "") -> Delta:
    """What a newer version of the vision would change. `extra` is the time and money that this takes, if known."""
    before = _vision(await documents.agreed(db, project))
    built = [_built(row, project) for row in await phases.of(db, project.id)]
    return delta.between(before, _vision(wish), project.agreed, built, extra)


async def keeping(db: AsyncSession, project: ProjectRow, wish: Vision) -> Vision:
    """A wish in the words of what was agreed, as far as it says the same."""
    before = await documents.agreed(db, project)
    return delta.keeping(_vision(before), _brief(before), wish, Brief.model_validate(project.brief))


async def restore(db: AsyncSession, project: ProjectRow) -> None:
    """After a no: the newest version is what was agreed, as a version of its own, and the brief says so again."""
    before, newest = await documents.agreed(db, project), await documents.latest(db, project.id, "vision")
    if newest.version != before.version:
        await _again(db, project, before, newest.version + 1)
    told = delta.back(_brief(before), Brief.model_validate(project.brief))
    project.brief, project.asked = told.model_dump(mode="json"), ""
    events.append(db, project, ORCHESTRATOR, "brief.changed", brief=project.brief)


async def _again(db: AsyncSession, project: ProjectRow, before: DocumentRow, version: int) -> None:
    vision = delta.renamed(_vision(before), project.name)
    note = f"Back to version {before.version}: the change was not wanted."
    data = before.data | {"vision": vision.model_dump(mode="json"), "changed": note, "back_to": before.version}
    text = visions.markdown(vision, version)
    await documents.add(db, project.id, "vision", data, text, note=note, author=ORCHESTRATOR.name)
    events.append(db, project, ORCHESTRATOR, "vision.drafted", version=version, changed=note)


def _vision(document: DocumentRow) -> Vision:
    return Vision.model_validate(document.data["vision"])


def _brief(document: DocumentRow) -> Brief:
    """Visions that were written before this was kept say it themselves."""
    kept = document.data.get("brief")
    return Brief.model_validate(kept) if kept else delta.told(_vision(document))


def _built(row: PhaseRow, project: ProjectRow) -> Built:
    finished = row.status is PhaseStatus.COMPLETED
    planned = project.phase == row.number and project.change_from in ONLY_PLANNED
    return Built(row.number, tuple(row.features), finished, bool(row.base) and not finished, planned)
