"""Every page with views filled by hand: Nadia's meal planner, and her two older projects."""

from markupsafe import Markup

from orchestrator.domain.brief import Clarity, Feature, Priority, Topic
from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.vision import Vision
from orchestrator.web import markdown
from orchestrator.web.views import (
    account,
    cost,
    gates,
    history,
    home,
    phases,
    problems,
    ready,
    settings,
    shell,
    talk,
    vision,
)
from orchestrator.web.views.marks import (
    FAILED,
    LATER,
    NOT_CHECKED,
    OUT_OF_DATE,
    PROVEN,
    STUCK,
    WORKING,
    Action,
    Choice,
    Document,
    Field,
    Link,
    Mark,
    Note,
    State,
    Step,
)
from orchestrator.web.views.shell import Place, Tab
from orchestrator.web.views.status import StatusLine

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


HOME = home.HomePage(
    "Good morning, Nadia",
    needs=(
        home.NeedCard(
            gates.card(Kind.VISION_DOC),
            QUESTION,
            f"{HREF}#gate-7",
            "Supper Sorted: the vision is written. Two pages, about four minutes to read.",
            "Since 9:40. No rush: nothing happens without you.",
        ),
        home.NeedCard(
            gates.card(Kind.PHASE_COMPLETE),
            "Customers can choose a pick-up time. Does it do what you wanted?",
            "/projects/bakery/phases/2",
            "Corner Bakery, phase 2 of 4: all nine checks passed. Trying it takes two minutes.",
            "Since yesterday 17:12. Phase 3 starts after your answer.",
        ),
    ),
    projects=(
        home.ProjectCard(
            "Supper Sorted",
            HREF,
            (
                bead(PROVEN, "Idea", "done"),
                bead(YOU, "Vision", "waiting for you"),
                bead(LATER, "Phases", "later"),
                bead(LATER, "Ready", "later"),
            ),
            "The vision waits for your yes.",
            "Active 12 minutes ago · €0.38 of €10",
        ),
        home.ProjectCard(
            "Corner Bakery pre-orders",
            "/projects/bakery",
            (
                bead(PROVEN, "Phase 1", "proven"),
                bead(YOU, "Phase 2", "waiting for you"),
                bead(LATER, "Phase 3", "later"),
                bead(LATER, "Phase 4", "later"),
            ),
            "Phase 2 of 4 is proven and waits for you to try it.",
            "Active yesterday · €3.10 of €15",
        ),
        home.ProjectCard(
            "Swim club sign-ups",
            "/projects/swim",
            (
                bead(PROVEN, "Phase 1", "proven"),
                bead(Mark(State.REST, "paused"), "Phase 2", "paused"),
                bead(LATER, "Phase 3", "later"),
            ),
            "Paused by you on Monday, in phase 2 of 3. Nothing is lost.",
            "Active on 16 November · €1.95 of €10",
        ),
    ),
)
MANY = home.HomePage(
    "Good evening, Nadia",
    table=home.ProjectTable(
        (
            home.ProjectRow(
                "Supper Sorted", HREF, Mark(State.YOU, "you", "Waiting for you"), "12 minutes ago", "€0.38"
            ),
            home.ProjectRow("Corner Bakery pre-orders", "/projects/bakery", PROVEN, "yesterday", "€3.10"),
            home.ProjectRow(
                "Swim club sign-ups", "/projects/swim", Mark(State.REST, "paused", "Paused"), "on 16 November"
            ),
        ),
        "312 projects, those that wait for you first",
        query="s",
        older="/?q=s&cursor=3",
        newer="/?q=s",
    ),
)
NO_MATCH = home.HomePage("Good evening, Nadia", table=home.ProjectTable((), "No projects with “zebra”", query="zebra"))
EMPTY = home.HomePage(home.first_greeting("Nadia"))

COMPOSER = talk.Composer(f"{HREF}/messages")
JOURNEY = (
    talk.JourneyStep("Idea", PROVEN, "Talked through this morning"),
    talk.JourneyStep("Vision", Mark(State.YOU, "you"), "Waiting for your yes", current=True),
    talk.JourneyStep("Phases", LATER, "You approve the list before it starts"),
    talk.JourneyStep("Building", LATER, "Phase by phase, each with proof"),
    talk.JourneyStep("Ready?", LATER, "54 questions, answered with evidence"),
)


