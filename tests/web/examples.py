"""Every page with a view filled by hand, by name: template, what is around it, and what is on it."""

from story import HREF, NADIA, NOBODY, PROJECTS, VISION_NEED, around, at
from story_after import COST, FREE, HISTORY, NO_HISTORY, NOT_READY, ONLOOKER, PEOPLE, PROBLEMS, READY, SETTINGS, SETUP
from story_elsewhere import SMOOTH, STUCK
from story_home import EMPTY, HOME, MANY, NO_MATCH
from story_phases import BUILDING, NO_PHASES, PHASE, PLANNED
from story_talk import BRAINSTORM, DECISION, RECEIPTS, REFUSED, STUCK_PAGE
from story_vision import CHANGES, NO_VISION, VISION

from orchestrator.domain.gate import Kind
from orchestrator.telling.marks import Field
from orchestrator.web.views import account, shell
from orchestrator.web.views.shell import Place

PAGES = {
    "setup": ("setup.html", NOBODY, SETUP),
    "sign-in": ("sign_in.html", NOBODY, account.SignInPage()),
    "session-expired": (
        "sign_in.html",
        NOBODY,
        account.SignInPage(HREF, "12 hours", Field("nadia@example.org"), Field("", "That password is not right.")),
    ),
    "home": ("home.html", at(Place.PROJECTS), HOME),
    "many": ("home.html", at(Place.PROJECTS, 0), MANY),
    "no-match": ("home.html", at(Place.PROJECTS, 0), NO_MATCH),
    "empty": ("home.html", at(Place.PROJECTS, 0), EMPTY),
    "brainstorm": ("talk.html", around(), BRAINSTORM),
    "decision": ("talk.html", around(VISION_NEED), DECISION),
    "refused": ("talk.html", around(VISION_NEED), REFUSED),
    "receipts": ("talk.html", around(), RECEIPTS),
    "stuck": (
        "talk.html",
        around(shell.need("Supper Sorted", Kind.ERROR_RESOLUTION, f"{HREF}#gate-15", "shopping list")),
        STUCK_PAGE,
    ),
    "vision": ("vision.html", around(VISION_NEED), VISION),
    "no-vision": ("vision.html", around(), NO_VISION),
    "changes": ("vision_changes.html", around(VISION_NEED), CHANGES),
    "building": ("progress.html", around(), BUILDING),
    "no-phases": ("progress.html", shell.Shell("csrf.html", NADIA, 0, shell.Rail((), PROJECTS)), NO_PHASES),
    "phase": (
        "phase.html",
        around(shell.need("Supper Sorted", Kind.PHASE_COMPLETE, f"{HREF}/phases/2", "try phase 2")),
        PHASE,
    ),
    "planned": ("phase.html", around(), PLANNED),
    "history": ("history.html", around(), HISTORY),
    "no-history": ("history.html", around(), NO_HISTORY),
    "ready": ("ready.html", around(), READY),
    "not-ready": ("ready.html", around(), NOT_READY),
    "cost": ("cost.html", around(), COST),
    "free": ("cost.html", around(), FREE),
    "settings": ("settings.html", at(Place.SETTINGS), SETTINGS),
    "operations": ("operations.html", at(Place.SETTINGS), STUCK),
    "nothing-stuck": ("operations.html", at(Place.SETTINGS), SMOOTH),
    "people": ("people.html", around(), PEOPLE),
    "onlooker": ("people.html", around(), ONLOOKER),
    **PROBLEMS,
}
