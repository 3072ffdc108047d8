"""The first page: what waits for this person, and all projects."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.gate import Kind
from orchestrator.domain.policy import ANSWERS
from orchestrator.domain.project import MIDWAY, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.store import pages
from orchestrator.store.pages import Page, Standing
from orchestrator.store.tables import GateRow
from orchestrator.telling import standing, times
from orchestrator.telling.marks import LATER, PROVEN, STUCK, WORKING, Field, Mark, State
from orchestrator.telling.words import bare, figure, lower_first
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import gates as gate_views
from orchestrator.web.views import home as views
from orchestrator.web.views import phases as phase_views
from orchestrator.web.views.home import Bead, HomePage, NeedCard, ProjectCard, ProjectRow, ProjectTable

CARDS = 12  # with more projects than that, a table is easier to read
ROWS = 30
NEEDS = 12
YOU = Mark(State.YOU, "you", "Waiting for you")
READING = {Kind.VISION_DOC: "the vision is written.", Kind.ROADMAP: "the list of phases is written."}


async def page(
    db: AsyncSession, viewer: Viewer, *, query: str = "", cursor: str = "", idea: Field | None = None
) -> HomePage:
    """Read one page of projects, with those that wait for this person first."""
    user = viewer.person.user_id
    every = await pages.count(db, user)
    chosen = bool(query or cursor)
    many = every > CARDS or chosen
    shown = await pages.page(db, user, cursor=cursor, limit=ROWS if many else CARDS, like=query)
    # As it is, the list begins with those that wait.
    waiting = await pages.page(db, user, limit=NEEDS, waiting=True) if chosen else shown
    first = viewer.person.name.split(" ", 1)[0]
    return HomePage(
        greeting=views.greeting(first, viewer.now, viewer.zone) if every else views.first_greeting(first),
        needs=needs(viewer, waiting.standings[:NEEDS]),
        projects=() if many else tuple(card(viewer, found) for found in shown.standings),
        table=table(viewer, shown, every, query) if many else None,
        idea=idea or Field(),
    )


def needs(viewer: Viewer, shown: Sequence[Standing]) -> tuple[NeedCard, ...]:
    return tuple(need(viewer, found, found.gate) for found in shown if found.gate and found.role in ANSWERS)


def need(viewer: Viewer, found: Standing, gate: GateRow) -> NeedCard:
    since = times.since(gate.opened_at, viewer.now, viewer.zone)
    return NeedCard(
        gate.id,
        gate_views.card(gate.kind),
        gate.question,
        around.where(gate),
        f"{found.project.name}: {_about(found, gate)}",
        f"{since}. No rush: nothing happens without you.",
    )


def _about(found: Standing, gate: GateRow) -> str:
    if gate.kind in READING:
        return READING[gate.kind]
    phase = standing.at_hand(found)
    place = f"phase {gate.phase} of {found.project.phases}"
    return f"{place}, {lower_first(bare(phase.title))}." if phase else f"{place}."


def card(viewer: Viewer, found: Standing) -> ProjectCard:
    line = standing.status_line(found, viewer.zone)
    active = times.ago(found.project.updated_at, viewer.now, viewer.zone)
    small = f"Active {active} · {standing.spent(found.project) or 'nothing spent'}"
    return ProjectCard(found.project.name, f"/projects/{found.project.id}", beads(found), line.news, small)


def beads(found: Standing) -> tuple[Bead, ...]:
    """The phases once there are some, the stations of the journey before that."""
    if found.phases:
        return tuple(_phase(found, phase.number, phase.status) for phase in found.phases)
    step = found.project.paused_from if found.project.step in MIDWAY else found.project.step
    idea = PROVEN if step not in {Step.TALKING, Step.DRAFTING} else WORKING
    vision = YOU if step is Step.VISION else (LATER if idea is WORKING else PROVEN)
    phases = LATER if vision is not PROVEN else (YOU if found.gate else WORKING)
    stations = (("Idea", idea), ("Vision", vision), ("Phases", phases), ("Ready", LATER))
    return tuple(Bead(mark, f"{name}: {_said(mark)}") for name, mark in stations)


def _phase(found: Standing, number: int, status: PhaseStatus) -> Bead:
    stuck = number == found.project.phase and found.project.step is Step.PROBLEM
    mark = STUCK if stuck else phase_views.mark(status, found.project.step is Step.PAUSED)
    return Bead(mark, f"Phase {number}: {_said(mark)}")


def _said(mark: Mark) -> str:
    return lower_first(mark.text or "waiting for you")


def table(viewer: Viewer, shown: Page, every: int, query: str) -> ProjectTable:
    rows = tuple(_row(viewer, found) for found in shown.standings)
    older = f"/?cursor={shown.next_cursor}{f'&q={query}' if query else ''}" if shown.next_cursor else ""
    caption = f"Projects with “{query}”" if query else figure(every, "project")
    return ProjectTable(rows, caption, query, older=older)


def _row(viewer: Viewer, found: Standing) -> ProjectRow:
    line = standing.status_line(found, viewer.zone)
    active = times.ago(found.project.updated_at, viewer.now, viewer.zone)
    mark = Mark(line.state, line.icon, line.news)
    return ProjectRow(found.project.name, f"/projects/{found.project.id}", mark, active, _spent(found))


def _spent(found: Standing) -> str:
    """In a column of its own, so without the word."""
    return standing.spent(found.project).removesuffix(" spent") or "nothing"
