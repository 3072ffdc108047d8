"""The vision of Supper Sorted in two versions, and its pages."""

from story import HREF, head
from story_talk import BRAINSTORM

from orchestrator.domain.brief import Feature, Priority
from orchestrator.domain.vision import Vision
from orchestrator.telling.marks import Choice, Link, Mark, State
from orchestrator.telling.status import StatusLine
from orchestrator.web.views import vision
from orchestrator.web.views.shell import Tab

FEATURES_2 = (
    Feature(
        id="F1",
        title="Plans the week",
        description="with recipes it finds, for the people at home each evening.",
        priority=Priority.HIGH,
    ),
    Feature(
        id="F2",
        title="Swaps a meal",
        description="with one tap, and explains why it suggests the new one.",
        priority=Priority.HIGH,
    ),
    Feature(
        id="F3",
        title="Makes the shopping list",
        description=", adding things up and leaving out what you have.",
        priority=Priority.HIGH,
    ),
)
PRINTS = Feature(id="F5", title="Prints the plan", description="for the fridge door.", priority=Priority.LOW)
VISION_2 = Vision(
    name="Supper Sorted",
    what="A phone app that plans a week of dinners around the people who are home, and turns it into one shopping "
    "list.",
    who="Parents who work and cook. The first family is yours: two adults, one of them on late shifts, and two "
    "children, "
    "Ella and Sam.",
    problem="At half past five, on the bus, the same question: what’s for dinner? Nobody knows what is in the fridge, "
    "someone will not eat it, and by Friday food is thrown away.",
    solution="On Sunday the app suggests seven dinners. You swap what does not fit, and get one list for one shop.",
    features=(*FEATURES_2, PRINTS),
    journey=(
        "Sunday, 19:00: Nadia opens the app. Seven dinners are suggested.",
        "Tom is on late shift on Tuesday; she marks him as away, and Tuesday becomes soup.",
        "Ella does not eat fish. Nadia swaps Thursday’s salmon for pasta.",
        "Monday, in the shop: the list is on her phone, sorted by aisle.",
    ),
    success=("One shop a week for four weeks.", "Fewer than two evenings a month without a plan."),
    out=("Ordering groceries", "Counting calories", "Sharing with other families"),
    questions=("May grandparents see the plan?",),
)
NUTS = Feature(
    id="F4",
    title="Respects allergies.",
    description="Nothing with nuts is ever suggested for Sam.",
    priority=Priority.HIGH,
)
VISION_3 = VISION_2.model_copy(
    update={
        "features": (
            FEATURES_2[0].model_copy(
                update={"description": "from the recipes you put in, for the people at home each evening."}
            ),
            *FEATURES_2[1:],
            NUTS,
            PRINTS,
        )
    }
)
READING = StatusLine(State.YOU, "you", "Waiting for you: is this the app you want?", "This is version 3 of the vision.")
VISION = vision.VisionPage(
    head(Tab.VISION, READING, strip=f"{HREF}#gate-7"),
    "Supper Sorted: the vision",
    VISION_3.what,
    Mark(State.YOU, "you", "Not approved yet"),
    "Version 3, today at 9:40, written with Nadia",
    vision.sections(VISION_3, 3, VISION_2),
    vision.versions(3, 3, [(3, "today, 9:40"), (2, "today, 9:20"), (1, "today, 9:12")]),
    Link("What changed since 2?", f"{HREF}/vision/changes?a=2&b=3"),
    answer=f"{HREF}#gate-7",
    download=f"{HREF}/vision.md",
)
NO_VISION = vision.VisionPage(head(Tab.VISION, BRAINSTORM.head.status))
CHANGED = vision.changes(VISION_2, VISION_3)
CHANGES = vision.ChangesPage(
    head(Tab.VISION, READING, strip=f"{HREF}#gate-7"),
    "What changed from version 2 to version 3",
    vision.intro(CHANGED, "Nadia wrote: “Please add allergies. Sam can’t have nuts.”"),
    (
        *CHANGED,
        vision.ChangeView(
            "What this means for you", text="About €0.60 and 15 minutes more in phase 2. No phase moves."
        ),
    ),
    (Choice("2", "2 – today, 9:20", chosen=True), Choice("1", "1 – today, 9:12")),
    (Choice("3", "3 – today, 9:40 (newest)", chosen=True),),
    answer=f"{HREF}#gate-7",
    read=Link("Read version 3", f"{HREF}/vision?version=3"),
)