def me(id: str, text: str, when: str, channel: str = "") -> talk.MessageView:
    return talk.MessageView(id, talk.Voice.ME, markdown.plain(text), at=when, channel=channel)


def us(id: str, text: str, when: str) -> talk.MessageView:
    return talk.MessageView(id, talk.Voice.US, markdown.html(text), at=when)


BRAINSTORM = talk.TalkPage(
    head(
        Tab.TALK,
        StatusLine(
            State.WORK,
            "talk",
            "Getting to know your idea.",
            ", about 3 more questions. €0.21 of €10 spent.",
            Link("5 of 7 topics are clear", "#brief"),
        ),
    ),
    log=(
        me(
            "1",
            "I want an app that plans dinners for busy parents. I never know what to cook and we throw away so much food.",
            "9:02",
        ),
        us(
            "2",
            "That is a tiring question to face every evening. Let’s find out what would take it off your plate.\n\n"
            "Think of last Tuesday: when did you start wondering what to cook, and what was in the way?",
            "9:02",
        ),
        me(
            "3",
            "On the bus home at half five. Ella won’t eat fish, my husband is on late shifts twice a week, and I had no "
            "idea what was in the fridge.",
            "9:04",
        ),
        us(
            "4",
            "So a plan has to fit who is home, what each person eats, and what you already have. I wrote that down.\n\n"
            "If it worked perfectly for a month, what would be different at your house?",
            "9:04",
        ),
        me(
            "5",
            "One shop a week, and no more “what’s for dinner” at six. Oh, and it’s two children, not one: Ella and Sam.",
            "9:06",
            "by Telegram",
        ),
        talk.MessageView(
            "6", talk.Voice.SYSTEM, markdown.plain("Noted: two children, Ella and Sam. The brief is corrected.")
        ),
    ),
    streaming=Markup(
        "<p>Thank you, that is a good measure: one shop a week. Next: <span class='typing'>where would you mostly look "
        "at the plan, on your phone in the shop, or at the kitchen</span></p>"
    ),
    composer=talk.Composer(
        f"{HREF}/messages",
        "Answer, correct, or ask anything",
        (
            talk.QuickAnswer("On my phone"),
            talk.QuickAnswer("On the fridge", "Printed on the fridge"),
            talk.QuickAnswer("I don’t know yet"),
        ),
    ),
    brief=talk.brief(
        (
            talk.topic(Topic.WHAT, Clarity.CLEAR, "A week of dinners and one shopping list"),
            talk.topic(Topic.WHO, Clarity.CLEAR, "Parents who work; two adults, two children"),
            talk.topic(Topic.PROBLEM, Clarity.CLEAR, "Deciding every evening; food thrown away"),
            talk.topic(Topic.FEATURES, Clarity.HALF, "Plan, swap, list. Open: where you look at it"),
            talk.topic(Topic.DAY, Clarity.CLEAR, "Half past five, on the bus home"),
            talk.topic(Topic.SUCCESS, Clarity.CLEAR, "One shop a week", new=True),
            talk.topic(Topic.OUT, Clarity.OPEN, ""),
        ),
        f"{HREF}/vision",
    ),
)
GATE = gates.GateView(
    "7",
    QUESTION,
    gates.head(Kind.VISION_DOC),
    "The vision says what Supper Sorted will do, for whom, and what it will leave out. Everything that gets built is "
    "measured against it.",
    "We set up a place for the project and split it into phases you can try one by one. You see the phases before "
    "anything is built.",
    "Nothing is built. Tell us what is off and you get a new version, usually in two minutes. You can always change the "
    "vision later.",
    (
        "We are not sure whether grandparents should see the plan. For now it is left out.",
        "Recipes come from what you type in. Buying a recipe collection is not included.",
    ),
    (
        gates.Fact(
            "Read it",
            " (2 pages)",
            Link("The vision, version 3", f"{HREF}/vision?version=3"),
            (
                gates.Fact(
                    "",
                    ": one added, one reworded",
                    Link("What changed since version 2", f"{HREF}/vision/changes?a=2&b=3"),
                ),
            ),
        ),
        gates.Fact("Next step", "About 10 minutes, €0.40 to €0.70"),
        gates.Fact("All phases", "Roughly €5 to €9. A better figure comes with the phases."),
        gates.Fact("Who may answer", gates.who_may(("You", "Tom"), ("web", "telegram", "email"))),
        gates.Fact("Deadline", "None. We remind you on Tuesday; no answer never means yes."),
    ),
    version=3,
)
ALLERGIES = me("31", "Please add allergies. Sam can’t have nuts.", "9:31")
VERSION_3 = us(
    "32",
    "Done. I made version 3 of the vision: allergies are now a must-have, and nothing with nuts is ever suggested for "
    "Sam. Here is the question.",
    "9:40",
)
WAITING = StatusLine(
    State.YOU,
    "you",
    "Waiting for you: is this the app you want?",
    ". Nothing is built or spent until you answer. €0.38 of €10 spent.",
    Link("Go to the question", "#gate-7"),
)
DECISION = talk.TalkPage(
    head(Tab.TALK, WAITING),
    (ALLERGIES, VERSION_3),
    talk.Composer(f"{HREF}/messages", "Ask about it first, if you like", sticky=False),
    (GATE,),
    journey=talk.Journey("How it goes on", JOURNEY),
)
WRONG_GATE = gates.GateView(
    "7",
    QUESTION,
    gates.head(Kind.VISION_DOC),
    "Everything that gets built is measured against it.",
    note=Field("", "Please say in a few words what should be different."),
    trouble=gates.moved_on("vision", 2, 3, f"{HREF}/vision/changes?a=2&b=3"),
    version=3,
)
REFUSED = talk.TalkPage(
    head(Tab.TALK, WAITING),
    (
        talk.MessageView(
            "33", talk.Voice.OTHER, markdown.plain("I like it.\nLooks good."), "Tom", "9:42", "by Telegram"
        ),
        talk.MessageView(
            "34",
            talk.Voice.ME,
            markdown.plain("Could it also remind me to take things out of the freezer?"),
            at="9:43",
            trouble=Note(
                "I could not answer, because the AI model does not respond.",
                "Your message is saved. I try again by myself every minute and answer here.",
                STUCK,
                Link("Check the connection", "/settings"),
            ),
        ),
    ),
    talk.Composer(f"{HREF}/messages", sticky=False, text=Field("x", "That is too long for one message.")),
    (WRONG_GATE,),
    journey=talk.Journey("How it goes on", JOURNEY),
    earlier=f"{HREF}?before=33",
)
RECEIPT = gates.ReceiptView(
    "7",
    QUESTION,
    gates.MARKS[Status.APPROVED],
    "Nadia, today at 10:42, on Telegram, for",
    Link("version 3", f"{HREF}/vision?version=3"),
    small="Changed your mind? Say so below: a new version reopens the question.",
)
RECEIPTS = talk.TalkPage(
    head(
        Tab.TALK,
        working(
            "Splitting the vision into phases.",
            "About 8 minutes left. You will be asked before anything is built. €0.41 of €10 spent. Active 5 seconds ago.",
        ),
    ),
    (
        gates.ReceiptView(
            "3",
            "May we look at your old recipe folder?",
            gates.MARKS[Status.WITHDRAWN],
            "Withdrawn today at 9:12: you said recipes are typed in by hand.",
            current=False,
        ),
        gates.ReceiptView(
            "5",
            QUESTION,
            gates.MARKS[Status.CHANGES_REQUESTED],
            "Nadia, today at 9:31, here, for version 2: “Please add allergies.” This led to version 3.",
            version=2,
            current=False,
        ),
        VERSION_3,
        RECEIPT,
        us(
            "40",
            "Thank you, Nadia. I am now splitting the vision into phases. Each one ends with something you can try. I’ll "
            "ask you once the list is ready.",
            "10:42",
        ),
    ),
    COMPOSER,
    journey=talk.Journey(
        "How it goes on",
        (
            JOURNEY[0],
            talk.JourneyStep("Vision", PROVEN, "Approved by Nadia at 10:42"),
            talk.JourneyStep("Phases", WORKING, "Being written now", current=True),
            *JOURNEY[3:],
        ),
    ),
)
STUCK_GATE = gates.GateView(
    "15",
    "The list counts onions twice. How shall we go on?",
    gates.head(Kind.ERROR_RESOLUTION),
    "When two recipes write the same thing differently (“2 onions”, “one large onion”), the list does not add them up "
    "correctly.",
    facts=(
        gates.Fact("Is my work safe?", "Yes. Phases 1 and 2 are untouched; phase 3 is on a trial copy."),
        gates.Fact("Spent on this", "€0.62, in three tries and 26 minutes"),
        gates.Fact("What we know", "18 of 21 tests pass. The three that fail all mix words and numbers."),
    ),
    ways=(
        gates.WayOut(
            "differently",
            "Try a simpler way (we suggest this)",
            "You pick the unit from a short list when you enter a recipe, so nothing has to be guessed.",
            "About 25 minutes, €0.50 to €0.90. Likely to work.",
            chosen=True,
        ),
        gates.WayOut(
            "back",
            "Leave adding-up out for now",
            "The list shows onions twice, next to each other. You can add this later.",
            "About 5 minutes, €0.10. Certain to work.",
        ),
        gates.WayOut(
            "stop",
            "Ask Ruth to look at it",
            "She gets a page with what we tried and how to see it. We wait for her answer.",
            "No cost here. Takes as long as Ruth needs.",
        ),
    ),
    legend="Three ways out",
    note_label="Anything we should know?",
    note_hint="",
    small="Approve goes ahead with the way you chose. Reject stops phase 3 and keeps phases 1 and 2.",
    details="tests/test_list.py  18 passed, 3 failed\n  adds_words_and_numbers   expected 3 onions, got 2 + 1\n"
    "tries: 1 reading numbers from words, 2 a table of words, 3 both",
)
STUCK_PAGE = talk.TalkPage(
    head(
        Tab.TALK,
        StatusLine(
            State.STUCK,
            "stuck",
            "Stuck in phase 3 of 5: you get one shopping list.",
            ". Work has stopped and waits for you. Nothing is being spent. €3.47 of €10 spent.",
            Link("See the ways out", "#gate-15"),
        ),
    ),
    (
        us(
            "80",
            "I found a problem and three tries did not solve it, so I stopped instead of spending more. Everything up to "
            "phase 2 works as before.",
            "17:12",
        ),
    ),
    talk.Composer(f"{HREF}/messages", "Ask about it first, if you like", sticky=False),
    (STUCK_GATE,),
    journey=talk.Journey(
        "Phases",
        (
            talk.JourneyStep("1. A week of dinners", PROVEN, "Proven"),
            talk.JourneyStep("2. Swap a meal", PROVEN, "Proven"),
            talk.JourneyStep("3. One shopping list", STUCK, "Stuck, waiting for you", current=True),
            talk.JourneyStep("4. Who is home", LATER, "Later"),
            talk.JourneyStep("5. Print it", Mark(State.REST, "flag"), "Later"),
        ),
    ),
)

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
    what="A phone app that plans a week of dinners around the people who are home, and turns it into one shopping list.",
    who="Parents who work and cook. The first family is yours: two adults, one of them on late shifts, and two children, "
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

