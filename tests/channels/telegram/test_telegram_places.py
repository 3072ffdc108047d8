"""Groups, topics, strangers, and all that is not words."""

from channels.telegram.town import Town, room, taken
from ground.until import until
from orchestrator import clock
from orchestrator.conversation.command import perform
from orchestrator.domain.command import SetMember
from orchestrator.domain.gate import Status
from orchestrator.runtime import read
from orchestrator.store import gates, pages, posts, rooms


async def test_a_stranger_gets_one_sentence_once_and_no_effect(here: Town):
    eve = here.telegram.person("Eve")
    for text in ("hello", "/new An app for me", "/approve", "/start", "please"):
        eve.say(text)
    said = await here.sees(eve.chat, "I work for people who have an account")
    eve.say("", voice={"file_id": "1", "file_unique_id": "1", "duration": 3})
    await here.calm()
    assert eve.chat.of_the_bot() == [said]
    kept = await room(eve.chat)
    assert kept.user_id is None
    assert kept.project_id is None


async def test_a_code_works_once_and_only_for_one(here: Town):
    _user, nadia = await here.linked("Nadia")
    code = next(row for row in await taken() if str(nadia.id).encode() in row.body)
    used = code.body.decode().split("/start ")[1].split('"')[0]
    eve = here.telegram.person("Eve")
    eve.say(f"/start {used}")
    await here.sees(eve.chat, "a link works once")


