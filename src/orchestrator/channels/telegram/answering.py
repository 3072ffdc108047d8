"""What pressing a button does. Whoever presses is told at once; the message itself shows what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.ports import TryAgain
from orchestrator.channels.telegram import cards, finding, orders, stating
from orchestrator.channels.telegram.buttons import ANSWERS, NOT_NOW, Pressed, Verb, button
from orchestrator.channels.telegram.buttons import read as meant
from orchestrator.channels.telegram.calls import Calls
from orchestrator.channels.telegram.updates import Message, Press
from orchestrator.channels.telegram.visits import NAME, NEW, Visit, choose, said, say, settle
from orchestrator.conversation.command import perform
from orchestrator.domain import policy
from orchestrator.domain.command import Answer, Cancel, Command, Create, Pause, Reset, Resume, Say, Undo
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.domain.gate import Decision, Status, Way
from orchestrator.errors import Conflict, NotPossible, OrchestratorError
from orchestrator.runtime import read, tx
from orchestrator.store import commands, gates, identities, messages, pages, posts, projects, rooms
from orchestrator.store.elsewhere import PostRow
from orchestrator.store.tables import GateRow
from orchestrator.telling import decisions

LONGEST_NOTICE = 190  # characters; Telegram shows 200
HOLDS = timedelta(hours=1)  # how long a question of ours about cancelling and the like can be answered
STRANGER = "Link your account first: write to me alone, and I tell you how."
LATE = "This was asked long ago, so nothing was done. Please ask for it again."
WAITS = "Fine. It waits here, and nothing happens before you answer."
OLD_QUESTION = "That was for an earlier question. Please write it."
THANKS = {Decision.APPROVE: "Approved. Thank you.", Decision.REJECT: "Rejected. Nothing goes on with it."}


@dataclass(frozen=True, slots=True)
class Notice:
    """What whoever pressed is told; as an `alert` it stays until it is closed."""

    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody pressed a button of a message of ours."""

    visit: Visit
    message: int
    post: PostRow | None
    zone: tzinfo


async def pressed(calls: Calls, number: int, press: Press) -> None:
    """Do it, and say so in any case: who pressed is waiting for that."""
    notice = Notice()
    try:
        notice = await _pressed(number, press)
    except NotPossible as problem:
        notice = Notice(str(problem), alert=True)
        raise TryAgain(str(problem)) from problem
    except orders.NoProject:
        notice = Notice(finding.WHICH, alert=True)
    except OrchestratorError as refusal:
        notice = Notice(str(refusal), alert=True)
    finally:
        await calls.answer(press.id, _cut(notice.text), alert=notice.alert)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NOTICE else text[: LONGEST_NOTICE - 1].rstrip() + "…"


async def _pressed(number: int, press: Press) -> Notice:
    about, message = meant(press.data), press.message
    if about is None or message is None or press.sender.is_bot:
        return Notice(LATE)
    hand = await tx(_hand, number, press, message)
    if hand is None:
        return Notice(STRANGER, alert=True)
    return await DOES[about.verb](hand, about)


async def _hand(db: AsyncSession, number: int, press: Press, message: Message) -> Hand | None:
    user = await identities.who(db, NAME, str(press.sender.id))
    if user is None:
        return None
    alone = message.chat.is_private
    kind, title = (RoomKind.PRIVATE, press.sender.name) if alone else (RoomKind.GROUP, message.chat.title)
    more = {"user_id": user.id} if alone else {}
    room = await rooms.met(db, NAME, message.address, kind, title, **more)
    post = await posts.by_outside(db, room.id, str(message.message_id))
    zone: tzinfo = ZoneInfo(user.zone) if user.zone else UTC
    return Hand(Visit(number, room, user, press.sender), message.message_id, post, zone)