PHASE_2 = phases.PhaseView(
    2,
    "You can swap a meal",
    WORKING,
    href=f"{HREF}/phases/2",
    current=True,
    outcome="One tap replaces a dinner, never with something Sam is allergic to, and says why.",
    progress=phases.Progress(
        3, 7, phases.bar_name(2, "You can swap a meal"), "Step 3 of 7", "Done between 11:20 and 11:25"
    ),
    steps=(
        Step(PROVEN, "Plan written, and approved by you"),
        Step(PROVEN, "Tests written first: 11 of them, failing as they should"),
        Step(WORKING, ", until the tests pass", strong="Building the swap"),
        Step(LATER, "4 more: allergies, the reason, our own checks, a preview for you", quiet=True),
    ),
    note=Note("", "Still working on tests, for 4 minutes now. This is normal: it usually takes 3 to 8.", WORKING),
)
ACTIVITY = phases.ActivityView(
    (
        phases.ActivityItem(
            PROVEN,
            "7 of 11 tests pass. The swap button works.",
            "11:08, 20 seconds ago",
            details="tests/test_swap.py  7 passed, 4 failed\n  swap_respects_allergies   not yet\n"
            "  swap_explains_itself      not yet",
        ),
        phases.ActivityItem(PART, "Looked at how phase 1 keeps the week, to fit in with it.", "11:05"),
        phases.ActivityItem(PROVEN, "11 tests written, before any building.", "11:01"),
        phases.ActivityItem(TALKED, "You approved the plan for phase 2.", "10:58, on Telegram"),
        phases.ActivityItem(PROVEN, "Phase 1 is proven and saved.", "Yesterday, 18:20"),
    ),
    phases.filters(""),
)
BUILDING = phases.ProgressPage(
    head(
        Tab.PROGRESS,
        working(
            "Building phase 2 of 5: you can swap a meal.",
            "Step 3 of 7, 10 to 15 minutes left. €1.40 of €10 spent. Active 20 seconds ago.",
        ),
    ),
    (
        phases.PhaseView(
            1,
            "You get a week of dinners",
            PROVEN,
            "Yesterday, €0.92, 8 of 8 checks",
            pill=True,
            href=f"{HREF}/phases/1",
        ),
        PHASE_2,
        phases.PhaseView(3, "You get one shopping list", LATER, "About 40 minutes, €0.90 to €1.60"),
        phases.PhaseView(4, "The plan knows who is home", LATER, "About 35 minutes, €0.80 to €1.40"),
        phases.PhaseView(
            5,
            "You can print it for the fridge",
            LATER,
            "About 20 minutes, €0.40 to €0.80. Then: is it ready?",
            last=True,
        ),
    ),
    ACTIVITY,
    phases.buttons(HREF, working=True, paused=False),
    told="You can close this page. We tell you on Telegram when something needs you.",
)
NO_PHASES = phases.ProgressPage(
    head(Tab.PROGRESS, StatusLine(State.REST, "paused", "Paused by you today.", "Nothing is lost.")),
    (),
    phases.ActivityView((), phases.filters("problems"), live=False),
    phases.buttons(HREF, working=False, paused=True),
    may_end=True,
)
RESULT_GATE = gates.GateView(
    "12",
    "Does phase 2 do what you wanted?",
    gates.head(Kind.PHASE_COMPLETE),
    "Try it for two minutes. All 11 tests passed and every promise of this phase has proof below.",
    "Phase 2 becomes part of your app and phase 3 is planned. You can still undo it.",
    "It stays a trial copy. Tell us what is off; a fix usually costs €0.20 to €0.50.",
    note_hint="",
)
PHASE = phases.PhasePage(
    head(
        Tab.PROGRESS,
        StatusLine(
            State.YOU,
            "you",
            "Waiting for you: does phase 2 do what you wanted?",
            ". All seven steps are done. €2.05 of €10 spent.",
            Link("Go to the question", "#gate-12"),
        ),
    ),
    phases.PhaseView(2, "You can swap a meal", YOU),
    (
        Step(PROVEN, "Tap a dinner and get another one that fits the evening."),
        Step(PROVEN, "See in one line why it was chosen."),
        Step(PROVEN, "Trust that nothing with nuts is suggested for Sam."),
    ),
    phases.Preview(
        "/preview/supper-sorted/",
        "/preview.svg",
        "The app on a phone: a week of dinners. Thursday’s salmon was swapped for tomato pasta, with the reason: Ella "
        "does not eat fish.",
        "Picture of the preview, today at 11:24",
        "A trial copy with made-up recipes. Only people with the link can open it; it goes away after 7 days.",
    ),
    (RESULT_GATE,),
    proof_about="We ran these ourselves today at 11:24, on a fresh copy. The builder’s word does not count.",
    proof=(
        phases.CheckView(
            "P2.1",
            "A swap never suggests something a person is allergic to",
            PROVEN,
            "We asked for 500 swaps for Sam, with nut recipes in the collection. None was suggested.",
            "Run today at 11:24, took 6 seconds, passed.",
            "tests/test_swap.py::test_never_suggests_allergen  passed (6.1 s)\n"
            "save point 4f2c9a1, exit code 0, log sha256 9b1e…",
            open=True,
        ),
        phases.CheckView(
            "P2.2",
            "The reason is shown with each suggestion",
            PROVEN,
            "Eight situations tried, each with its own sentence.",
        ),
        phases.CheckView(
            "P2.3",
            "It does all this in a browser, as a person would",
            PROVEN,
            "Eleven of eleven tests passed, three of them by pressing the real buttons.",
        ),
    ),
    also=(
        phases.CheckView(
            "O1",
            "It answers twice as many people at once",
            OUT_OF_DATE,
            "Proven yesterday, but the app has changed since. It does not hold up this phase; you can have it checked "
            "again now.",
            actions=(Action("Prove it", f"{HREF}/prove/O1", style="sm"),),
        ),
        phases.CheckView(
            "O2",
            "It works on a small, slow phone",
            FAILED,
            "The first suggestion took 4.2 seconds; you asked for at most 3. Planned for phase 3. You are not asked to "
            "accept it.",
        ),
        phases.CheckView(
            "O3",
            "A person tried it with a screen reader",
            NOT_CHECKED,
            "Only a person can say this. If you know someone, ask them to try the preview.",
            actions=(Action("I tried it: it works", f"{HREF}/attest/O3", style="sm"),),
        ),
    ),
    undo=phases.Undo(
        "Your app goes back to how it was after phase 1. Nothing is deleted: you can bring phase 2 back later. Costs "
        "nothing.",
        Action("Undo phase 2", f"{HREF}/phases/2/undo", "undo"),
    ),
)
PLAN = """# Swap a meal

The week is kept as in phase 1. **One** new page.

## Tests first

1. `test_swap.py`: a swap never suggests an allergen
2. the reason is shown

| test | proves |
|---|---|
| `test_never_suggests_allergen` | P2.1 |

> Nothing else changes.

```
swap(week, day) -> week
```
"""
PLANNED = phases.PhasePage(
    head(Tab.PROGRESS, BUILDING.head.status),
    phases.PhaseView(
        2,
        "You can swap a meal",
        WORKING,
        pill=True,
        outcome=PHASE_2.outcome,
        progress=PHASE_2.progress,
    ),
    receipts=(
        gates.receipt("11", "Shall we start phase 2 like this?", Status.APPROVED, "Tom, today at 10:58, on Telegram."),
    ),
    plan=Document("How phase 2 is built", markdown.html(PLAN), "Written today at 10:50, approved by Tom."),
)

