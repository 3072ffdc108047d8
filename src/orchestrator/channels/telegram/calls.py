"""The calls to Telegram's Bot API, and what its errors mean for us."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from orchestrator.channels.ports import Refusal, TryAgain
from orchestrator.settings import Settings

CONNECT_S, ANSWER_S = 10.0, 20.0
POLL_S = 25  # how long Telegram may wait for something to tell us
AT_ONCE = 32  # connections
SHUT = ("chat not found", "topic_closed", "thread not found", "not enough rights", "have no rights", "chat_write_")
SAME = "message is not modified"
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
AWAY = "Telegram does not answer at the moment."
TOKEN = "Telegram does not take our token."  # noqa: S105 - a sentence
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Rows = Sequence[Sequence[Mapping[str, str]]]


class Gone(Exception):
    """The message that was to be edited is not there any more."""


class Moved(Exception):
    """The group has another number now."""

    def __init__(self, to: int) -> None:
        super().__init__(f"The group is called {to} now.")
        self.to = to


class Calls:
    """One bot. Connections are made when they are needed, and closed with `close`."""

    def __init__(self, settings: Settings) -> None:
        assert settings.telegram_bot_token
        self._token, self._url = settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url.rstrip("/")
        self._made: tuple[Bot, tuple[HTTPXRequest, HTTPXRequest]] | None = None

    @property
    def bot(self) -> Bot:
        if self._made is None:
            requests = HTTPXRequest(AT_ONCE, ANSWER_S, ANSWER_S, CONNECT_S), HTTPXRequest(1, ANSWER_S)
            bot = Bot(
                self._token,
                f"{self._url}/bot",
                f"{self._url}/file/bot",
                request=requests[0],
                get_updates_request=requests[1],
            )
            self._made = bot, requests
        return self._made[0]

    @property
    def _requests(self) -> tuple[HTTPXRequest, HTTPXRequest]:
        assert self.bot
        assert self._made
        return self._made[1]

    async def close(self) -> None:
        """Let go of all connections."""
        if self._made:
            made, self._made = self._made, None
            for request in made[1]:
                await request.shutdown()

    async def updates(self, offset: int | None, kinds: Sequence[str], wait: int = POLL_S) -> list[dict[str, Any]]:
        """What came, as Telegram writes it. Asking for what comes after something lets Telegram forget that."""
        asked = {"timeout": wait, "allowed_updates": json.dumps(kinds)} | ({"offset": offset} if offset else {})
        url = f"{self.bot.base_url}/getUpdates?{urlencode(asked)}"
        found: Any = await self._requests[1].post(url, read_timeout=wait + ANSWER_S)
        return list(found)

    async def send(
        self, chat: int, topic: int | None, text: str, rows: Rows = (), *, silent: bool, asks: bool = False
    ) -> int:
        """Say something. `asks`: the next words of whoever reads it are an answer to it."""
        async with told():
            sent = await self.bot.send_message(
                chat,
                text,
                ParseMode.HTML,
                message_thread_id=topic,
                reply_markup=keyboard(rows) or (ForceReply(selective=True) if asks else None),
                disable_notification=silent,
                link_preview_options=NO_PREVIEW,
            )
        return sent.message_id

    async def edit(self, chat: int, message: int, text: str, rows: Rows = ()) -> None:
        """Change what is there. Raises Gone; that it looks like that already is fine."""
        async with told():
            await self.bot.edit_message_text(
                text, chat, message, None, ParseMode.HTML, keyboard(rows), link_preview_options=NO_PREVIEW
            )

    async def file(self, chat: int, topic: int | None, name: str, text: str, *, silent: bool) -> int:
        async with told():
            sent = await self.bot.send_document(
                chat,
                InputFile(text.encode("utf-8", "replace"), name),
                message_thread_id=topic,
                disable_notification=silent,
                disable_content_type_detection=True,
            )
        return sent.message_id

    async def bare(self, chat: int, message: int) -> None:
        """Take the buttons off, if that can still be done."""
        await quietly(self.bot.edit_message_reply_markup(chat, message))

    async def answer(self, callback: str, text: str = "", *, alert: bool = False) -> None:
        """Tell whoever pressed a button. After a while nobody waits for that any more, which is fine."""
        await quietly(self.bot.answer_callback_query(callback, text or None, alert))

    async def types(self, chat: int, topic: int | None) -> None:
        await quietly(self.bot.send_chat_action(chat, "typing", message_thread_id=topic))

    async def draft(self, chat: int, number: int, text: str) -> bool:
        """Show a reply that is being written; False where that does not work."""
        return await quietly(self.bot.send_message_draft(chat, number, text, parse_mode=ParseMode.HTML))

    async def read_file(self, id: str) -> bytes:
        async with told():
            file = await self.bot.get_file(id)
            return bytes(await file.download_as_bytearray())


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    made = [[_button(one) for one in row] for row in rows if row]
    return InlineKeyboardMarkup(made) if made else None


def _button(one: Mapping[str, str]) -> InlineKeyboardButton:
    return InlineKeyboardButton(one["text"], url=one.get("url"), callback_data=one.get("data"))


async def quietly(call: Any) -> bool:
    """For what is nice to have: whether it worked."""
    try:
        await call
    except TelegramError:
        return False
    return True


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Errors of Telegram become ours: Refusal, TryAgain, Gone or Moved."""
    try:
        yield
    except RetryAfter as flood:
        wait = flood._retry_after  # noqa: SLF001 - the public one is of two types
        raise TryAgain("Telegram asks for a pause.", wait / timedelta(seconds=1), hush=True) from None
    except ChatMigrated as moved:
        raise Moved(moved.new_chat_id) from None
    except Forbidden as shut:
        raise Refusal(f"Telegram does not let us speak there: {shut.message}.", shut=True) from None
    except InvalidToken:
        raise TryAgain(TOKEN, 60) from None
    except BadRequest as refused:
        _refused(refused.message)
    except NetworkError:
        raise TryAgain(AWAY) from None
    except TelegramError as strange:
        raise TryAgain(f"Telegram answered something strange: {strange.message}") from None


def _refused(said: str) -> None:
    lower = said.lower()
    if SAME in lower:
        return
    if any(sign in lower for sign in GONE):
        raise Gone from None
    raise Refusal(f"Telegram does not take this: {said}.", shut=any(sign in lower for sign in SHUT)) from None
