"""Each order with a slash does what it says, and each refusal is a sentence."""

from channels.telegram.town import Town, room
from ground.until import until
from orchestrator.conversation.command import perform
from orchestrator.domain.command import SetMember
from orchestrator.domain.gate import Status
from orchestrator.domain.project import Step
from orchestrator.runtime import read
from orchestrator.store import gates


async def test_the_menu_lists_all_orders(here: Town):
    await until(lambda: here.telegram.commands)
    names = [one["command"] for one in here.telegram.commands]
    wanted = "start new projects switch status continue approve changes reject pause resume cancel undo cost vision"
    assert names == [*wanted.split(), "reset", "link", "help"]
    assert here.telegram.calls["setMyCommands"] == 1


async def test_help_and_link_and_what_is_not_known(here: Town):
    _, nadia = await here.linked("Nadia")
    said = await here.said(nadia, "/help", "/status")
    assert all(f"/{one['command']}" in said.text for one in here.telegram.commands)
    await here.said(nadia, "/link", "You are Nadia here")
    await here.said(nadia, "/frobnicate now", "I do not know /frobnicate. /help lists what I understand.")


async def test_new_with_an_idea_and_without(here: Town):
    _user, nadia = await here.linked("Nadia")
    await here.said(nadia, "/new", "What would you like to make?")
    await here.said(nadia, "An app that waters my plants", "?")
    first = (await room(nadia.chat)).project_id
    assert "water" in (await here.row(first)).idea
    await here.said(nadia, "/new A list of birds that I saw", "?")
    second = (await room(nadia.chat)).project_id
    assert second != first
    assert "birds" in (await here.row(second)).idea


async def test_new_can_be_left(here: Town):
    _, nadia = await here.linked("Nadia")
    await here.said(nadia, "/new", "What would you like to make?")
    await here.said(nadia, "/cancel", "it stays as it is")
    assert (await room(nadia.chat)).project_id is None


async def test_without_a_project_orders_say_so(here: Town):
    _, nadia = await here.linked("Nadia")
    for order in ("/status", "/pause", "/approve", "/vision", "/cost", "/reset", "/undo", "/projects"):
        assert await here.said(nadia, order, "You have no project yet")


