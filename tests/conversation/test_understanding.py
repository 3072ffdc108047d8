"""What the fixed patterns understand of sentences as people write them."""

import pytest

from orchestrator.conversation import hearing, idea, language, listing, people
from orchestrator.domain.brief import TEXTS, Brief, Feature, Priority, Topic
from orchestrator.domain.editing import apply_all

KNOWN = Brief(
    name="Diary",
    what="A plant diary",
    who="Gardeners",
    problem="Plants die",
    features=(Feature(id="F1", title="Water reminders"), Feature(id="F2", title="Photo diary")),
    day=("I look.",),
    success=("It lives.",),
    out=("Ads",),
)


def told(message, asked=Topic.WHAT, brief=None):
    """The brief after a message; the topic that is asked about was empty before it."""
    brief = brief or (KNOWN if asked is None else Brief(who="Nurses" if asked is not Topic.WHO else "", what="x y"))
    if asked is Topic.WHAT:
        brief = Brief()
    elif asked:
        brief = brief.model_copy(update={asked: "" if asked in TEXTS else ()})
    return apply_all(brief, hearing.hear(message, brief, asked).edits)


def titles(brief):
    return [feature.title for feature in brief.features]


@pytest.mark.parametrize(
    ("message", "what", "who", "problem", "features"),
    [
        (
            "A tool that helps freelancers track time and send invoices",
            "A tool that helps freelancers track time and send invoices",
            "Freelancers",
            "",
            ["Track time", "Send invoices"],
        ),
        (
            "I want to make an app where neighbours can lend each other tools. Right now everybody buys a drill.",
            "An app where neighbours can lend each other tools",
            "Neighbours",
            "Right now everybody buys a drill.",
            ["Lend each other tools"],
        ),
        (
            "My grandmother forgets her pills. I'd like something that reminds her and tells me if she didn't.",
            "Something that reminds her and tells me if she didn't",
            "",
            "My grandmother forgets her pills.",
            ["Remind her", "Tell me if she didn't"],
        ),
        (
            "Can you make a website for our village choir? We need a calendar, a music page and a way to vote.",
            "A website",
            "Our village choir",
            "",
            ["Calendar", "Music page", "Vote"],
        ),
        (
            "We are a small NGO. We want to coordinate volunteers for beach cleanups.",
            "Something to coordinate volunteers for beach cleanups",
            "Small NGO",
            "",
            ["Coordinate volunteers for beach cleanups"],
        ),
        (
            "I want to help old people find someone to walk with",
            "Something to help old people find someone to walk with",
            "Old people",
            "",
            ["Find someone to walk with"],
        ),
        (
            "Expense tracker for couples; must have: shared budget, monthly report; nice to have: charts",
            "Expense tracker",
            "Couples",
            "",
            ["Shared budget", "Monthly report", "Charts"],
        ),
        (
            "Build an inventory for our workshop so that we never run out of screws",
            "An inventory for our workshop",
            "",
            "So that we never run out of screws",
            [],
        ),
        (
            "An online shop for handmade candles with a gift card feature",
            "An online shop for handmade candles with a gift card feature",
            "",
            "",
            [],
        ),
        (
            "We need a site with a shop, a blog and a calendar",
            "A site with a shop, a blog and a calendar",
            "",
            "",
            ["Shop", "Blog", "Calendar"],
        ),
        (
            "A meal planner with recipes, lists and reminders for families",
            "A meal planner",
            "Families",
            "",
            ["Recipes", "Lists", "Reminders"],
        ),
        (
            "a platform connecting dog owners with walkers",
            "A platform connecting dog owners with walkers",
            "",
            "",
            ["Connect dog owners with walkers"],
        ),
        ("An app where I can plan my week", "An app where I can plan my week", "", "", ["Plan my week"]),
    ],
)
def test_an_idea_is_taken_apart(message, what, who, problem, features):
    brief = told(message)
    assert (brief.what, brief.who, brief.problem, titles(brief)) == (what, who, problem, features)


@pytest.mark.parametrize(
    ("message", "who"),
    [
        ("mostly my mum and her friends", "My mum and her friends"),
        ("It's for people with allergies", "People with allergies"),
        (
            "For small restaurants in Berlin that don't have a website",
            "Small restaurants in Berlin that don't have a website",
        ),
        ("me and my husband", "Me and my husband"),
        ("Not sure, probably students", "Students"),
        ("I don't know, maybe teachers", "Teachers"),
        ("teachers. and parents too", "Teachers; Parents"),
        ("- teachers\n- parents", "Teachers; Parents"),
        ("It is for doctors, because they have no time", "Doctors"),
        ("Busy parents. I never know what to cook.", "Busy parents"),
    ],
)
def test_an_answer_about_people_is_taken_without_its_wrapping(message, who):
    assert told(message, Topic.WHO).who == who