TALK_ITEM = Mark(State.REST, "talk")
HISTORY = history.HistoryPage(
    head(Tab.HISTORY, PHASE_3),
    (
        history.HistoryDay(
            "d1",
            "Today, Sunday 22 November",
            (
                history.HistoryEntry(
                    "e9", phases.ActivityItem(TALK_ITEM, "You approved the plan for phase 3.", "11:52, here")
                ),
                history.HistoryEntry(
                    "e8",
                    phases.ActivityItem(
                        PROVEN,
                        "Phase 2 is proven and part of your app.",
                        "11:48",
                        "Save point: you can swap a meal.",
                    ),
                    history.GoBack(
                        "Go back to when you could swap a meal",
                        "the app becomes what it was at 11:48. Work on phase 3 stops and is kept on the side. Nothing is "
                        "deleted, and you can come forward again.",
                        "Takes about a minute, costs nothing.",
                        Action("Go back to 11:48", f"{HREF}/phases/3/undo", style="primary"),
                    ),
                ),
                history.HistoryEntry(
                    "e7",
                    phases.ActivityItem(
                        Mark(State.REST, "undo"),
                        "You asked for a change: “Say why in one line, not three.” Done 6 minutes later.",
                        "11:31",
                    ),
                ),
                history.HistoryEntry(
                    "e6",
                    phases.ActivityItem(TALK_ITEM, "Tom approved the plan for phase 2.", "10:58, on Telegram"),
                ),
            ),
        ),
        history.HistoryDay(
            "d2",
            "Yesterday",
            (
                history.HistoryEntry(
                    "e5",
                    phases.ActivityItem(
                        PROVEN, "Phase 1 is proven.", "18:20", "Save point: you get a week of dinners."
                    ),
                    history.GoBack(
                        "Go back to when there was only the week",
                        "phases 2 and 3 would be kept on the side.",
                        "Takes about a minute, costs nothing.",
                        Action("Go back to yesterday, 18:20", f"{HREF}/phases/2/undo", style="primary"),
                    ),
                ),
                history.HistoryEntry(
                    "e4",
                    phases.ActivityItem(
                        FAILED,
                        "One try did not work: the week started on a Saturday. Fixed in the second try, €0.11.",
                        "17:58",
                    ),
                ),
                history.HistoryEntry(
                    "e3", phases.ActivityItem(TALK_ITEM, "You approved the vision, version 3.", "10:42, on Telegram")
                ),
                history.HistoryEntry(
                    "e2",
                    phases.ActivityItem(
                        Mark(State.REST, "flag"),
                        "You said: “I want an app that plans dinners for busy parents.”",
                        "9:02",
                    ),
                ),
            ),
        ),
    ),
    phases.filters(""),
    download=f"/api/v1{HREF}/timeline",
    earlier=f"{HREF}/history?before=e2",
)
NO_HISTORY = history.HistoryPage(head(Tab.HISTORY, PHASE_3), (), phases.filters("problems"))