async def _answer(hand: Hand, about: Pressed) -> Notice:
    """A decision. One that was answered, or moved on, is told so."""
    id, version, said_ = about.part(0), about.number(1), about.part(2)
    gate = await read(gates.get, id)
    if said_ == NOT_NOW:
        return Notice(WAITS)
    if said_ not in ANSWERS or about.part(1) != str(gate.version):
        return Notice(LATE)
    decision, way = ANSWERS[said_]
    policy.require(await read(projects.role, gate.project_id, hand.visit.user.id), Answer)
    if decision is Decision.CHANGES and gate.status is Status.PENDING:
        await stating.ask_what(hand.visit, gate)
        return Notice()
    try:
        await perform(Answer(id, decision, version=version or None, way=way), hand.visit.silent, hand.visit.key)
    except Conflict as refusal:
        return await tx(_too_late, hand, id, version, str(refusal))
    return Notice(_thanks(gate, decision, way))


def _thanks(gate: GateRow, decision: Decision, way: Way | None) -> str:
    label = next((one["label"] for one in gate.ways if one["way"] == way), "")
    return f"{label}. Thank you." if label else THANKS[decision]


async def _too_late(db: AsyncSession, hand: Hand, id: str, version: int, refusal: str) -> Notice:
    """Somebody was faster, or the document moved on; the message shows it from now on."""
    gate = await gates.get(db, id)
    if shown := await posts.by_outside(db, hand.visit.room.id, str(hand.message)):
        posts.fresh(db, shown)
    newer = await gates.pending(db, gate.project_id)
    if newer and gate.document and newer.document == gate.document and newer.id != gate.id:
        await _moved_on(db, hand, gate, newer, version)
        return Notice(f"This was version {version}. Version {newer.version} is here now.")
    if gate.status not in DECIDED:
        return Notice(refusal, alert=True)
    answer = cards.given(gate, hand.visit.user.id, clock.now())
    decision = DECIDED[gate.status]
    if gate.answered_by == hand.visit.user.id:
        return Notice(f"You {decisions.SAID[decision]} this already.")
    note = decisions.faster(answer, decision, hand.zone, "")
    return Notice(f"{note.strong} {note.text}", alert=True)


DECIDED = {
    Status.APPROVED: Decision.APPROVE,
    Status.REJECTED: Decision.REJECT,
    Status.CHANGES_REQUESTED: Decision.CHANGES,
}


async def _moved_on(db: AsyncSession, hand: Hand, gate: GateRow, newer: GateRow, version: int) -> None:
    text = f"This was version {version}. Version {newer.version} is here now, so I did not count your answer."
    rows = [[button(f"Show version {newer.version}", Verb.AGAIN, newer.id)]]
    await said(db, hand.visit.room.id, hand.visit.number, text, rows, gate.project_id)


async def _again(hand: Hand, about: Pressed) -> Notice:
    gate = await read(gates.get, about.part(0))
    await read(projects.role, gate.project_id, hand.visit.user.id)
    if gate.status is not Status.PENDING:
        return Notice("It was answered meanwhile.")
    await tx(finding.show_again, hand.visit.room.id, gate.id, gate.project_id)
    return Notice()


async def _read(hand: Hand, about: Pressed) -> Notice:
    await read(projects.role, about.part(0), hand.visit.user.id)
    version = about.number(2) or None
    await say(hand.visit, "", project=about.part(0), document=about.part(1), version=version)
    return Notice()


async def _quick(hand: Hand, about: Pressed) -> Notice:
    """A quick answer is said as if it was written, as long as it is for the last thing that we said."""
    message = await read(messages.find, about.part(0))
    if message is None:
        return Notice(OLD_QUESTION)
    found = await read(pages.standing, hand.visit.user.id, message.project_id)
    newest = await read(messages.newest, message.project_id, 1)
    if newest[-1].id != message.id or about.number(1) >= len(found.project.quick):
        return Notice(OLD_QUESTION)
    words = str(found.project.quick[about.number(1)])
    await perform(Say(message.project_id, words), hand.visit.actor, hand.visit.key)
    await tx(posts.touch, message.project_id, f"reply:{message.id}")
    return Notice(words)


