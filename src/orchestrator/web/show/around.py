"""What stands around every page: the menu, what waits, the list of projects, and the head of a project."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.policy import ANSWERS
from orchestrator.store import pages
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow
from orchestrator.telling import standing
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import shell as views
from orchestrator.web.views.shell import Need, Place, ProjectHead, Rail, RailProject, Shell, Tab

IN_RAIL = 8


async def shell(
    db: AsyncSession, viewer: Viewer, *, current: str = "", rail: bool = True, place: Place | None = None
) -> Shell:
    """Read what this person sees at the top and at the side."""
    waiting = await pages.count(db, viewer.person.user_id, waiting=True)
    shown = (await pages.page(db, viewer.person.user_id, limit=IN_RAIL)).standings if rail else ()
    return Shell(
        csrf=viewer.person.csrf,
        person=person(viewer),
        needs=waiting,
        rail=Rail(needs(shown), _projects(shown, current)) if rail else None,
        place=place,
    )


def person(viewer: Viewer) -> views.Person:
    who = viewer.person
    return views.Person(who.name, who.email, who.theme, who.whole_answers)


def needs(shown: Sequence[Standing]) -> tuple[Need, ...]:
    """The open decisions that this person may answer, each as a line."""
    return tuple(
        views.need(found.project.name, found.gate.kind, where(found.gate))
        for found in shown
        if found.gate and found.role in ANSWERS
    )


def where(gate: GateRow) -> str:
    """The address of the card of a decision."""
    return f"/projects/{gate.project_id}#gate-{gate.id}"


def head(viewer: Viewer, found: Standing, tab: Tab, **only: str | int) -> ProjectHead:
    """What `only` names is all that the page's stream has to keep up to date."""
    line = standing.status_line(found, viewer.zone)
    project = found.project
    return ProjectHead(project.id, project.name, line, tab, strip(found, tab), project.last_event, urlencode(only))


def strip(found: Standing, tab: Tab) -> str:
    """The address of an open question, on the pages that do not show it."""
    return where(found.gate) if found.gate and found.role in ANSWERS and tab is not Tab.TALK else ""


def _projects(shown: Sequence[Standing], current: str) -> tuple[RailProject, ...]:
    return tuple(
        RailProject(found.project.name, f"/projects/{found.project.id}", current=found.project.id == current)
        for found in shown
    )