READY = ready.ReadyPage(
    head(
        Tab.READY,
        StatusLine(
            State.STUCK,
            "flag",
            "All five phases are done. Not ready for strangers yet: 3 things left.",
            "€7.20 of €10 spent.",
        ),
    ),
    ready.Verdict(
        "Not ready: 3 things left",
        "Fine to use at home. Please do not give it to strangers yet: one thing that is left is about other families’ data.",
        "51 of 54 questions proven, for the app as it was today at 14:02. About 3 hours of work left, roughly €1.80 to "
        "€3.00.",
        (
            bead(PROVEN, "Does what you asked", "proven"),
            bead(OUT_OF_DATE, "Tested", "1 out of date"),
            bead(FAILED, "Safe", "1 failed"),
            bead(NOT_CHECKED, "Keeps running", "1 not checked"),
            bead(PROVEN, "Fast enough", "proven"),
            bead(PROVEN, "Explained and allowed", "proven"),
        ),
    ),
    (
        phases.CheckView(
            "s5",
            "Can strangers read another family’s plan?",
            FAILED,
            "Yes, they can. We signed in as a made-up second family and could open your week by changing the address.",
            "Must be fixed first · about 1 hour, €0.60 to €1.00 · tried today at 14:02",
            "GET /weeks/17 as family B: 200, expected 403\nsave point 8d10e77, exit code 1, took 3.1 s",
            "Evidence",
            (
                Action("Have it fixed", f"{HREF}/messages", style="primary"),
                Action("Prove it", f"{HREF}/readiness/S5/prove"),
            ),
            open=True,
        ),
        phases.CheckView(
            "o7",
            "If everything is lost, can it be brought back?",
            NOT_CHECKED,
            "Copies are made each night. Nobody has tried to bring one back yet; we can do that now on a trial copy.",
            "Important · about 1 hour, €0.40 to €0.80",
            actions=(Action("Prove it", f"{HREF}/readiness/O7/prove"),),
        ),
    ),
    (
        ready.GroupView(
            "g1",
            "Does what you asked",
            Mark(State.PROVEN, "proven", "2 of 2 proven"),
            "Is everything promised there, and tried?",
            (
                Step(PROVEN, "Is everything that was promised there?"),
                Step(PROVEN, "Has every user story been tried?"),
            ),
        ),
        ready.GroupView(
            "g2",
            "Tested",
            Mark(State.REST, "stale", "1 of 2 out of date"),
            "Would we notice if something broke?",
            (
                Step(PROVEN, "Do all tests pass, none skipped?"),
                Step(OUT_OF_DATE, "Does it keep up when twice as many people come?"),
            ),
        ),
    ),
)
NOT_READY = ready.ReadyPage(head(Tab.READY, PHASE_3))
COST = cost.CostPage(
    head(Tab.COST, PHASE_3),
    "€2.85 of €10 spent",
    "At this pace the whole app will cost €5.40 to €7.90, within your limit. We ask you before going over it, always.",
    (
        cost.CostRow("Talking and the vision", "14 min", "Vision, 3 versions", "€0.38"),
        cost.CostRow("Phase 1", "38 min", "A week of dinners", "€0.92"),
    ),
    cost.CostRow("Together", "1 h 38 min", "", "€2.85"),
    "€0.21 of this went into tries that did not work. We show them because you paid for them.",
)
SETTINGS = settings.SettingsPage(
    (
        settings.Connection(
            "AI model",
            Mark(State.PROVEN, "proven", "Works"),
            "Talks with you and writes the vision. Answered two minutes ago, in 1.2 seconds.",
            Link("Change model", "/settings/model"),
        ),
        settings.Connection(
            "Builder",
            Mark(State.YOU, "you", "Starter only"),
            "The starter makes a prototype you can click, and says so. To build the real thing, connect a coding agent.",
            Link("Connect a coding agent", "/settings/builder"),
        ),
        settings.Connection(
            "Telegram",
            Mark(State.REST, "later", "Not connected"),
            "Answer from your phone with one tap. You need the Telegram app and one minute.",
        ),
        settings.Connection(
            "GitHub",
            Mark(State.STUCK, "stuck", "Key expired"),
            "The key ran out on 20 November. Your work is safe here; it is not copied to GitHub until you renew it.",
            Link("Renew the key", "/settings/github"),
        ),
    ),
    settings.themes(""),
    whole_answers=False,
    name=NADIA.name,
    email=NADIA.email,
    saved="Saved.",
)
MEMBERS = (
    settings.Member("m1", "Nadia Rahman", "owner", you=True),
    settings.Member("m2", "Tom Rahman", "approver"),
    settings.Member("m3", "Ruth Okafor", "contributor"),
)
PEOPLE = settings.PeoplePage(
    head(Tab.PEOPLE, PHASE_3),
    settings.PeopleView(
        f"{HREF}/people", MEMBERS, may_change=True, email=Field("tom", "This is not a whole address yet.")
    ),
    Field("Supper Sorted"),
    saved="Tom is an approver now.",
)
ONLOOKER = settings.PeoplePage(
    head(Tab.PEOPLE, PHASE_3), settings.PeopleView(f"{HREF}/people", MEMBERS), Field("Supper Sorted"), may_rename=False
)
SETUP = account.SetupPage(
    "one-time",
    "14:40 today",
    Field("Nadia Rahman"),
    password=Field("", "Six characters so far: please use at least 12. Three or four words are easy to remember."),
)
PROBLEMS = {
    f"problem-{status}": (
        "problem",
        at(),
        problems.problem(
            status, wait=20, reference="e-7f31", details="503 from outside", back=Link("Back to Supper Sorted", HREF)
        ),
    )
    for status in (403, 404, 409, 413, 422, 429, 500, 503)
}

