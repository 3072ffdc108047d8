"""The sentences of decisions, briefs, visions, histories and problems."""

from datetime import UTC, datetime, timedelta

import pytest
from story import HREF
from story_vision import CHANGED, FEATURES_2, VISION_2, VISION_3

from orchestrator.domain.brief import Clarity, Priority, Topic
from orchestrator.domain.gate import Decision, Kind, Status
from orchestrator.domain.run import PhaseStatus
from orchestrator.telling import decisions
from orchestrator.telling.marks import FAILED, LATER, PAUSED, PROVEN, WORKING, Link, State
from orchestrator.web.views import account, gates, history, home, phases, problems, settings, shell, talk, vision
from orchestrator.web.views.phases import ActivityItem
from orchestrator.web.views.vision import Piece

NOW = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
TOM = decisions.Answer("Tom Rahman", NOW.replace(hour=11, minute=9), "telegram")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_decision_has_a_head_a_card_and_a_line(kind: Kind):
    state = State.STUCK if kind is Kind.ERROR_RESOLUTION else State.YOU
    assert gates.head(kind).state is state
    assert gates.card(kind).state is state
    assert shell.need("Supper Sorted", kind, HREF).mark.state is state
    assert shell.need("Supper Sorted", kind, HREF).text.startswith("Supper Sorted: ")


def test_what_is_known_about_a_decision_is_said_in_the_rail():
    assert (
        shell.need("Supper Sorted", Kind.ERROR_RESOLUTION, HREF, "shopping list").text == "Supper Sorted: shopping list"
    )


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PENDING}))
def test_every_answer_leaves_a_slip(status: Status):
    slip = gates.receipt("7", "Is this it?", status, "Tom said so.", Link("version 3", HREF))
    assert slip.mark.text
    assert slip.name == f"{slip.mark.text}: Is this it?"


def test_only_an_approval_is_green():
    green = [status for status, mark in decisions.MARKS.items() if mark.state is State.PROVEN]
    assert green == [Status.APPROVED]


def test_an_answer_says_who_when_where_and_for_what():
    assert decisions.answered(TOM, NOW, UTC, 3) == "Tom Rahman, today at 11:09, on Telegram, for version 3."
    here = decisions.Answer("Nadia", NOW - timedelta(days=1), "web", "Please add allergies.")
    assert decisions.answered(here, NOW, UTC) == "Nadia, yesterday at 11:30, here: “Please add allergies.”"
    assert decisions.channel("matrix") == "on matrix"


def test_the_slower_of_two_is_told_who_was_faster():
    note = decisions.faster(TOM, Decision.APPROVE, UTC, HREF)
    assert note.strong == "Tom was faster."
    assert note.text == "Tom Rahman approved this at 11:09 on Telegram, so your answer was not needed."


def test_an_answer_to_an_older_version_does_not_count():
    note = decisions.moved_on("vision", 2, 3, HREF)
    assert note.text == "You looked at version 2; version 3 is here. Nothing was approved."


def test_who_may_answer_and_where_is_one_sentence():
    assert (
        gates.who_may(("You", "Tom"), ("web", "telegram", "email")) == "You or Tom, here, on Telegram or by email link"
    )
    assert gates.who_may(("You",), ()) == "You"


def test_the_brief_counts_what_is_clear():
    made = talk.brief(
        (
            talk.topic(Topic.WHAT, Clarity.CLEAR, "Dinners"),
            talk.topic(Topic.WHO, Clarity.HALF, "Parents", new=True),
            talk.topic(Topic.OUT, Clarity.OPEN, ""),
        ),
        f"{HREF}/vision",
    )
    assert (made.clear, made.sentence) == (1, "1 clear, 1 half clear, 1 still open")
    assert [item.text for item in made.items] == ["Dinners", "Parents. Just added", "Still open: we will ask"]


def test_greetings_are_for_the_hour():
    assert home.greeting("Nadia", NOW, UTC) == "Good morning, Nadia"
    assert home.first_greeting("Nadia") == "Hello, Nadia. What would you like to make?"


def test_the_vision_has_the_sections_that_say_something():
    made = vision.sections(VISION_3, 3, VISION_2)
    assert [section.title for section in made][:4] == ["Who it is for", "The problem", "The idea", "What it does"]
    features = made[3].items
    assert (features[0].strong, features[0].text[:10]) == ("Plans the week", " from the ")
    assert features[2].text.startswith(", adding")
    assert (features[3].strong, features[3].tags) == ("Respects allergies.", ("Must have", "New in version 3"))
    assert features[4].tags == ("Nice to have",)
    bare = VISION_2.model_copy(update={"questions": (), "out": ()})
    assert "Still open" not in [section.title for section in vision.sections(bare)]


def test_a_feature_without_a_description_is_its_title():
    plain = FEATURES_2[0].model_copy(update={"description": "", "priority": Priority.MEDIUM})
    item = vision.sections(VISION_2.model_copy(update={"features": (plain,)}))[3].items[0]
    assert (item.strong, item.text, item.tags) == ("Plans the week", "", ("Should have",))


def test_what_changed_is_said_in_words_first():
    assert [change.title for change in CHANGED] == ["Added to “What it does”", "Reworded in “What it does”"]
    assert vision.summed_up(CHANGED) == "one added, one reworded"
    assert CHANGED[1].pieces == (
        (Piece.SAME, "Plans the week"),
        (Piece.REMOVED, "with recipes it finds,"),
        (Piece.ADDED, "from the recipes you put in,"),
        (Piece.SAME, "for the people at home each evening. Must have."),
    )


