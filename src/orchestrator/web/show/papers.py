"""The vision as a page, its versions, and what happened day by day."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.vision import Vision
from orchestrator.store import documents, events, gates
from orchestrator.store.events import Event
from orchestrator.store.pages import Standing
from orchestrator.store.tables import DocumentRow
from orchestrator.telling import times
from orchestrator.telling.marks import Choice, Link, Mark, State
from orchestrator.web.show import activity, around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import history as history_views
from orchestrator.web.views import phases as phase_views
from orchestrator.web.views import vision as views
from orchestrator.web.views.history import HistoryEntry, HistoryPage
from orchestrator.web.views.phases import ActivityItem
from orchestrator.web.views.shell import Tab
from orchestrator.web.views.vision import ChangesPage, VisionPage

MOST = 300  # events on the page of history
APPROVED = Mark(State.PROVEN, "proven", "Approved")
NOT_YET = Mark(State.YOU, "you", "Not approved yet")
EARLIER = Mark(State.REST, "stale", "An earlier version")


async def vision(db: AsyncSession, viewer: Viewer, found: Standing, version: int | None) -> VisionPage:
    """One version of the vision; without any, a page that says so."""
    id, base = found.project.id, f"/projects/{found.project.id}"
    head = around.head(viewer, found, Tab.VISION)
    every = await documents.versions(db, id, "vision")
    if not every:
        return VisionPage(head)
    row = await documents.latest(db, id, "vision", version)
    shown = Vision.model_validate(row.data["vision"])
    before = next((other for other in every if other.version == row.version - 1), None)
    earlier = Vision.model_validate(before.data["vision"]) if before else None
    at = times.day_at(row.created_at, viewer.now, viewer.zone)
    return VisionPage(
        head,
        title=f"{shown.name}: the vision",
        lead=shown.what,
        mark=await _mark(db, id, row, every[0].version),
        about=f"Version {row.version}, {at}",
        sections=views.sections(shown, row.version, earlier),
        versions=_versions(viewer, every, row.version),
        compare=Link(
            f"What changed since {row.version - 1}?", f"{base}/vision/changes?a={row.version - 1}&b={row.version}"
        )
        if before
        else None,
        answer=around.where(found.gate) if found.gate and found.gate.kind is Kind.VISION_DOC else "",
        talk=base,
        download=f"{base}/vision.md?version={row.version}",
    )


async def _mark(db: AsyncSession, id: str, row: DocumentRow, newest: int) -> Mark:
    asked = [gate for gate in await gates.of(db, [id]) if gate.document == "vision" and gate.version == row.version]
    if any(gate.status is Status.APPROVED for gate in asked):
        return APPROVED
    return NOT_YET if row.version == newest else EARLIER


def _versions(viewer: Viewer, every: list[DocumentRow], shown: int) -> tuple[Choice, ...]:
    written = [(row.version, times.when(row.created_at, viewer.now, viewer.zone)) for row in every]
    return views.versions(every[0].version, shown, written)


async def changes(db: AsyncSession, viewer: Viewer, found: Standing, a: int | None, b: int | None) -> ChangesPage:
    """What is different between two versions; without numbers, between the newest two."""
    id, base = found.project.id, f"/projects/{found.project.id}"
    new = await documents.latest(db, id, "vision", b)
    old = await documents.latest(db, id, "vision", a or max(1, new.version - 1))
    every = await documents.versions(db, id, "vision")
    different = views.changes(Vision.model_validate(old.data["vision"]), Vision.model_validate(new.data["vision"]))
    return ChangesPage(
        around.head(viewer, found, Tab.VISION),
        title=f"What changed from version {old.version} to version {new.version}",
        intro=views.intro(different),
        changes=different,
        old=_versions(viewer, every, old.version),
        new=_versions(viewer, every, new.version),
        answer=around.where(found.gate) if found.gate and found.gate.kind is Kind.VISION_DOC else "",
        read=Link(f"Read version {new.version}", f"{base}/vision?version={new.version}"),
    )


async def history(db: AsyncSession, viewer: Viewer, found: Standing, show: str) -> HistoryPage:
    """Everything that happened, newest first, a day at a time."""
    happened = await events.latest(db, found.project.id, activity.kinds(show), MOST)
    entries = [(event.at, _entry(event, item)) for event, item in activity.items(viewer, happened, show)]
    return HistoryPage(
        around.head(viewer, found, Tab.HISTORY),
        days=history_views.days(entries, viewer.now, viewer.zone),
        show=phase_views.filters(show),
        download=f"/api/v1/projects/{found.project.id}/export",
    )


def _entry(event: Event, item: ActivityItem) -> HistoryEntry:
    return HistoryEntry(f"event-{event.number}", item)