PAGES = {
    "setup": ("setup", NOBODY, SETUP),
    "sign-in": ("sign_in", NOBODY, account.SignInPage()),
    "session-expired": (
        "sign_in",
        NOBODY,
        account.SignInPage(HREF, "12 hours", Field("nadia@example.org"), Field("", "That password is not right.")),
    ),
    "home": ("home", at(Place.PROJECTS), HOME),
    "many": ("home", at(Place.PROJECTS, 0), MANY),
    "no-match": ("home", at(Place.PROJECTS, 0), NO_MATCH),
    "empty": ("home", at(Place.PROJECTS, 0), EMPTY),
    "brainstorm": ("talk", around(), BRAINSTORM),
    "decision": ("talk", around(VISION_NEED), DECISION),
    "refused": ("talk", around(VISION_NEED), REFUSED),
    "receipts": ("talk", around(), RECEIPTS),
    "stuck": (
        "talk",
        around(shell.need("Supper Sorted", Kind.ERROR_RESOLUTION, f"{HREF}#gate-15", "shopping list")),
        STUCK_PAGE,
    ),
    "vision": ("vision", around(VISION_NEED), VISION),
    "no-vision": ("vision", around(), NO_VISION),
    "changes": ("vision_changes", around(VISION_NEED), CHANGES),
    "building": ("progress", around(), BUILDING),
    "no-phases": ("progress", shell.Shell("csrf", NADIA, 0, shell.Rail((), PROJECTS)), NO_PHASES),
    "phase": (
        "phase",
        around(shell.need("Supper Sorted", Kind.PHASE_COMPLETE, f"{HREF}/phases/2", "try phase 2")),
        PHASE,
    ),
    "planned": ("phase", around(), PLANNED),
    "history": ("history", around(), HISTORY),
    "no-history": ("history", around(), NO_HISTORY),
    "ready": ("ready", around(), READY),
    "not-ready": ("ready", around(), NOT_READY),
    "cost": ("cost", around(), COST),
    "free": ("cost", around(), cost.nothing(head(Tab.COST, PHASE_3))),
    "settings": ("settings", at(Place.SETTINGS), SETTINGS),
    "people": ("people", around(), PEOPLE),
    "onlooker": ("people", around(), ONLOOKER),
    **PROBLEMS,
}
