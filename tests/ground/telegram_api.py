"""A stand-in for Telegram's Bot API, on loopback: strict about what it takes, with floods and faults to switch on.

`async with TelegramApi() as telegram:` is at `telegram.url`; people are made with `telegram.person("Nadia")`, and
what a bot shows them is read from their chats.
"""

import asyncio
import itertools
import json
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from ground import telegram_words as words
from ground.loopback import Asked, HangUp, Loopback
from ground.telegram_people import Chat, Group, Item, Person
from ground.telegram_words import Bad

TOKEN = "1700000001:a-token-of-the-stand-in"
BOT = {"id": 1700000001, "is_bot": True, "first_name": "Orchestrator", "username": "orchestrator_bot"}
ACTIONS = {"typing", "upload_document"}
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
TWICE = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@dataclass
class Fault:
    """What goes wrong with the next so many calls: an error, a connection that ends, slowness, or an answer lost."""

    status: int = 0
    times: int = 1
    drop: bool = False  # before it was done
    lose: bool = False  # after it was done
    slow: float = 0
    wait: asyncio.Event | None = None  # not before this
    description: str = "Internal Server Error"
    parameters: dict[str, Any] = field(default_factory=dict)


class TelegramApi:
    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        self.token = token
        self.chats: dict[int, Chat] = {}
        self.commands: list[dict[str, str]] = []
        self.calls: Counter[str] = Counter()
        self.actions: list[tuple[int, str]] = []
        self.drafts: list[tuple[int, int, str]] = []  # chat, draft, text
        self.answers: dict[str, tuple[str, bool]] = {}  # of buttons that were pressed: text, and whether it stays
        self.queries: set[str] = set()  # that can still be answered
        self.files: dict[str, bytes] = {}
        self.spacing = 0.0  # seconds that must lie between two messages of one chat
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.webhook: dict[str, Any] = {}
        self.hooked = 0  # deliveries that were taken
        self._sent: dict[int, float] = {}
        self._updates: list[dict[str, Any]] = []
        self._ids, self._number = itertools.count(1), itertools.count(870_000_001)
        self._people = itertools.count(5_000_001)
        self._news = asyncio.Event()
        self._polling: asyncio.Future[None] | None = None
        self._server = Loopback(self._answer, port)
        self._delivering: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self._delivering = asyncio.create_task(self._deliver())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._delivering
        self._delivering.cancel()
        await asyncio.wait({self._delivering})
        await self._server.__aexit__(kind, error, trace)

    # People

    def person(self, name: str, username: str = "") -> Person:
        """Somebody with a chat of their own, which begins when they write."""
        return Person(self, next(self._people), name, username or name.lower())

    def group(self, title: str, *, forum: bool = False) -> Group:
        number = -(10**12) - next(self._people) if forum else -next(self._people)
        group = Group(number, "supergroup" if forum else "group", title, self)
        self.chats[number] = group
        return group

    def update(self, **what: Any) -> int:
        """Have something to tell the bot; returns its number."""
        number = next(self._number)
        self._updates.append({"update_id": number, **what})
        self._news.set()
        return number

    def again(self, update: dict[str, Any]) -> None:
        """Tell something a second time, as Telegram does where it did not hear that it got there."""
        self._updates.append(update)
        self._news.set()

    def next_message(self) -> int:
        return next(self._ids)

    def fail(self, method: str, fault: Fault) -> None:
        self.faults[method].append(fault)

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """What the bot has not taken yet."""
        return list(self._updates)

    def sent(self) -> int:
        """How many messages the bot has sent in all."""
        return sum(len(chat.of_the_bot()) for chat in self.chats.values())

    # Calls

    async def _answer(self, asked: Asked) -> tuple[int, str, bytes]:
        if asked.path.startswith(f"/file/bot{self.token}/"):
            return 200, "application/octet-stream", self.files[asked.path.rsplit("/", 1)[1]]
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", asked.path)
        try:
            if found is None or found[1] != self.token:
                raise Bad(401 if found and ":" in found[1] else 404, "Unauthorized")
            result = await self._call(found[2], asked)
            body = {"ok": True, "result": result}
            return 200, "application/json", json.dumps(body).encode()
        except Bad as bad:
            error = {"ok": False, "error_code": bad.code, "description": bad.description}
            if bad.parameters:
                error["parameters"] = bad.parameters
            return bad.code, "application/json", json.dumps(error).encode()

    async def _call(self, method: str, asked: Asked) -> Any:
        self.calls[method] += 1
        given, files = asked.form()
        fault = self._fault(method)
        if fault and fault.wait:
            await fault.wait.wait()
        if fault and fault.slow:
            await asyncio.sleep(fault.slow)
        if fault and fault.drop:
            raise HangUp
        if fault and fault.status:
            raise Bad(fault.status, fault.description, **fault.parameters)
        does = getattr(self, "_do_" + re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", method), None)
        if does is None:
            raise Bad(404, "Not Found: method not found")
        result = does(given | {f"file:{name}": file for name, file in files.items()})  # type: ignore[dict-item]
        if asyncio.iscoroutine(result):
            result = await result
        if fault and fault.lose:
            raise HangUp
        return result

    def _fault(self, method: str) -> Fault | None:
        for name in (method, "*"):
            for fault in self.faults[name]:
                if fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def _do_get_me(self, _given: dict[str, str]) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _do_get_my_commands(self, _given: dict[str, str]) -> Any:
        return self.commands

    def _do_set_my_commands(self, given: dict[str, str]) -> Any:
        commands = json.loads(given["commands"])
        for one in commands:
            if not COMMAND.fullmatch(one["command"]) or not 1 <= len(one["description"]) <= 256:
                raise Bad(400, "Bad Request: BOT_COMMAND_INVALID")
        if len(commands) > 100:
            raise Bad(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        self.commands = commands
        return True

    # What the bot is told

    async def _do_get_updates(self, given: dict[str, str]) -> Any:
        if self.webhook:
            raise Bad(409, HOOKED)
        if self._polling and not self._polling.done():
            self._polling.set_exception(Bad(409, TWICE))
        mine = self._polling = asyncio.get_running_loop().create_future()
        offset = int(given.get("offset", 0))
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        kinds = json.loads(given.get("allowed_updates", "[]")) or KINDS
        try:
            async with asyncio.timeout(float(given.get("timeout", 0))):
                while not (found := self._to_tell(kinds)):
                    self._news.clear()
                    news = asyncio.create_task(self._news.wait())
                    try:
                        await asyncio.wait({mine, news}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        news.cancel()
                    if mine.done():
                        mine.result()
        except TimeoutError:
            found = []
        mine.cancel()
        return found[:100]

    def _to_tell(self, kinds: list[str]) -> list[dict[str, Any]]:
        self._updates = [one for one in self._updates if set(one) & set(kinds)]
        return self._updates

    def _do_set_webhook(self, given: dict[str, str]) -> Any:
        secret = given.get("secret_token", "")
        if secret and not SECRET.fullmatch(secret):
            raise Bad(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = {"url": given["url"], "secret": secret, "kinds": json.loads(given.get("allowed_updates", "[]"))}
        if not given["url"]:
            self.webhook = {}
        self._news.set()
        return True

    def _do_delete_webhook(self, _given: dict[str, str]) -> Any:
        self.webhook = {}
        return True

    def _do_get_webhook_info(self, _given: dict[str, str]) -> Any:
        info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
        more = {"allowed_updates": self.webhook["kinds"]} if self.webhook.get("kinds") else {}
        return info | {"pending_update_count": len(self._updates)} | more

    async def _deliver(self) -> None:
        """Bring what there is to tell, one after the other, and again until it is taken."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while True:
                if not self.webhook or not self._updates:
                    self._news.clear()
                    await self._news.wait()
                    continue
                first = self._updates[0]
                if await self._brought(client, first):
                    self._updates.remove(first)
                    self.hooked += 1
                else:
                    await asyncio.sleep(0.1)

    async def _brought(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
        try:
            return (await client.post(self.webhook["url"], json=update, headers=headers)).is_success
        except httpx.TransportError:
            return False

    # What the bot says

    def _place(self, given: dict[str, str]) -> Chat:
        chat = self.chats.get(int(given.get("chat_id", 0)))
        if chat is None:
            raise Bad(400, "Bad Request: chat not found")
        if chat.migrated_to:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Bad(400, description, migrate_to_chat_id=chat.migrated_to)
        if chat.shut:
            raise Bad(403, chat.shut)
        thread = given.get("message_thread_id")
        if thread and int(thread) not in chat.topics:
            raise Bad(400, "Bad Request: message thread not found")
        return chat

    def _no_flood(self, chat: Chat) -> None:
        now = time.monotonic()
        if (left := self._sent.get(chat.id, -self.spacing) + self.spacing - now) > 0:
            raise Bad(429, "Too Many Requests: retry after 1", retry_after=max(1, round(left)))
        self._sent[chat.id] = now

    def _do_send_message(self, given: dict[str, str]) -> Any:
        chat = self._place(given)
        seen, tags = words.text(given)
        rows = words.markup(given)
        self._no_flood(chat)
        return self._put(chat, given, seen, tags, rows)

    def _do_send_document(self, given: dict[str, Any]) -> Any:
        chat = self._place(given)
        attached = given.get("document", "")
        file = given.get(f"file:{attached.removeprefix('attach://')}") or given.get("file:document")
        if file is None or not file[1]:
            raise Bad(400, "Bad Request: file must be non-empty")
        self._no_flood(chat)
        item = self._put(chat, given, given.get("caption", ""), [], words.markup(given), file)
        return item | {"document": {"file_id": f"d{item['message_id']}", "file_unique_id": "u", "file_name": file[0]}}

    def _put(
        self,
        chat: Chat,
        given: dict[str, str],
        seen: str,
        tags: list[str],
        rows: list[list[dict[str, str]]],
        file: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        thread = int(given.get("message_thread_id") or 0)
        silent = given.get("disable_notification", "false").lower() == "true"
        item = Item(self.next_message(), seen, tags, rows, BOT, thread, silent=silent, file=file)
        item.asks = "force_reply" in given.get("reply_markup", "")
        chat.items[item.id] = item
        return item.told(chat)

    def _ours(self, given: dict[str, str]) -> tuple[Chat, Item]:
        chat = self._place(given)
        item = chat.items.get(int(given.get("message_id", 0)))
        if item is None or item.removed:
            raise Bad(400, "Bad Request: message to edit not found")
        if item.sender is not BOT or item.file:
            raise Bad(400, "Bad Request: message can't be edited")
        return chat, item

    def _do_edit_message_text(self, given: dict[str, str]) -> Any:
        chat, item = self._ours(given)
        seen, tags = words.text(given)
        rows = words.markup(given)
        if (seen, tags, rows) == (item.text, item.tags, item.rows):
            raise Bad(400, "Bad Request: message is not modified: specified new message content and reply markup are "
                      "exactly the same as a current content and reply markup of the message")  # fmt: skip
        item.before.append(item.text)
        item.text, item.tags, item.rows = seen, tags, rows
        return item.told(chat)

    def _do_edit_message_reply_markup(self, given: dict[str, str]) -> Any:
        chat, item = self._ours(given)
        rows = words.markup(given)
        if rows == item.rows:
            raise Bad(400, "Bad Request: message is not modified")
        item.rows = rows
        return item.told(chat)

    def _do_answer_callback_query(self, given: dict[str, str]) -> Any:
        id, text = given["callback_query_id"], given.get("text", "")
        if id not in self.queries:
            raise Bad(400, TOO_OLD)
        if len(text) > 200:
            raise Bad(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answers[id] = (text, given.get("show_alert", "").lower() == "true")
        return True

    def _do_send_chat_action(self, given: dict[str, str]) -> Any:
        chat = self._place(given)
        if given.get("action") not in ACTIONS:
            raise Bad(400, "Bad Request: wrong parameter action in request")
        self.actions.append((chat.id, given["action"]))
        return True

    def _do_send_message_draft(self, given: dict[str, str]) -> Any:
        chat = self._place(given)
        if chat.type != "private":
            raise Bad(400, "Bad Request: drafts are for private chats")
        if not int(given.get("draft_id", 0)):
            raise Bad(400, "Bad Request: DRAFT_ID_INVALID")
        self.drafts.append((chat.id, int(given["draft_id"]), words.text(given)[0]))
        return True

    def _do_get_file(self, given: dict[str, str]) -> Any:
        if given.get("file_id") not in self.files:
            raise Bad(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        id = given["file_id"]
        return {"file_id": id, "file_unique_id": id, "file_size": len(self.files[id]), "file_path": f"documents/{id}"}
