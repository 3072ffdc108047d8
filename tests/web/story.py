"""Who and what the example pages are about: Nadia, her projects, and what is around each page."""

from orchestrator.domain.gate import Kind
from orchestrator.telling.marks import Mark, State
from orchestrator.telling.status import StatusLine
from orchestrator.web.views import home, shell
from orchestrator.web.views.shell import Place, Tab

NADIA = shell.Person("Nadia Rahman", "nadia@example.org")
HREF = "/projects/supper-sorted"
YOU = Mark(State.YOU, "you")
TALKED = Mark(State.REST, "talk")
PART = Mark(State.WORK, "part")

BAKERY = shell.need("Corner Bakery", Kind.PHASE_COMPLETE, "/projects/bakery/phases/2")
PROJECTS = (
    shell.RailProject("Supper Sorted", HREF, current=True),
    shell.RailProject("Corner Bakery pre-orders", "/projects/bakery"),
    shell.RailProject("Swim club sign-ups", "/projects/swim"),
)


def around(*needs: shell.Need) -> shell.Shell:
    rail = shell.Rail((*needs, BAKERY), PROJECTS)
    return shell.Shell("csrf-of-nadia", NADIA, len(needs) + 1, rail)


def at(place: Place | None = None, needs: int = 2) -> shell.Shell:
    return shell.Shell("csrf-of-nadia", NADIA, needs, None, place)


def head(tab: Tab, status: StatusLine, strip: str = "") -> shell.ProjectHead:
    return shell.ProjectHead("supper-sorted", "Supper Sorted", status, tab, strip)


def working(news: str, more: str) -> StatusLine:
    return StatusLine(State.WORK, "work", news, more)


NOBODY = shell.Shell("csrf-of-nobody")
VISION_NEED = shell.need("Supper Sorted", Kind.VISION_DOC, f"{HREF}#gate-7")
QUESTION = "Is this the app you want?"
PHASE_3 = working(
    "Building phase 3 of 5: you get one shopping list.", "Step 2 of 7, about 35 minutes left. €2.85 of €10 spent."
)


def bead(mark: Mark, name: str, said: str) -> home.Bead:
    return home.Bead(mark, f"{name}: {said}")
