"""The people on the other side of the Bot API's stand-in: what they write and press, and what they see."""

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ground.telegram_api import TelegramApi

ENTITY = re.compile(r"(?<![\w@/])(@\w{3,32}|/\w{1,32}(?:@\w+)?)")
KICKED = "Forbidden: bot was kicked from the group chat"
BLOCKED = "Forbidden: bot was blocked by the user"


@dataclass
class Item:
    """A message, as it is to be seen now."""

    id: int
    text: str
    tags: list[str]
    rows: list[list[dict[str, str]]]
    sender: dict[str, Any]
    topic: int = 0
    silent: bool = False
    file: tuple[str, bytes] | None = None
    asks: bool = False
    removed: bool = False
    before: list[str] = field(default_factory=list)  # as it was before its edits

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    def told(self, chat: "Chat") -> dict[str, Any]:
        """As the API tells of it."""
        said: dict[str, Any] = {
            "message_id": self.id,
            "date": int(time.time()),
            "chat": chat.told(),
            "from": self.sender,
        }
        if self.topic:
            said |= {"message_thread_id": self.topic, "is_topic_message": True}
        if self.rows:
            said["reply_markup"] = {"inline_keyboard": self.rows}
        return said | ({"text": self.text} if self.text else {})


@dataclass
class Chat:
    id: int
    type: str
    title: str
    api: "TelegramApi"
    items: dict[int, Item] = field(default_factory=dict)
    topics: set[int] = field(default_factory=set)
    shut: str = ""
    migrated_to: int = 0

    def told(self) -> dict[str, Any]:
        name = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        return {"id": self.id, "type": self.type, **name, **({"is_forum": True} if self.topics else {})}

    def of_the_bot(self, topic: int | None = None) -> list[Item]:
        """What the bot said, in order."""
        return [
            item
            for item in self.items.values()
            if item.sender["is_bot"] and not item.removed and topic in {None, item.topic}
        ]

    def shows(self, topic: int | None = None) -> list[str]:
        """What the bot's messages say now."""
        return [item.text for item in self.of_the_bot(topic)]

    @property
    def last(self) -> Item:
        return self.of_the_bot()[-1]

    @property
    def rang(self) -> list[Item]:
        return [item for item in self.of_the_bot() if not item.silent]

    def with_button(self, label: str) -> Item | None:
        """The newest message that has such a button."""
        return next((item for item in reversed(self.of_the_bot()) if label in item.buttons), None)


class Group(Chat):
    def topic(self) -> int:
        """Open one more topic."""
        number = self.api.next_message()
        self.topics.add(number)
        return number

    def grows(self) -> "Group":
        """Becomes a supergroup, under another number."""
        larger = self.api.group(self.title, forum=True)
        self.migrated_to = larger.id
        common = {"date": int(time.time()), "from": self.api.person("Somebody").told()}
        old = {"message_id": self.api.next_message(), "chat": self.told(), "migrate_to_chat_id": larger.id}
        new = {"message_id": self.api.next_message(), "chat": larger.told(), "migrate_from_chat_id": self.id}
        self.api.update(message=old | common)
        self.api.update(message=new | common)
        return larger

    def kicks(self) -> None:
        self.shut = KICKED
        self.api.update(my_chat_member=_membership(self, "kicked"))


def _membership(chat: Chat, status: str) -> dict[str, Any]:
    return {"chat": chat.told(), "date": int(time.time()), "new_chat_member": {"status": status}}


class Person:
    """Somebody on Telegram. `chat` is their own with the bot."""

    queries = itertools.count(1)

    def __init__(self, api: "TelegramApi", id: int, name: str, username: str) -> None:
        self.api, self.id, self.name, self.username = api, id, name, username
        self.chat = Chat(id, "private", name, api)

    def told(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "username": self.username}

    def say(
        self, text: str = "", where: Chat | None = None, *, topic: int = 0, to: Item | None = None, **more: Any
    ) -> int:
        """Write something, or send what is in `more`; returns the number of the update."""
        return self.api.update(message=self.message(text, where, topic=topic, to=to, **more))

    def message(
        self, text: str = "", where: Chat | None = None, *, topic: int = 0, to: Item | None = None, **more: Any
    ) -> dict[str, Any]:
        chat = where or self.chat
        if chat is self.chat:
            self.api.chats[self.id] = self.chat
        item = Item(self.api.next_message(), text, [], [], self.told(), topic)
        chat.items[item.id] = item
        told = item.told(chat) | more
        if to:
            told["reply_to_message"] = to.told(chat)
        for name, said in (("entities", text), ("caption_entities", str(more.get("caption", "")))):
            if found := [_entity(said, one) for one in ENTITY.finditer(said)]:
                told[name] = found
        return told

    def edits(self, message: dict[str, Any], text: str) -> int:
        return self.api.update(edited_message=message | {"text": text, "edit_date": int(time.time())})

    def sends(self, name: str, content: bytes, mime: str = "text/plain", **more: Any) -> int:
        """Send a file."""
        id = f"f{self.api.next_message()}"
        self.api.files[id] = content
        file = {"file_id": id, "file_unique_id": id, "file_name": name, "mime_type": mime, "file_size": len(content)}
        return self.say("", document=file, **more)

    def press(self, label: str, where: Chat | None = None, item: Item | None = None) -> str:
        """Press a button, of the newest message that has it; returns the number under which it is answered."""
        chat = where or self.chat
        on = item or chat.with_button(label)
        if on is None:
            raise AssertionError(f"There is no button “{label}”, but {[one.buttons for one in chat.of_the_bot()]}")
        data = next(one["callback_data"] for row in on.rows for one in row if one["text"] == label)
        return self.press_data(data, on, chat)

    def press_data(self, data: str, on: Item, where: Chat | None = None) -> str:
        """Press a button as it was, whether or not it is still to be seen."""
        query = f"{next(self.queries)}{self.id}"
        self.api.queries.add(query)
        chat = where or self.chat
        pressed = {"id": query, "from": self.told(), "chat_instance": "1", "data": data, "message": on.told(chat)}
        self.api.update(callback_query=pressed)
        return query

    def blocks(self) -> None:
        self.chat.shut = BLOCKED
        self.api.update(my_chat_member=_membership(self.chat, "kicked") | {"from": self.told()})

    def comes_back(self) -> None:
        self.chat.shut = ""
        self.api.update(my_chat_member=_membership(self.chat, "member") | {"from": self.told()})


def _entity(text: str, found: re.Match[str]) -> dict[str, Any]:
    kind = "mention" if found[0].startswith("@") else "bot_command"
    before = len(text[: found.start()].encode("utf-16-le")) // 2
    return {"type": kind, "offset": before, "length": len(found[0].encode("utf-16-le")) // 2}