def test_a_reason_beside_the_people_is_the_problem():
    assert told("Doctors, because they have no time", Topic.WHO).problem == "They have no time"
    assert told("Busy parents. I never know what to cook.", Topic.WHO).problem == "I never know what to cook."


@pytest.mark.parametrize(
    ("message", "features"),
    [
        ("I can take a photo of a plant and it tells me what it is", ["Take a photo of a plant", "Tell me what it is"]),
        ("People can sign up, pay, and get a confirmation by email", ["Sign up", "Pay", "Get a confirmation by email"]),
        ("1. add plants 2. get reminders 3. share", ["Add plants", "Get reminders", "Share"]),
        ("add plants, edit plants, delete plants", ["Add plants", "Edit plants", "Delete plants"]),
        ("a calendar view, so that I see the week", ["Calendar view"]),
        ("Members should be able to RSVP and leave comments", ["RSVP and leave comments"]),
        (
            "Search by ingredient. Save favourites. Rate recipes.",
            ["Search by ingredient", "Save favourites", "Rate recipes"],
        ),
        ("- Calendar\n- Sheet music: upload and print", ["Calendar", "Sheet music"]),
        ("Could it send an email to each member?", ["Send an email to each member"]),
        ("it must be possible to add photos", ["Add photos"]),
        ("track my runs, walks and swims", ["Track my runs, walks and swims"]),
        ("search and filter recipes", ["Search and filter recipes"]),
        ("shopping list, recipes and calendar", ["Shopping list", "Recipes", "Calendar"]),
        ("Main things: a list, a map and a chat", ["List", "Map", "Chat"]),
        ("and so on", []),
        ("etc", []),
        ("Offline use is a must have", ["Offline use"]),
    ],
)
def test_features_are_taken_out_of_running_text(message, features):
    assert titles(told(message, Topic.FEATURES)) == features


def test_what_more_is_said_of_a_feature_is_its_description():
    feature = told("Calendar view - so that I see the week", Topic.FEATURES).features[0]
    assert (feature.title, feature.description) == ("Calendar view", "So that I see the week")


def test_priorities_are_taken_from_the_words_around():
    brief = told(
        "It must plan the week. Maybe a dark mode. Print it, if possible. Sharing is essential.", Topic.FEATURES
    )
    assert [f.priority for f in brief.features] == [Priority.HIGH, Priority.LOW, Priority.LOW, Priority.HIGH]
    assert titles(brief) == ["Plan the week", "Dark mode", "Print it", "Sharing"]


@pytest.mark.parametrize(
    ("message", "out"),
    [
        ("no chat, no social stuff", ("Chat", "Social stuff")),
        ("payments for now, and other languages", ("Payments", "Other languages")),
        ("It should not send emails", ("Send emails",)),
        ("ads and tracking", ("Ads", "Tracking")),
        ("Without accounts", ("Accounts",)),
        ("There is no need for a login", ("A login",)),
    ],
)
def test_what_is_left_out_is_a_list_of_things(message, out):
    assert told(message, Topic.OUT).out == out


def test_a_story_is_told_step_by_step():
    assert told("Monday I look at the list, then I shop; done", Topic.DAY).day == (
        "Monday I look at the list.",
        "I shop.",
        "Done.",
    )
    assert told("1. open\n2. water", Topic.DAY).day == ("Open.", "Water.")


@pytest.mark.parametrize("asked", [Topic.PROBLEM, Topic.DAY, Topic.SUCCESS])
@pytest.mark.parametrize(
    "message", ["It should save me an hour", "We don't want to think about it", "No more paper", "Also on Sundays"]
)
def test_while_a_story_is_told_wishes_are_part_of_it(asked, message):
    brief = told(message, asked)
    assert plainly(getattr(brief, asked)) == message
    assert brief.features == brief.out == ()


def plainly(value):
    return (value if isinstance(value, str) else value[0]).rstrip(".")


