"""What people say in a chat of their own, from the first /start to the first decision."""

from channels.telegram.town import Town, room
from ground.until import until


async def test_a_code_links_a_chat_once_and_the_second_time_it_is_known(here: Town):
    _, nadia = await here.linked("Nadia")
    again = await here.said(nadia, "/start", "Hello Nadia")
    assert "Tell me your idea" in again.text
    other = here.telegram.person("Mallory")
    other.say("/start nonsense")
    await here.sees(other.chat, "We do not know this link")


async def test_what_waits_is_shown_when_a_chat_is_linked(here: Town):
    user = await here.user("Nadia")
    await here.at_vision(user)
    nadia = await here.phone(user)
    card = await here.sees(nadia.chat, "needs you")
    assert "Approve" in card.buttons


async def test_words_are_an_idea_and_what_follows_is_the_conversation(here: Town):
    _, nadia = await here.linked("Nadia")
    first = await here.said(nadia, "I want a meal planning app for busy parents", "?")
    assert first.text.startswith("Meal planning app\n")
    await here.said(nadia, "Deciding every evening what to cook", "Noted, the problem")
    assert (nadia.id, "typing") in here.telegram.actions
    await here.calm()
    project = (await room(nadia.chat)).project_id
    assert (await here.row(project)).name == "Meal planning app"


async def test_a_decision_is_asked_and_answered_with_a_button(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    assert (await here.answered(nadia.press("Approve")))[0] == "Approved. Thank you."
    await until(lambda: "Approved by you, today at" in card.text)
    assert ", here, for version 1." in card.text
    assert "Approve" not in card.buttons
