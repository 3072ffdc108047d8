"""The first page: what waits, many projects, or none yet."""

from story import HREF, QUESTION, YOU, bead

from orchestrator.domain.gate import Kind
from orchestrator.telling.marks import LATER, PROVEN, Mark, State
from orchestrator.web.views import gates, home

HOME = home.HomePage(
    "Good morning, Nadia",
    needs=(
        home.NeedCard(
            "7",
            gates.card(Kind.VISION_DOC),
            QUESTION,
            f"{HREF}#gate-7",
            "Supper Sorted: the vision is written. Two pages, about four minutes to read.",
            "Since 9:40. No rush: nothing happens without you.",
        ),
        home.NeedCard(
            "8",
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
