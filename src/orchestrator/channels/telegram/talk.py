"""What people write to us: orders with a slash, words for the project at hand, and what we cannot take."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.ports import TryAgain
from orchestrator.channels.telegram import finding, linking, moving, orders, stating, updates
from orchestrator.channels.telegram.calls import Calls
from orchestrator.channels.telegram.drafts import Drafts
from orchestrator.channels.telegram.orders import ORDERS, NoProject
from orchestrator.channels.telegram.updates import Me, Message
from orchestrator.channels.telegram.visits import NOTE, Visit, choose, enter, said, say
from orchestrator.conversation.command import perform
from orchestrator.domain import answer as answers
from orchestrator.domain.command import Answer, Say
from orchestrator.domain.gate import Decision
from orchestrator.errors import Conflict, NotAllowed, NotFound, NotPossible, NotUnderstood, OrchestratorError
from orchestrator.runtime import tx
from orchestrator.store import posts
from orchestrator.store.pages import Standing

LONGEST_FILE = 20_000  # bytes
TEXTS = (".txt", ".md", ".markdown", ".csv", ".json", ".log")
DECLINED = {
    "voice": "I cannot listen to voice messages yet; please write it.",
    "audio": "I cannot listen to recordings yet; please write what matters in it.",
    "video_note": "I cannot watch videos yet; please write what you want to show me.",
    "video": "I cannot watch videos yet; please write what you want to show me.",
    "animation": "I cannot watch moving pictures yet; please write what you mean.",
    "photo": "I cannot look at pictures yet; please write what is to be seen.",
    "sticker": "I do not understand stickers; a word or two are enough.",
    "location": "I cannot read maps; please write what you want me to know of this place.",
    "venue": "I cannot read maps; please write what you want me to know of this place.",
    "contact": "I keep no address book; to have somebody take part, open the settings of your project.",
    "poll": "I do not vote; please write what you would like to know.",
    "dice": "Nice throw. Please write what I can do for you.",
    "story": "I cannot look at stories; please write what you want to show me.",
    "paid_media": "I cannot look at pictures yet; please write what is to be seen.",
    "document": "I can only read text files of up to 20 kB; please write what matters in it.",
}
EDITED = "I do not read changes of what was sent before. Please write it once more."
UNKNOWN = "I do not know /{name}. /help lists what I understand."


async def heard(calls: Calls, drafts: Drafts, me: Me, number: int, message: Message) -> None:
    """Take up one message; in a group only what is meant for us."""
    if message.migrate_to_chat_id:
        await moving.follow(message.chat.id, message.migrate_to_chat_id)
        return
    sender = message.sender
    if sender is None or sender.is_bot or not _is_for_us(message, me) or not _says_something(message):
        return
    came = await enter(number, message, sender)
    words = message.words if message.chat.is_private else updates.without_mention(message, me)
    order = updates.command(words)
    if came is None:
        return
    if not isinstance(came, Visit):
        await linking.came(came, number, sender, (order[0], order[2]) if order else None)
        return
    try:
        await _take(calls, drafts, came, message, words)
    except NoProject:
        await orders.ask_which(came)
    except NotPossible as problem:
        raise TryAgain(str(problem)) from problem
    except OrchestratorError as refusal:
        await say(came, str(refusal))


def _is_for_us(message: Message, me: Me) -> bool:
    order = updates.command(message.text)
    if order and not updates.is_ours(order[1], me):
        return False
    known = bool(order and (order[1] or order[0] in ORDERS))
    return message.chat.is_private or known or updates.addressed(message, me)


def _says_something(message: Message) -> bool:
    """What Telegram itself says of a group, such as who joined it, is for nobody."""
    return bool(message.text or message.has(*DECLINED) or message.document)


async def _take(calls: Calls, drafts: Drafts, visit: Visit, message: Message, words: str) -> None:
    if kind := "document" if message.document else message.has(*DECLINED):
        words = await _file(calls, message) if kind == "document" else ""
        if not words:
            await _decline(visit, message, kind)
            return
    order = updates.command(words)
    if order is None:
        await _words(drafts, visit, words)
    elif known := ORDERS.get(order[0]):
        if order[0] != "cancel" and stating.waits_for(visit):
            await stating.forget(visit)
        await known.does(visit, order[2])
    else:
        await say(visit, UNKNOWN.format(name=order[0][:40]))


async def _decline(visit: Visit, message: Message, kind: str) -> None:
    """Of many pictures that were sent together, once."""
    if album := (message.model_extra or {}).get("media_group_id"):
        await tx(_once, visit, f"album:{album}", DECLINED[kind])
    else:
        await say(visit, DECLINED[kind])


async def _once(db: AsyncSession, visit: Visit, subject: str, text: str) -> None:
    if not await posts.at(db, visit.room.id, f"word:{subject}"):
        await said(db, visit.room.id, subject, text)


async def _file(calls: Calls, message: Message) -> str:
    """The words of a small text file, after those that came with it; nothing for another one."""
    file = message.document
    if file is None or not 0 < file.file_size <= LONGEST_FILE:
        return ""
    if not (file.mime_type.startswith("text/") or file.file_name.lower().endswith(TEXTS)):
        return ""
    try:
        text = (await calls.read_file(file.file_id)).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return f"{message.caption}\n\n{text}".strip().lstrip("/")


async def _words(drafts: Drafts, visit: Visit, words: str) -> None:
    """Words without a slash: what we waited for, or talk, or a first idea."""
    if not words:
        raise NotUnderstood("Yes? Write what you would like, in the same message as my name.")
    if asked := stating.waits_for(visit):
        await _told(visit, asked, words)
        return
    found = await finding.at_hand(visit)
    if found:
        await _said(drafts, visit, found, words)
    elif visit.alone and not await finding.choices(visit):
        await orders.create(visit, words)
    else:
        await orders.ask_which(visit, words)


async def _told(visit: Visit, asked: dict[str, Any], words: str) -> None:
    if asked.get("new"):
        await orders.create(visit, words)
        return
    given = Answer(str(asked["gate"]), Decision.CHANGES, words, version=asked["version"] or None)
    try:
        await perform(given, visit.actor, visit.key + NOTE)
    except (Conflict, NotAllowed, NotFound) as refusal:
        await stating.forget(visit, str(refusal))
        return
    await stating.forget(visit)


async def _said(drafts: Drafts, visit: Visit, found: Standing, words: str) -> None:
    """A yes or a no counts only for what was to be seen here."""
    gate = found.gate
    decides = gate and (answers.unmistakable(words) or answers.leave(words))
    if gate and decides and not await orders.is_seen(visit, gate):
        return
    if visit.alone and not visit.answers and visit.room.project_id != found.project.id:
        await tx(choose, visit.room.id, found.project.id)
    with drafts.listening(visit, found.project.id):
        await perform(Say(found.project.id, words), visit.actor, visit.key)


async def edited(me: Me, number: int, message: Message) -> None:
    """Say once for each message that we do not read it a second time."""
    sender = message.sender
    if sender is None or sender.is_bot or not _is_for_us(message, me) or not _says_something(message):
        return
    came = await enter(number, message, sender)
    if isinstance(came, Visit):
        await tx(_once, came, f"edited:{message.message_id}", EDITED)