@pytest.mark.parametrize(
    ("message", "changed"),
    [
        ("I'd like to change the name to Green Thumb", {"name": "Green Thumb"}),
        ("the name of the app should be Green Thumb", {"name": "Green Thumb"}),
        ("it should be called Green Thumb", {"name": "Green Thumb"}),
        ("Name: Green Thumb", {"name": "Green Thumb"}),
        ("it's for florists instead of gardeners", {"who": "Florists"}),
        ("actually it's for florists", {"who": "Florists"}),
        ("it is for florists too", {"who": "Gardeners; Florists"}),
        ("the problem is that plants get no light", {"problem": "Plants die; Plants get no light"}),
        ("success means green leaves", {"success": ("It lives.", "Green leaves.")}),
        ("we don't need payments", {"out": ("Ads", "Payments")}),
        ("no payments please", {"out": ("Ads", "Payments")}),
        ("leave out ads", {}),
        ("I meant a cactus diary", {}),
        ("the weather is lovely", {}),
        ("- reminders", {}),
    ],
)
def test_a_sentence_that_names_its_topic_is_understood_at_any_time(message, changed):
    brief = told(message, None)
    different = {name for name in Brief.model_fields if getattr(brief, name) != getattr(KNOWN, name)}
    assert {name: getattr(brief, name) for name in different - {"features", "numbered"}} == changed


@pytest.mark.parametrize(
    ("message", "features"),
    [
        ("can we add meal prep scheduling?", ["Water reminders", "Photo diary", "Meal prep scheduling"]),
        ("what about a chat?", ["Water reminders", "Photo diary", "Chat"]),
        ("is there a way to share?", ["Water reminders", "Photo diary", "Share"]),
        ("add dark mode and a widget", ["Water reminders", "Photo diary", "Dark mode", "Widget"]),
        ("it should also work offline", ["Water reminders", "Photo diary", "Work offline"]),
        ("please remove the photo diary and water reminders", []),
        ("we don't need the photo diary", ["Water reminders"]),
        ("replace photo diary with video diary", ["Water reminders", "Video diary"]),
        ("swap photo diary for a journal", ["Water reminders", "A journal"]),
        ("- dark mode\n- widget", ["Water reminders", "Photo diary", "Dark mode", "Widget"]),
    ],
)
def test_features_come_and_go_when_somebody_says_so(message, features):
    assert titles(told(message, None)) == features


@pytest.mark.parametrize(
    ("message", "priority"),
    [
        ("photo diary is a must have", Priority.HIGH),
        ("the most important thing is the photo diary", Priority.HIGH),
        ("put photo diary first", Priority.HIGH),
        ("make photo diary optional", Priority.LOW),
        ("photo diary isn't important", Priority.LOW),
        ("The photo diary is not that important", Priority.LOW),
        ("photo diary is a should have", Priority.MEDIUM),
    ],
)
def test_priorities_change_when_somebody_says_so(message, priority):
    assert told(message, None).features[1].priority is priority


def test_a_correction_goes_to_what_was_said_last():
    brief = Brief(
        what="A diary", who="Parents", features=(Feature(id="F1", title="Plan"), Feature(id="F2", title="Print"))
    )
    for history, field, expected in (
        (["A diary"], "what", "A cactus book"),
        (["Parents"], "who", "A cactus book"),
        (["Plan, print"], "features", "A cactus book"),
        ([], "features", "A cactus book"),
    ):
        after = apply_all(brief, hearing.hear("no, I meant a cactus book", brief, Topic.DAY, history).edits)
        value = getattr(after, field)
        assert (value if isinstance(value, str) else value[-1].title) == expected
    nothing = hearing.hear("I meant a cactus", Brief(), Topic.DAY)
    assert apply_all(Brief(), nothing.edits).day == ("I meant a cactus.",)


@pytest.mark.parametrize(
    "words",
    ["busy parents", "my mum", "small restaurants in Berlin", "everyone", "a teacher", "me", "dog owners", "all"],
)
def test_people_are_recognised(words):
    assert people.is_people(words)


@pytest.mark.parametrize(
    "words", ["free", "dinner", "planning meals", "flowers", "the week", "", "my phone", "a b c d e f g parents"]
)
def test_things_are_not_taken_for_people(words):
    assert not people.is_people(words)


@pytest.mark.parametrize(
    ("message", "other"),
    [
        ("Ich möchte eine App für mich", True),
        ("Je veux une application pour les parents", True),
        ("Quiero una aplicación para padres", True),
        ("Voglio una app per la famiglia", True),
        ("Ik wil een app voor ouders", True),
        ("Chcę aplikację dla rodziców, która jest prosta", True),
        ("Eu quero um app para uma escola", True),
        ("我想要一个应用", True),
        ("Я хочу приложение", True),
        ("I want an app for the Müller family and die Kinder", False),
        ("Supper", False),
        ("42", False),
    ],
)
def test_another_language_is_noticed(message, other):
    assert language.foreign(message) is other


def test_what_is_no_wish_is_no_wish():
    assert not idea.is_wish("The weather is lovely")
    assert listing.wishes("") == []
