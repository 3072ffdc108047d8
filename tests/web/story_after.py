"""What stands beside the building: history, readiness, cost, settings and people."""

from dataclasses import replace

from story import HREF, NADIA, PHASE_3, at, bead, head
from story_elsewhere import ELSEWHERE

from orchestrator.telling.marks import (
    FAILED,
    NOT_CHECKED,
    OUT_OF_DATE,
    PROVEN,
    Action,
    Choice,
    Field,
    Link,
    Mark,
    State,
    Step,
)
from orchestrator.telling.status import StatusLine
from orchestrator.web.views import account, cost, history, phases, problems, ready, settings
from orchestrator.web.views.shell import Tab

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
                        "the app becomes what it was at 11:48. Work on phase 3 stops and is kept on the side. "
                        "Nothing is "
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
        "Fine to use at home. Please do not give it to strangers yet: one thing that is left is about other "
        "families’ data.",
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
    "€7.15 of the limit is left. When it is used, work pauses and we ask you.",
    cost.LimitView("#", "For this project, in €", "€10", Field("10.00")),
    cost.Used(10, 2.85, "Limit: €2.85 of €10 spent"),
    (
        cost.CostRow("Talking and the vision", "14 min", "Vision, 3 versions", "€0.38"),
        cost.CostRow("Phase 1", "38 min", "A week of dinners", "€0.92"),
    ),
    cost.CostRow("Together", "1 h 38 min", "", "€2.85"),
    "€0.21 of this went into tries that did not work. We show them because you paid for them.",
)
FREE = cost.CostPage(
    head(Tab.COST, PHASE_3),
    "Nothing is spent",
    f"Nothing has been spent. {cost.FREE}",
    cost.LimitView("#", "For this project, in €", "€10", may_change=False),
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
            "The starter makes a prototype you can click, and says so. To build the real thing, connect a coding "
            "agent.",
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
    elsewhere=ELSEWHERE,
    runs_it=True,
    saved="Saved.",
)
MEMBERS = (
    settings.Member("m1", "Nadia Rahman", "owner", you=True),
    settings.Member("m2", "Tom Rahman", "approver"),
    settings.Member("m3", "Ruth Okafor", "contributor"),
)
BUILT = settings.BuiltView(
    f"{HREF}/builder",
    (Choice("starter", "The starter"), Choice("claude", "Claude Code", chosen=True)),
    settings.networks("listed"),
)
PEOPLE = settings.PeoplePage(
    head(Tab.PEOPLE, PHASE_3),
    settings.PeopleView(
        f"{HREF}/people", MEMBERS, may_change=True, email=Field("tom", "This is not a whole address yet.")
    ),
    Field("Supper Sorted"),
    saved="Tom is an approver now.",
    built=BUILT,
)
ONLOOKER = settings.PeoplePage(
    head(Tab.PEOPLE, PHASE_3),
    settings.PeopleView(f"{HREF}/people", MEMBERS),
    Field("Supper Sorted"),
    may_rename=False,
    built=replace(BUILT, may_change=False),
)
SETUP = account.SetupPage(
    "one-time",
    "14:40 today",
    Field("Nadia Rahman"),
    password=Field("", "Six characters so far: please use at least 12. Three or four words are easy to remember."),
)
PROBLEMS = {
    f"problem-{status}": (
        "problem.html",
        at(),
        problems.problem(
            status, wait=20 * (status == 429), reference="e-7f31", back=Link("Back to Supper Sorted", HREF)
        ),
    )
    for status in (403, 404, 405, 409, 413, 422, 429, 500, 503)
}
