"""Decisions in a chat: asked once, answered with buttons or words, and never by accident."""

from datetime import timedelta

from channels.telegram.town import Town, room
from ground.until import until
from orchestrator import clock
from orchestrator.channels.telegram import finding
from orchestrator.conversation.command import perform
from orchestrator.domain.command import ORCHESTRATOR, Answer, SetMember
from orchestrator.domain.gate import Decision, Kind, Status, Way
from orchestrator.domain.project import Step
from orchestrator.domain.question import Question, WayOut
from orchestrator.runtime import read, tx
from orchestrator.store import events, gates, posts, projects


async def test_a_card_says_all_that_is_needed_and_rings(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    assert not card.silent
    assert card.text.startswith("🟡 Meal planning app needs you\nIs this the app you want?")
    assert "Yes: " in card.text
    assert "No: Nothing is built." in card.text
    assert card.buttons == ["Read it (one page)", "Approve", "Ask for changes", "Reject", "Not now"]


async def test_not_now_decides_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    text, alert = await here.answered(nadia.press("Not now"))
    assert "nothing happens before you answer" in text
    assert not alert
    assert (await read(gates.get, gate.id)).status is Status.PENDING


async def test_who_presses_second_is_told_who_was_faster(here: Town):
    user, nadia = await here.linked("Nadia")
    tom, phone = await here.linked("Tom")
    project, gate = await here.at_vision(user)
    await perform(SetMember(project, "approver", user_id=tom.id), user.acts(), clock.new_id())
    card = await here.sees(nadia.chat, "needs you")
    data = card.rows[1][0]["callback_data"]
    await perform(Answer(gate.id, Decision.APPROVE), user.acts(), clock.new_id())
    await here.sees(nadia.chat, "Approved by you, today at")
    assert "on the web" in nadia.chat.last.text
    text, alert = await here.answered(phone.press_data(data, card, nadia.chat))
    assert text.startswith("Nadia was faster. Nadia approved this at")
    assert alert
    text, alert = await here.answered(nadia.press_data(data, card))
    assert (text, alert) == ("You approved this already.", False)


async def test_pressed_twice_counts_once_and_both_are_answered(here: Town):
    user, nadia = await here.linked("Nadia")
    _, _gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    data = card.rows[1][0]["callback_data"]
    first, second = nadia.press_data(data, card), nadia.press_data(data, card)
    assert (await here.answered(first))[0] == "Approved. Thank you."
    assert (await here.answered(second))[0] == "You approved this already."


async def test_a_button_of_an_old_version_counts_for_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    data = card.rows[1][0]["callback_data"]
    await perform(Answer(gate.id, Decision.CHANGES, "Please add reminders"), user.acts(), clock.new_id())
    newer = await here.vision(user, project)
    await until(lambda: nadia.chat.with_button("Approve"))
    await here.answered(nadia.press_data(data, card))
    said = await here.sees(nadia.chat, "This was version 1. Version 2 is here now, so I did not count your answer.")
    assert said.buttons == ["Show version 2"]
    assert (await read(gates.get, newer.id)).status is Status.PENDING
    before = nadia.chat.with_button("Approve")
    await here.answered(nadia.press("Show version 2"))
    await until(lambda: nadia.chat.with_button("Approve") is not before)
    await until(lambda: not before.buttons)
    await here.answered(nadia.press("Approve"))
    await here.sees(nadia.chat, "for version 2", after=before)


async def test_an_answer_to_a_press_that_comes_too_late_is_no_fault(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    here.telegram.queries.discard(nadia.press("Approve"))
    await here.sees(nadia.chat, "Approved by you")
    await here.calm()
    assert (await read(gates.get, gate.id)).status is Status.APPROVED


async def test_changes_are_one_question_and_the_next_words_are_the_answer(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    await here.answered(nadia.press("Ask for changes"))
    asked = await here.sees(nadia.chat, "What should be different? A few words are enough.")
    assert "/cancel to leave it as it is" in asked.text
    await here.said(nadia, "Please add allergies", "llergies")
    answered = await read(gates.get, gate.id)
    assert (answered.status, answered.note) == (Status.CHANGES_REQUESTED, "Please add allergies")
    assert not (await room(nadia.chat)).state


async def test_words_for_a_decision_that_was_answered_meanwhile_change_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    await here.answered(nadia.press("Ask for changes"))
    await here.sees(nadia.chat, "What should be different?")
    await perform(Answer(gate.id, Decision.REJECT), user.acts(), clock.new_id())
    await here.said(nadia, "Please add allergies", "was faster")
    assert "llergies" not in str((await here.row(project)).brief)
    await here.said(nadia, "It needs allergies", "?")


async def test_a_nearly_yes_is_asked_back(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    sure = await here.said(nadia, "hm okay I guess", "I think that was a yes, but I’d rather be sure:")
    assert sure.buttons == ["Approve version 1", "Not yet"]
    assert (await read(gates.get, gate.id)).status is Status.PENDING
    await here.answered(nadia.press("Approve version 1"))
    await here.sees(nadia.chat, "Approved by you")


async def test_yes_is_an_answer_only_to_what_was_to_be_seen(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    here_is = (await room(nadia.chat)).id
    await until(lambda: read(finding.was_seen, here_is, gate.id))  # what is in the chat is noted a moment later
    await tx(_hide, (await read(posts.at, here_is, f"gate:{gate.id}")).id)
    await here.said(nadia, "yes", "Please look at this first")
    assert (await read(gates.get, gate.id)).status is Status.PENDING
    await here.sees(nadia.chat, "needs you", after=card)
    await here.said(nadia, "yes", "Thank you")
    assert (await read(gates.get, gate.id)).status is Status.APPROVED


async def _hide(db, id: str) -> None:
    post = await posts.get(db, id)
    post.outside = post.shown = ""


async def test_who_may_not_decide_is_refused_at_the_button(here: Town):
    user, nadia = await here.linked("Nadia")
    tom, phone = await here.linked("Tom")
    project, gate = await here.at_vision(user)
    await perform(SetMember(project, "viewer", user_id=tom.id), user.acts(), clock.new_id())
    card = await here.sees(nadia.chat, "needs you")
    for place in (0, 1):
        text, alert = await here.answered(phone.press_data(card.rows[1][place]["callback_data"], card, nadia.chat))
        assert text.startswith("In this project you are a viewer.")
        assert alert
    eve = here.telegram.person("Eve")
    text, alert = await here.answered(eve.press_data(card.rows[1][0]["callback_data"], card, nadia.chat))
    assert "Link your account first" in text
    assert (await read(gates.get, gate.id)).status is Status.PENDING


async def test_buttons_that_nobody_made_do_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    for data in (
        "",
        "a",
        "a:",
        "a:none:1:y",
        f"a:{gate.id}",
        f"a:{gate.id}:x:y",
        f"a:{gate.id}:1:zzz",
        "q:none:1",
        "?:1",
    ):
        await here.answered(nadia.press_data(data, card))
    for data in ("s:none", "p:none", "k:none", "z:none", "u:none:1", "x:none", "r:none", "v:none", "d:none:x:1", "n"):
        await here.answered(nadia.press_data(data, card))
    await here.calm()
    assert (await read(gates.get, gate.id)).status is Status.PENDING


async def test_stuck_shows_its_ways_and_each_is_a_button(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    ways = (
        WayOut(Way.DIFFERENTLY, "Try it differently", "The builder begins again."),
        WayOut(Way.BACK, "Go back to the last good state", "Nothing is deleted."),
        WayOut(Way.STOP, "Stop here", "Nothing more is built."),
    )
    gate = await tx(
        _ask, project, Question(Kind.ERROR_RESOLUTION, "It counts onions twice. How?", "w", "y", "n", ways=ways)
    )
    card = await here.sees(nadia.chat, "is stuck and needs you")
    assert card.text.startswith("🛑 Meal planning app is stuck and needs you")
    assert card.buttons == [
        "1 Try it differently (suggested)",
        "2 Go back to the last good state",
        "3 Stop here",
        "Say something else",
        "Not now",
    ]
    await here.answered(nadia.press("Say something else"))
    await here.sees(nadia.chat, "What shall we do?")
    await here.said(nadia, "/cancel", "it stays as it is")
    assert (await read(gates.get, gate)).status is Status.PENDING


async def test_leave_is_given_once_or_for_good(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    ways = (WayOut(Way.ONCE, "Yes, only this once", "s"), WayOut(Way.ALWAYS, "Yes, always in this project", "s"))
    facts = (("What exactly", "pip install <flask>"),)
    question = Question(
        Kind.PERMISSION, "The builder wants to fetch things. May it?", "w", "y", "n", facts=facts, ways=ways
    )
    await tx(_ask, project, question)
    card = await here.sees(nadia.chat, "The builder wants to fetch things.")
    assert "What exactly: pip install <flask>" in card.text
    assert card.tags.count("code") == 1
    assert card.buttons == [
        "Yes, only this once",
        "Yes, always in this project",
        "No",
        "No, do this instead",
        "Not now",
    ]


async def test_a_limit_may_become_another_one(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    question = Question(Kind.BUDGET, "€10 of €10 is used. May we go on to €20?", "w", "y", "n", amount=20_000_000)
    await tx(_ask, project, question)
    card = await here.sees(nadia.chat, "May we go on to €20?")
    assert card.buttons == ["Approve", "Another limit", "Reject", "Not now"]
    await here.answered(nadia.press("Another limit"))
    await here.sees(nadia.chat, "Which limit? Write one sum, such as 15.")


async def _ask(db, project: str, question: Question) -> str:
    row = await projects.locked(db, project)
    row.step = Step.PROBLEM if question.kind is Kind.ERROR_RESOLUTION else Step.LIMIT
    row.paused_from = Step.TALKING
    return (await gates.open(db, row, question)).id


async def test_a_reminder_rings_with_the_same_buttons_and_loses_them_with_the_answer(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    await tx(_remind, gate.id)
    again = await here.sees(nadia.chat, "still waits for you")
    assert not again.silent
    assert "No answer never means yes." in again.text
    await here.answered(nadia.press("Reject", item=again))
    await until(lambda: not again.buttons and "Reject" not in card.buttons)
    assert "Rejected by you" in again.text


async def _remind(db, id: str) -> None:
    gate = await gates.get(db, id)
    row = await projects.locked(db, gate.project_id)
    events.append(db, row, ORCHESTRATOR, "gate.reminded", gate=id, question=gate.question, phase=gate.phase)


async def test_an_answer_can_be_taken_back_for_a_minute(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    await here.answered(nadia.press("Reject"))
    await until(lambda: "Undo for 60 s" in card.buttons)
    assert (await here.answered(nadia.press("Undo for 60 s")))[0] == "Taken back. The question is asked again."
    await until(lambda: "Taken back by you" in card.text)
    assert card.buttons == []
    again = await here.sees(nadia.chat, "needs you", after=card)
    assert (await read(gates.get, gate.id)).status is Status.TAKEN_BACK
    await here.answered(nadia.press("Reject"))
    await until(lambda: "Undo for 60 s" in again.buttons)
    await here.said(nadia, "/undo", "needs you")
    assert (await here.row(project)).step is Step.VISION


async def test_after_that_minute_the_button_goes_and_an_old_one_does_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    await here.answered(nadia.press("Reject"))
    await until(lambda: "Undo for 60 s" in card.buttons)
    data = card.rows[-1][0]["callback_data"]
    await tx(_long_ago, gate.id)
    text, alert = await here.answered(nadia.press_data(data, card))
    assert "that is over" in text
    assert alert
    await until(lambda: not card.buttons)
    assert (await here.row(project)).step is Step.TALKING


async def _long_ago(db, id: str) -> None:
    gate = await gates.get(db, id)
    gate.answered_at -= timedelta(minutes=2)