async def test_status_cost_and_the_vision_that_is_not_there(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.project(user)
    said = await here.said(nadia, "/status", "Getting to know your idea.")
    assert "Meal planning app" in said.text
    await here.said(nadia, "/cost", "Nothing is spent. The limit is")
    await here.said(nadia, "/vision", "There is no vision yet")
    await here.said(nadia, "/approve", "Nothing waits for an answer.")
    await here.said(nadia, "/undo", "No phase is part of your app yet")


async def test_projects_and_switch(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.project(user, "An app that waters plants")
    birds = await here.project(user, "A list of birds that I saw")
    said = await here.said(nadia, "/projects", "Which one shall we talk about?")
    assert len(said.buttons) == 2
    await here.said(nadia, "/status", "Which project do you mean?")
    name = (await here.row(birds)).name
    await here.answered(nadia.press(name))
    await here.sees(nadia.chat, "We talk about this now.")
    assert (await room(nadia.chat)).project_id == birds
    await here.said(nadia, "/switch app", "We talk about this now.")
    assert (await room(nadia.chat)).project_id != birds
    await here.said(nadia, "/switch submarine", "I found no project of yours called “submarine”")
    await here.said(nadia, "/switch", "Which one shall we talk about?")


async def test_words_wait_until_it_is_clear_which_project_they_are_for(here: Town):
    user, nadia = await here.linked("Nadia")
    plants = await here.project(user, "An app that waters plants")
    await here.project(user, "A list of birds that I saw")
    await here.said(nadia, "It is for my grandmother", "Which project do you mean?")
    await here.answered(nadia.press((await here.row(plants)).name))
    await here.sees(nadia.chat, "randmother")
    await here.calm()
    assert any("randmother" in text for text in nadia.chat.shows())


async def test_pause_resume_and_continue(here: Town):
    user, nadia = await here.linked("Nadia")
    _project, _gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    await here.said(nadia, "/pause", "Paused by Nadia")
    await here.sees(nadia.chat, "No longer asked")
    await here.said(nadia, "/continue", "We go on where we stopped")
    card = await here.sees(nadia.chat, "needs you")
    await here.said(nadia, "/continue", "needs you")
    assert "Approve" not in card.buttons
    await here.said(nadia, "/pause", "Paused by Nadia")
    await here.said(nadia, "/resume", "We go on where we stopped")
    await here.said(nadia, "/resume", "cannot")


async def test_approve_changes_and_reject(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    await here.said(nadia, "/approve 7", "Nothing was decided.")
    await here.said(nadia, "/changes", "What should be different?")
    await here.said(nadia, "/cancel", "it stays as it is")
    await here.said(nadia, "/changes Please add reminders", "eminders")
    assert (await read(gates.get, gate.id)).status is Status.CHANGES_REQUESTED
    await here.sees(nadia.chat, "Changes asked for by you")
    second = await here.vision(user, project)
    await here.calm()
    await here.said(nadia, "/reject", "nothing is built")
    assert (await read(gates.get, second.id)).status is Status.REJECTED
    third = await here.vision(user, project)
    await here.calm()
    await here.said(nadia, "/approve", "Thank you.")
    answered = await read(gates.get, third.id)
    assert (answered.status, answered.channel) == (Status.APPROVED, "telegram")


async def test_cancel_asks_back_and_an_old_yes_does_nothing(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    asked = await here.said(nadia, "/cancel", "Shall I cancel the whole project?")
    data = asked.rows[0][0]["callback_data"]
    await here.answered(nadia.press("No, go on"))
    await here.sees(nadia.chat, "it stays as it is")
    text, _ = await here.answered(nadia.press_data(data, asked))
    assert "asked long ago" in text
    assert (await here.row(project)).step is Step.TALKING
    await here.said(nadia, "/cancel", "Shall I cancel the whole project?")
    await here.answered(nadia.press("Yes, cancel it"))
    await here.sees(nadia.chat, "Cancelled. What was made so far is kept.")
    assert (await here.row(project)).step is Step.CANCELLED
    assert nadia.chat.with_button("Yes, cancel it") is None


async def test_reset_asks_back(here: Town):
    user, nadia = await here.linked("Nadia")
    project, _ = await here.at_vision(user)
    await here.said(nadia, "/reset", "Shall we start over with the idea?")
    await here.answered(nadia.press("Yes, start over"))
    await here.sees(nadia.chat, "We start over.")
    assert (await here.row(project)).step is Step.TALKING


async def test_the_vision_comes_as_words_and_as_a_file(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.at_vision(user)
    await here.sees(nadia.chat, "needs you")
    await here.said(nadia, "/vision", "vision, version 1")
    await here.calm()
    name, content = nadia.chat.last.file
    assert name == "vision-1.md"
    assert b"# " in content
    await here.answered(nadia.press("Read it (one page)"))
    await here.calm()
    assert nadia.chat.last.file[0] == "vision-1.md"


async def test_roles_hold_and_the_refusal_is_the_answer(here: Town):
    owner, _ = await here.linked("Olga")
    project, gate = await here.at_vision(owner)
    for role, order, sentence in (
        ("viewer", "/pause", "In this project you are a viewer."),
        ("viewer", "hello there", "In this project you are a viewer."),
        ("viewer", "/approve", "In this project you are a viewer."),
        ("contributor", "/cancel", "In this project you are a contributor."),
        ("contributor", "/reset", "In this project you are a contributor."),
        ("approver", "/cancel", "In this project you are an approver."),
    ):
        user, tom = await here.linked("Tom")
        await perform(SetMember(project, role, user_id=user.id), owner.acts(), f"{user.id} {role}")
        await here.said(tom, order, sentence)
    assert (await here.row(project)).step is Step.VISION
    assert (await read(gates.get, gate.id)).status is Status.PENDING