async def test_a_group_hears_only_what_is_meant_for_us(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    group = here.telegram.group("Kitchen")
    for text in ("hello all", "/status@another_bot", "/frobnicate", "what does @someone think", "yes"):
        nadia.say(text, group)
    await here.calm()
    assert group.shows() == []
    await here.said(nadia, "/status", "This group belongs to no project yet", group)
    await here.said(nadia, "/new A thing", "Please write that to me alone", group)
    await here.said(nadia, "/switch@orchestrator_bot meal", "This group belongs to this project now.", group)
    assert (await room(group)).project_id == project
    await here.said(nadia, "/status@Orchestrator_Bot", "Getting to know your idea.", group)
    reply = await here.said(nadia, "🍲 @orchestrator_bot it is for busy parents", "usy parents", group)
    await here.said(nadia, "Deciding what to cook is hard", "eciding", group, to=reply)
    await here.said(nadia, "@orchestrator_bot /cost", "Nothing is spent", group)
    await here.said(nadia, "@orchestrator_bot", "Yes? Write what you would like", group)


async def test_in_a_group_each_is_judged_by_who_they_are(here: Town):
    user, nadia = await here.linked("Nadia")
    tom, phone = await here.linked("Tom")
    eve = here.telegram.person("Eve")
    project, gate = await here.at_vision(user)
    group = here.telegram.group("Kitchen")
    await here.said(phone, "/switch", "You own no project", group)
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    await here.sees(group, "Is this the app you want?")
    await here.said(phone, "/approve", "There is no such project", group)
    await here.said(eve, "/approve@orchestrator_bot", "I work for people who have an account", group)
    text, _ = await here.answered(eve.press("Approve", group))
    assert "Link your account first" in text
    text, _ = await here.answered(phone.press("Approve", group))
    assert "no such project" in text
    await perform(SetMember(project, "viewer", user_id=tom.id), user.acts(), clock.new_id())
    text, _ = await here.answered(phone.press("Approve", group))
    assert "you are a viewer" in text
    assert (await read(gates.get, gate.id)).status is Status.PENDING
    await here.answered(nadia.press("Approve", group))
    await here.sees(group, "Approved by Nadia, today at")
    await here.sees(nadia.chat, "Approved by you, today at")


async def test_a_group_of_somebody_else_cannot_be_taken(here: Town):
    user, nadia = await here.linked("Nadia")
    tom, phone = await here.linked("Tom")
    await here.project(user)
    await here.project(tom, "A list of birds that I saw")
    group = here.telegram.group("Kitchen")
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    before = (await room(group)).project_id
    await here.said(phone, "/switch birds", "This group belongs to another project.", group)
    assert (await room(group)).project_id == before


async def test_changes_in_a_group_are_asked_of_one_person(here: Town):
    user, nadia = await here.linked("Nadia")
    _, gate = await here.at_vision(user)
    group = here.telegram.group("Kitchen")
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    await here.sees(group, "Is this the app you want?")
    await here.answered(nadia.press("Ask for changes", group))
    asked = await here.sees(group, "What should be different?")
    assert asked.asks
    _tom, phone = await here.linked("Tom")
    phone.say("I want it green", group, to=asked)
    await here.calm()
    assert (await read(gates.get, gate.id)).status is Status.PENDING
    await here.said(nadia, "Please add allergies", "llergies", group, to=asked)
    assert (await read(gates.get, gate.id)).note == "Please add allergies"


async def test_topics_are_places_of_their_own(here: Town):
    user, nadia = await here.linked("Nadia")
    meals = await here.project(user)
    birds = await here.project(user, "A list of birds that I saw")
    forum = here.telegram.group("House", forum=True)
    one, two = forum.topic(), forum.topic()
    await here.said(nadia, "/switch meal", "This group belongs", forum, topic=one)
    await here.said(nadia, "/switch birds", "This group belongs", forum, topic=two)
    assert (await room(forum, one)).project_id == meals
    assert (await room(forum, two)).project_id == birds
    await here.said(nadia, "/status", "List of birds", forum, topic=two)
    assert "Meal" in forum.shows(one)[0]
    assert not any("birds" in text for text in forum.shows(one))


async def test_a_group_that_grows_is_followed(here: Town):
    user, nadia = await here.linked("Nadia")
    project, _ = await here.at_vision(user)
    group = here.telegram.group("Kitchen")
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    await here.sees(group, "Is this the app you want?")
    larger = group.grows()
    await here.calm()
    assert (await read(rooms.at, "telegram", str(group.id))) is None
    assert (await room(larger)).project_id == project
    await here.said(nadia, "/status", "Waiting for", larger)


async def test_a_group_that_grew_unheard_is_followed_when_something_is_said(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    group = here.telegram.group("Kitchen")
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    larger = here.telegram.group("Kitchen", forum=True)
    group.migrated_to = larger.id
    await here.vision(user, project)
    await here.sees(larger, "Is this the app you want?")
    assert (await room(larger)).project_id == project


async def test_we_are_sent_away_and_let_in_again(here: Town):
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    group = here.telegram.group("Kitchen")
    await here.said(nadia, "/switch meal", "This group belongs to this project now.", group)
    group.kicks()
    await until(lambda: _problem(group))
    await here.vision(user, project)
    await here.sees(nadia.chat, "needs you")
    assert len(group.shows()) == 1
    group.shut = ""
    await here.said(nadia, "/status", "Waiting for", group)
    await here.sees(group, "Is this the app you want?")


async def _problem(group) -> str:
    return (await room(group)).problem


async def test_what_is_not_words_is_declined_in_one_friendly_sentence(here: Town):
    _, nadia = await here.linked("Nadia")
    file = {"file_id": "1", "file_unique_id": "1"}
    for kind, what, sentence in (
        ("voice", file | {"duration": 3}, "I cannot listen to voice messages yet; please write it."),
        ("photo", [file | {"width": 1, "height": 1}], "I cannot look at pictures yet"),
        ("sticker", file | {"type": "regular"}, "I do not understand stickers"),
        ("location", {"latitude": 1.0, "longitude": 2.0}, "I cannot read maps"),
        ("video", file | {"duration": 3}, "I cannot watch videos yet"),
        ("contact", {"phone_number": "1", "first_name": "A"}, "I keep no address book"),
        ("poll", {"id": "1", "question": "?"}, "I do not vote"),
    ):
        await here.said(nadia, "", sentence, **{kind: what})
    assert (await room(nadia.chat)).project_id is None


async def test_an_album_is_declined_once(here: Town):
    _, nadia = await here.linked("Nadia")
    before = len(nadia.chat.of_the_bot())
    for number in range(4):
        nadia.say("", photo=[{"file_id": str(number)}], media_group_id="77")
    await here.sees(nadia.chat, "I cannot look at pictures yet")
    await here.calm()
    assert len(nadia.chat.of_the_bot()) == before + 1


async def test_small_text_files_are_words_and_others_are_not(here: Town):
    _user, nadia = await here.linked("Nadia")
    nadia.sends("idea.txt", b"An app that waters my plants while I am away", caption="My idea")
    await until(lambda: _project(nadia))
    assert "waters my plants" in (await here.row(await _project(nadia))).idea
    for name, content, mime in (
        ("a.txt", b"x" * 20_001, "text/plain"),
        ("a.pdf", b"%PDF", "application/pdf"),
        ("a.txt", b"\xff\xfe\x00bad", "text/plain"),
    ):
        before = nadia.chat.last
        nadia.sends(name, content, mime)
        await here.sees(nadia.chat, "I can only read text files of up to 20 kB", after=before)


async def _project(nadia) -> str | None:
    return (await room(nadia.chat)).project_id


async def test_edits_are_not_read_and_told_so_once(here: Town):
    user, nadia = await here.linked("Nadia")
    await here.project(user)
    message = nadia.message("It is for busy parents")
    here.telegram.update(message=message)
    await here.sees(nadia.chat, "usy parents")
    nadia.edits(message, "It is for lazy parents")
    nadia.edits(message, "/cancel")
    await here.sees(nadia.chat, "I do not read changes of what was sent before.")
    await here.calm()
    assert sum("I do not read changes" in text for text in nadia.chat.shows()) == 1


async def test_what_telegram_says_of_a_group_is_for_nobody(here: Town):
    _, nadia = await here.linked("Nadia")
    group = here.telegram.group("Kitchen")
    nadia.say("", group, new_chat_members=[nadia.told()])
    nadia.say("", group, pinned_message={"message_id": 1})
    nadia.say("", new_chat_title="x")
    here.telegram.update(poll={"id": "1"})
    here.telegram.update(message={"message_id": 1, "chat": {"id": nadia.id}})
    await here.calm()
    assert group.shows() == []


async def test_an_answer_to_a_message_is_about_its_project(here: Town):
    user, nadia = await here.linked("Nadia")
    meals = await here.project(user)
    await here.project(user, "A list of birds that I saw")
    await here.vision(user, meals)
    card = await here.sees(nadia.chat, "needs you")
    await here.said(nadia, "/switch birds", "We talk about this now")
    said = await here.said(nadia, "/status", "Waiting for", to=card)
    assert "Meal planning app" in said.text
    said = await here.said(nadia, "/status", "Getting to know")
    assert "List of birds" in said.text
    found = await read(pages.page, user.id)
    assert len(found.standings) == 2
    assert (await read(posts.of_room, (await room(nadia.chat)).id))[-1].project_id != meals
