"""What Telegram sends, as far as we read it. Everything else in it is let be."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.channels.ports import Refusal

PRIVATE = "private"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
LEFT = frozenset({"left", "kicked"})


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Account(Part):
    """Somebody on Telegram, or a bot."""

    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""

    @property
    def name(self) -> str:
        return self.username or " ".join(filter(None, (self.first_name, self.last_name))) or str(self.id)


class Chat(Part):
    id: int
    type: str = PRIVATE
    title: str = ""

    @property
    def is_private(self) -> bool:
        return self.type == PRIVATE


class Entity(Part):
    """A part of a text that means something; places are counted in UTF-16 units."""

    type: str
    offset: int
    length: int
    user: Account | None = None


class File(Part):
    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0


class Message(Part):
    model_config = ConfigDict(extra="allow", frozen=True)
    message_id: int
    chat: Chat
    sender: Account | None = Field(None, alias="from")
    message_thread_id: int | None = None
    is_topic_message: bool = False
    text: str = ""
    caption: str = ""
    entities: tuple[Entity, ...] = ()
    caption_entities: tuple[Entity, ...] = ()
    reply_to_message: "Message | None" = None
    document: File | None = None
    migrate_to_chat_id: int | None = None

    @property
    def topic(self) -> int | None:
        """Of a group with topics; a thread of answers is none, and neither is one of a private chat."""
        return self.message_thread_id if self.is_topic_message and not self.chat.is_private else None

    @property
    def address(self) -> str:
        return f"{self.chat.id}/{self.topic}" if self.topic else str(self.chat.id)

    @property
    def words(self) -> str:
        return self.text or self.caption

    def has(self, *kinds: str) -> str:
        """Which of these it brings along."""
        return next((kind for kind in kinds if (self.model_extra or {}).get(kind)), "")


class Press(Part):
    """Somebody pressed one of our buttons."""

    id: str
    sender: Account = Field(alias="from")
    message: Message | None = None
    data: str = ""


class Membership(Part):
    chat: Chat
    new_chat_member: dict[str, Any] = {}

    @property
    def is_over(self) -> bool:
        return self.new_chat_member.get("status") in LEFT


class Update(Part):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None


@dataclass(frozen=True, slots=True)
class Me:
    """Our own account."""

    id: int
    username: str


def read(body: bytes) -> Update:
    """Raises Refusal for what Telegram would not send."""
    try:
        return Update.model_validate_json(body)
    except ValidationError as problem:
        raise Refusal(f"This update of Telegram is not as we know them: {problem.errors()[0]['type']}.") from None


def addressed(message: Message, me: Me) -> bool:
    """Whether a message in a group is meant for us: it mentions us, or answers us."""
    answers = message.reply_to_message
    if answers and answers.sender and answers.sender.id == me.id and not answers.has("forum_topic_created"):
        return True
    return any(_mentions(message.words, one, me) for one in (*message.entities, *message.caption_entities))


def _mentions(text: str, entity: Entity, me: Me) -> bool:
    if entity.type == "text_mention":
        return bool(entity.user and entity.user.id == me.id)
    return entity.type == "mention" and _cut(text, entity).casefold() == f"@{me.username}".casefold()


def without_mention(message: Message, me: Me) -> str:
    """The words without our name, where that was only to call us."""
    text = message.words
    for one in sorted((*message.entities, *message.caption_entities), key=lambda entity: -entity.offset):
        if _mentions(text, one, me):
            raw = text.encode("utf-16-le")
            text = (raw[: one.offset * 2] + raw[(one.offset + one.length) * 2 :]).decode("utf-16-le", "replace")
    return text.strip(" ,:\n")


def _cut(text: str, entity: Entity) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")[entity.offset * 2 : (entity.offset + entity.length) * 2]
    return raw.decode("utf-16-le", "replace")


def command(words: str) -> tuple[str, str, str] | None:
    """The command with which it begins, the bot that it names, if any, and what follows; None for other words."""
    if not words.startswith("/"):
        return None
    first, *rest = words.split(maxsplit=1)
    name, _, bot = first[1:].partition("@")
    return name.lower(), bot, "".join(rest).strip()


def is_ours(bot: str, me: Me) -> bool:
    """Whether a command that names a bot, or none, may be for us."""
    return not bot or bot.casefold() == me.username.casefold()