def test_the_way_back_removes_what_was_added():
    titles = [change.title for change in vision.changes(VISION_3, VISION_2)]
    assert titles == ["Reworded in “What it does”", "Removed from “What it does”"]


def test_a_new_summary_and_new_words_at_an_end_are_seen():
    new = VISION_2.model_copy(update={"what": f"{VISION_2.what} For free.", "who": "Everybody"})
    found = vision.changes(VISION_2, new)
    assert [change.title for change in found] == [
        "Reworded in the summary",
        "Added to “Who it is for”",
        "Removed from “Who it is for”",
    ]
    assert found[0].pieces[-1] == (Piece.ADDED, "For free.")
    assert (
        vision.intro(found) == "One thing was added, one was reworded and one was removed. Everything else is the same."
    )


def test_two_equal_versions_say_the_same():
    assert vision.intro(vision.changes(VISION_2, VISION_2)) == "The two versions say the same."


def test_several_changes_are_several_things():
    more = VISION_2.model_copy(update={"success": (*VISION_2.success, "Peace"), "out": (*VISION_2.out, "Wine pairing")})
    assert vision.intro(vision.changes(VISION_2, more)) == "Two things were added. Everything else is the same."


@pytest.mark.parametrize("status", PhaseStatus)
def test_only_a_completed_phase_is_green(status: PhaseStatus):
    assert (phases.mark(status).state is State.PROVEN) is (status is PhaseStatus.COMPLETED)


def test_the_phase_at_hand_of_a_paused_project_is_paused():
    assert phases.mark(PhaseStatus.IN_PROGRESS, paused=True) is PAUSED
    assert phases.mark(PhaseStatus.PENDING, paused=True) is LATER


def test_the_last_phase_is_the_goal_until_it_begins():
    assert phases.PhaseView(5, "Print it", LATER, last=True).icon == "flag"
    assert phases.PhaseView(5, "Print it", WORKING, last=True).icon == "work"


def test_the_buttons_are_those_that_can_do_something():
    assert [action.label for action in phases.buttons(HREF, working=True, paused=False)] == [
        "Pause after this step",
        "Stop now",
    ]
    assert [action.href for action in phases.buttons(HREF, working=False, paused=True)] == [f"{HREF}/resume"]
    assert phases.buttons(HREF, working=False, paused=False) == ()


@pytest.mark.parametrize(("wish", "chosen"), [("problems", "Problems"), ("", "What matters"), ("<x>", "What matters")])
def test_an_unknown_wish_shows_what_matters(wish: str, chosen: str):
    assert [choice.label for choice in phases.filters(wish) if choice.chosen] == [chosen]


def test_the_history_is_in_days_of_the_reader():
    def entry(id: str) -> history.HistoryEntry:
        return history.HistoryEntry(id, ActivityItem(PROVEN, "It happened.", "9:02"))

    moments = [(NOW, entry("c")), (NOW - timedelta(hours=2), entry("b")), (NOW - timedelta(days=1), entry("a"))]
    made = history.days(moments, NOW, UTC)
    assert [(day.title, len(day.entries)) for day in made] == [("Today, Sunday 22 November", 2), ("Yesterday", 1)]


def test_people_have_a_role_in_words():
    tom = settings.Member("2", "Tom Rahman", "approver")
    assert (tom.initials, tom.first_name, tom.role_name, tom.may) == ("TR", "Tom", "Approver", "May answer decisions")
    assert [choice.value for choice in settings.roles("viewer") if choice.chosen] == ["viewer"]
    assert "owner" not in [choice.value for choice in settings.roles("viewer")]
    assert [choice.value for choice in settings.themes("dark") if choice.chosen] == ["dark"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503])
def test_a_problem_says_what_happened_and_what_to_do(status: int):
    made = problems.problem(status, "Not readable", "The form was cut off.", reference="e-1")
    assert made.title
    assert made.safe
    assert made.reference == "e-1"
    ours = status in {500, 502}
    assert (made.happened == "The form was cut off.") is not ours
    for forbidden in ("oops", "invalid", "failed to", "try again later", "!"):
        assert forbidden not in f"{made.title} {made.happened} {made.safe} {made.now}".lower()


def test_a_problem_in_a_form_is_one_note():
    note = problems.note(problems.problem(429, wait=1))
    assert note.strong == "That was a lot at once."
    assert note.text.endswith("Please wait 1 second before the next.")
    assert note.mark.state is State.STUCK


def test_the_doors_get_their_views():
    until = datetime(2026, 11, 22, 14, 40).astimezone()
    made = account.setup(key="k", until=until, wrong={"email": "Not whole."}, now=until)
    assert (made.until, made.email.wrong, made.name.wrong) == ("14:40 today", "Not whole.", "")
    away = account.sign_in(next="/", away=True, hours=12, wrong="No match.", email="n@example.org")
    assert (away.away, away.password.wrong, away.email.value) == ("12 hours", "No match.", "n@example.org")
    assert account.sign_in(next="/", hours=12).away == ""


def test_failures_stand_out_and_rest_does_not():
    assert (FAILED.state, LATER.state, PROVEN.state) == (State.STUCK, State.REST, State.PROVEN)
