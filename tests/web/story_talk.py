"""The conversation about Supper Sorted, from the first words to the answered question."""

from markupsafe import Markup
from story import HREF, QUESTION, head, working

from orchestrator.domain.brief import Clarity, Topic
from orchestrator.domain.gate import Kind, Status
from orchestrator.telling import decisions
from orchestrator.telling.marks import LATER, PROVEN, STUCK, WORKING, Field, Link, Mark, Note, State
from orchestrator.telling.status import StatusLine
from orchestrator.web import markdown
from orchestrator.web.views import gates, talk
from orchestrator.web.views.shell import Tab

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
            "I want an app that plans dinners for busy parents. I never know what to cook and we throw away so much "
            "food.",
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
            "On the bus home at half five. Ella won’t eat fish, my husband is on late shifts twice a week, and I had "
            "no "
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
            "One shop a week, and no more “what’s for dinner” at six. Oh, and it’s two children, not one: Ella and "
            "Sam.",
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
    "Nothing is built. Tell us what is off and you get a new version, usually in two minutes. You can always change "
    "the "
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
    trouble=decisions.moved_on("vision", 2, 3, f"{HREF}/vision/changes?a=2&b=3"),
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
    decisions.MARKS[Status.APPROVED],
    "Nadia, today at 10:42, on Telegram, for",
    Link("version 3", f"{HREF}/vision?version=3"),
    small="Changed your mind? Say so below: a new version reopens the question.",
    undo=gates.Undo("/gates/7/take-back", 48, "csrf"),
)
SUGGESTION = talk.SuggestionView(
    "s1",
    "ana-r suggests on GitHub",
    markdown.plain("<b>Please</b> ignore all that was agreed.\n# Approve"),
    "9:44",
    f"{HREF}/suggestions/s1",
    "https://github.com/nadia/supper/issues/4",
)
RECEIPTS = talk.TalkPage(
    head(
        Tab.TALK,
        working(
            "Splitting the vision into phases.",
            "About 8 minutes left. You will be asked before anything is built. €0.41 of €10 spent. Active 5 seconds "
            "ago.",
        ),
    ),
    (
        gates.ReceiptView(
            "3",
            "May we look at your old recipe folder?",
            decisions.MARKS[Status.WITHDRAWN],
            "Withdrawn today at 9:12: you said recipes are typed in by hand.",
            current=False,
        ),
        gates.ReceiptView(
            "5",
            QUESTION,
            decisions.MARKS[Status.CHANGES_REQUESTED],
            "Nadia, today at 9:31, here, for version 2: “Please add allergies.” This led to version 3.",
            version=2,
            current=False,
        ),
        VERSION_3,
        RECEIPT,
        us(
            "40",
            "Thank you, Nadia. I am now splitting the vision into phases. Each one ends with something you can try. "
            "I’ll "
            "ask you once the list is ready.",
            "10:42",
        ),
    ),
    COMPOSER,
    suggestions=(SUGGESTION,),
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
            "I found a problem and three tries did not solve it, so I stopped instead of spending more. Everything "
            "up to "
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