async def _switch(hand: Hand, about: Pressed) -> Notice:
    """Choose a project; words that waited for that are said there."""
    kept = str((hand.post.said or {}).get("kept", "")) if hand.post else ""
    await tx(finding.switch, hand.visit, about.part(0))
    if kept:
        await perform(Say(about.part(0), kept), hand.visit.actor, hand.visit.key)
    return Notice()


async def _new(hand: Hand, _about: Pressed) -> Notice:
    """The words that we kept are a new idea."""
    kept = str((hand.post.said or {}).get("kept", "")) if hand.post else ""
    if not kept:
        return Notice(LATE)
    outcome = await perform(Create(kept), hand.visit.actor, hand.visit.key + NEW)
    await tx(_chosen, hand, str(outcome["project"]))
    return Notice()


async def _chosen(db: AsyncSession, hand: Hand, project_id: str) -> None:
    await choose(db, hand.visit.room.id, project_id)
    await settle(db, hand.visit, hand.message, "A new idea.")


async def _pause(hand: Hand, about: Pressed) -> Notice:
    await perform(Pause(about.part(0)), hand.visit.silent, hand.visit.key)
    return Notice("Paused. Nothing is lost.")


async def _resume(hand: Hand, about: Pressed) -> Notice:
    await perform(Resume(about.part(0)), hand.visit.silent, hand.visit.key)
    return Notice("We go on where we stopped.")


async def _ask_cancel(hand: Hand, about: Pressed) -> Notice:
    found = await read(pages.standing, hand.visit.user.id, about.part(0))
    policy.require(found.role, Cancel)
    await orders.ask_cancel(hand.visit, found)
    return Notice()


async def _cancel(hand: Hand, about: Pressed) -> Notice:
    return await _confirmed(hand, Cancel(about.part(0)), "Cancelled. What was made so far is kept.")


async def _reset(hand: Hand, about: Pressed) -> Notice:
    return await _confirmed(hand, Reset(about.part(0)), "We start over. What would you like to make?")


async def _undo(hand: Hand, about: Pressed) -> Notice:
    return await _confirmed(hand, Undo(about.part(0), about.number(1)), "It is being taken out. Nothing is deleted.")


async def _confirmed(hand: Hand, command: Command, becomes: str) -> Notice:
    """What was asked back about. The question says what came of it; one of long ago does nothing."""
    key = f"{hand.visit.user.id}:{hand.visit.key}"
    if await read(commands.outcome, key) is None:
        if hand.post is None or not hand.post.said or not hand.post.said.get("rows"):
            return Notice(LATE)
        if clock.now() - hand.post.made_at > HOLDS:
            await tx(settle, hand.visit, hand.message, LATE)
            return Notice(LATE)
    await perform(command, hand.visit.silent, hand.visit.key)
    await tx(settle, hand.visit, hand.message, becomes)
    return Notice()


async def _leave(hand: Hand, _about: Pressed) -> Notice:
    await tx(settle, hand.visit, hand.message, "Good, it stays as it is.")
    return Notice()


async def _take_back(_hand: Hand, _about: Pressed) -> Notice:
    return Notice(LATE)


DOES: dict[Verb, Callable[[Hand, Pressed], Awaitable[Notice]]] = {
    Verb.ANSWER: _answer,
    Verb.AGAIN: _again,
    Verb.READ: _read,
    Verb.QUICK: _quick,
    Verb.SWITCH: _switch,
    Verb.NEW: _new,
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.ASK_CANCEL: _ask_cancel,
    Verb.CANCEL: _cancel,
    Verb.RESET: _reset,
    Verb.UNDO: _undo,
    Verb.LEAVE: _leave,
    Verb.TAKE_BACK: _take_back,
}
