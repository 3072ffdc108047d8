"""What goes wrong between Telegram and us. Nothing is lost, and nothing is done twice."""

import json
from pathlib import Path

import httpx
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.town import IDEA, room, taken, town
from ground import telegram_words as words
from ground.loopback import Asked, Loopback
from ground.telegram_api import Fault, TelegramApi
from ground.until import until
from orchestrator import clock
from orchestrator.channels.telegram import markup
from orchestrator.conversation.command import perform
from orchestrator.domain import deliveries, plain
from orchestrator.domain.command import Answer, Rename
from orchestrator.domain.gate import Decision, Status
from orchestrator.runtime import read, tx
from orchestrator.store import arrivals, gates, messages, posts
from orchestrator.store.arrivals import Arrival


async def test_a_flood_is_waited_out_and_nothing_is_sent_twice(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        _, nadia = await here.linked("Nadia")
        telegram.spacing = 0.4
        for _ in range(4):
            nadia.say("/link")
        await until(lambda: sum("You are Nadia" in text for text in nadia.chat.shows()) == 4, 30)
        await here.calm()
        assert len(nadia.chat.of_the_bot()) == 5
        assert telegram.calls["sendMessage"] > 5


async def test_an_edit_that_is_limited_becomes_no_new_message(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        _, gate = await here.at_vision(user)
        card = await here.sees(nadia.chat, "needs you")
        sent = len(nadia.chat.of_the_bot())
        flood = Fault(429, 2, description="Too Many Requests: retry after 1", parameters={"retry_after": 1})
        telegram.fail("editMessageText", flood)
        await perform(Answer(gate.id, Decision.REJECT), user.acts(), clock.new_id())
        await until(lambda: "Rejected by you" in card.text, 30)
        assert len(nadia.chat.of_the_bot()) == sent
        assert flood.times == 0


async def test_errors_and_broken_connections_are_tried_again(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        _, nadia = await here.linked("Nadia")
        telegram.fail("sendMessage", Fault(502, description="Bad Gateway"))
        telegram.fail("sendMessage", Fault(500))
        telegram.fail("sendMessage", Fault(drop=True))
        await here.said(nadia, "/link", "You are Nadia")
        await here.calm()
        assert sum("You are Nadia" in text for text in nadia.chat.shows()) == 1


async def test_what_may_have_got_there_is_sent_all_the_same(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        _, nadia = await here.linked("Nadia")
        telegram.fail("sendMessage", Fault(lose=True))
        nadia.say("/link")
        await until(lambda: sum("You are Nadia" in text for text in nadia.chat.shows()) == 2, 20)


async def test_who_blocks_us_is_left_alone_until_they_write_again(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        project = await here.project(user)
        nadia.chat.shut = "Forbidden: bot was blocked by the user"
        await here.vision(user, project)
        await until(lambda: _problem(nadia.chat), 20)
        calls = telegram.calls["sendMessage"]
        await here.say(user, project, "hello")
        await here.calm()
        assert telegram.calls["sendMessage"] == calls
        nadia.chat.shut = ""
        await here.said(nadia, "/status", "Waiting for you")


async def _problem(chat) -> str:
    return (await room(chat)).problem


async def test_a_decision_whose_message_was_removed_is_asked_again_and_a_slip_is_not(
    tmp_path: Path, telegram: TelegramApi
):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        project, gate = await here.at_vision(user)
        card = await here.sees(nadia.chat, "needs you")
        card.removed = True
        await perform(Rename(project, "Dinners"), user.acts(), clock.new_id())
        again = await here.sees(nadia.chat, "Dinners needs you")
        await until(lambda: _outside(nadia.chat, gate.id, str(again.id)), 20)
        again.removed = True
        edits = telegram.calls["editMessageText"]
        await perform(Answer(gate.id, Decision.APPROVE), user.acts(), clock.new_id())
        await until(lambda: telegram.calls["editMessageText"] > edits, 20)
        await here.calm()
        assert not any("Approved by" in text for text in nadia.chat.shows())


async def _outside(chat, gate: str, outside: str) -> bool:
    post = await read(posts.at, (await room(chat)).id, f"gate:{gate}")
    return bool(post and post.outside == outside)


async def test_an_update_that_comes_twice_is_taken_up_once(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        project = await here.project(user)
        telegram.fail("getUpdates", Fault(lose=True))
        number = nadia.say("It is for busy parents")
        await here.sees(nadia.chat, "usy parents")
        telegram.again({"update_id": number, "message": nadia.message("It is for busy parents")})
        await here.calm()
        said = [one for one in await read(messages.newest, project) if one.role == "user"]
        assert [one.text for one in said].count("It is for busy parents") == 1
        assert len([one for one in await taken() if one.key == str(number)]) == 1


async def test_what_was_begun_before_a_crash_is_not_done_twice(tmp_path: Path, telegram: TelegramApi):
    """As if the process had died after the work and before it was noted: each arrival is taken up once more."""
    from orchestrator.channels import telegram as channel
    from orchestrator.runtime import runtime

    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        await here.said(nadia, "/new An app that waters my plants", "?")
        await here.said(nadia, "/new", "What would you like to make?")
        await here.said(nadia, "A list of birds", "?")
        project = (await room(nadia.chat)).project_id
        await here.vision(user, project)
        await here.sees(nadia.chat, "needs you")
        await here.said(nadia, "/changes", "What should be different?")
        await here.said(nadia, "Please add reminders", "eminders")
        gate = await here.vision(user, project)
        await until(lambda: nadia.chat.with_button("Approve"))
        await here.answered(nadia.press("Approve"))
        await here.said(nadia, "/pause", "Paused by Nadia")
        await here.calm()
        shown, moves = nadia.chat.shows(), (await here.row(project)).moves
        again = channel.channel(runtime().settings)
        for row in await taken():
            await again.take(Arrival(row.channel, row.key, row.kind, row.lane, row.body))
        await again.calls.close()
        await here.calm()
        assert nadia.chat.shows() == shown
        assert (await here.row(project)).moves == moves
        assert (await room(nadia.chat)).project_id == project
        assert (await read(gates.get, gate.id)).status is Status.APPROVED


async def test_another_process_knows_all_that_this_one_knew(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        _project, gate = await here.at_vision(user)
        card = await here.sees(nadia.chat, "needs you")
        await here.answered(nadia.press("Ask for changes"))
        await here.sees(nadia.chat, "What should be different?")
    nadia.say("Please add allergies")
    async with town(tmp_path / "data", telegram) as here:
        await here.sees(nadia.chat, "llergies", after=card)
        await until(lambda: "Changes asked for by you" in card.text)
        assert (await read(gates.get, gate.id)).note == "Please add allergies"
        assert telegram.calls["setMyCommands"] == 1


async def test_what_came_is_kept_before_telegram_may_forget_it(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        _, nadia = await here.linked("Nadia")
        await here.calm()
        number = nadia.say("/link")
        await here.sees(nadia.chat, "You are Nadia")
        await until(lambda: not telegram.waiting)
        assert str(number) in [row.key for row in await taken()]


async def test_another_program_that_asks_is_waited_out(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        _, nadia = await here.linked("Nadia")
        async with httpx.AsyncClient(trust_env=False) as other:
            url = f"{telegram.url}/bot{telegram.token}/getUpdates"
            asked = await other.post(url, data={"timeout": "0"}, timeout=20)
            assert asked.status_code == 200
        await here.said(nadia, "/link", "You are Nadia")


async def test_a_wrong_token_ends_nothing(tmp_path: Path, telegram: TelegramApi):
    telegram.token = "1:another"
    async with town(tmp_path / "data", telegram) as here:
        user = await here.user("Nadia")
        await here.project(user)
        nadia = telegram.person("Nadia")
        nadia.say("hello")
        telegram.token = "1700000001:a-token-of-the-stand-in"
        await here.sees(nadia.chat, "I work for people who have an account")


async def test_at_most_one_is_told_that_telegram_is_away(tmp_path: Path, telegram: TelegramApi):
    telegram.fail("getMe", Fault(500, times=3))
    async with town(tmp_path / "data", telegram) as here:
        await here.linked("Nadia")
        assert telegram.calls["getMe"] >= 4


async def test_words_typed_fast_are_taken_up_in_order(tmp_path: Path, telegram: TelegramApi):
    async with town(tmp_path / "data", telegram) as here:
        user, nadia = await here.linked("Nadia")
        project = await here.project(user)
        said = [f"number {number} of the things I want" for number in range(6)]
        for text in said:
            nadia.say(text)
        await here.calm()
        await until(lambda: _said(project, 7), 20)
        found = [one.text for one in await read(messages.newest, project) if one.role == "user"]
        assert found[1:] == said


async def _said(project: str, count: int) -> bool:
    return len([one for one in await read(messages.newest, project) if one.role == "user"]) == count


TEXTS = st.text(max_size=300) | st.text("*_`~[]()<>&#-+.!\\\n\t 1aé😀\u202e\x00\ud800>|\"'", max_size=400)


@given(st.lists(TEXTS, max_size=6), st.integers(60, 300))
def test_whatever_is_written_telegram_takes_it(said: list[str], limit: int):
    for part in markup.parts("\n\n".join(said), limit):
        seen, _ = words.text({"text": part, "parse_mode": "HTML"}, longest=limit)
        assert seen
        assert words.units(part) <= limit


@given(TEXTS)
def test_words_without_meaning_are_seen_as_they_are(said: str):
    seen, tags = words.parsed(f"{markup.escaped(said)}|{markup.bold(said)}")
    assert set(tags) <= {"b"}
    assert seen.startswith(plain.sendable(said))


def test_markdown_looks_as_it_should():
    text = (
        "# Title\n\nsome **bold**, *leaning*, `code <b>` and [a page](https://example.org/a?b=1&c=2)\n\n- one\n- two\n"
    )
    text += "\n1. first\n2. second\n\n> said\n\n```\nx < 1\n```\n\n[no](javascript:alert) <script>alert(1)</script>"
    seen, tags = words.parsed(markup.parts(text)[0])
    assert tags == ["b", "b", "i", "code", 'a href="https://example.org/a?b=1&amp;c=2"', "blockquote", "pre"]
    assert "• one\n• two" in seen
    assert "1. first\n2. second" in seen
    assert seen.endswith("[no](javascript:alert) <script>alert(1)</script>")


def test_long_texts_are_cut_between_paragraphs():
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(40))
    found = markup.parts(text)
    assert len(found) > 2
    assert all(part.startswith("Paragraph") for part in found)
    assert sum(part.count("Paragraph") for part in found) == 40


async def test_what_is_brought_and_what_is_fetched_come_to_the_same(tmp_path: Path, telegram: TelegramApi):
    """First Telegram brings it, with the word that we agreed on; then, in another process, we ask for it."""
    shown: list[str] = []

    async def door(asked: Asked) -> tuple[int, str, bytes]:
        shown.append(asked.headers.get("x-telegram-bot-api-secret-token", ""))
        found = deliveries.telegram(json.loads(asked.body))
        await tx(arrivals.keep, [Arrival("telegram", *found, asked.body)] if found else [])
        return 200 if len(shown) > 1 else 500, "text/plain", b""  # it is kept, but Telegram does not hear of it

    async with Loopback(door) as outside:
        hooks = {"public_url": outside.url, "telegram_webhook_secret": "a-word"}
        async with town(tmp_path / "data", telegram, **hooks) as here:
            _, nadia = await here.linked("Nadia")
            assert telegram.webhook["url"] == f"{outside.url}/webhooks/telegram"
            await here.said(nadia, IDEA, "?")
            await here.calm()
            assert telegram.calls["getUpdates"] == 0
            assert set(shown) == {"a-word"}
            brought = [(row.key, row.kind, row.lane) for row in await taken()]
            assert len(brought) == len(set(brought)) == 2
        async with town(tmp_path / "data", telegram) as here:
            await here.said(nadia, "/status", "Getting to know")
            assert not telegram.webhook
            number, kind, lane = [(row.key, row.kind, row.lane) for row in await taken()][-1]
            assert (int(number), kind, lane) == (int(brought[-1][0]) + 1, *brought[-1][1:])
            assert telegram.calls["deleteWebhook"] == 1
