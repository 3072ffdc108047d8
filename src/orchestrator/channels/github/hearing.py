"""What people write on GitHub becomes the same commands as everywhere, once, whichever way we hear of it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.github import notices, speech
from orchestrator.channels.github.remark import Remark
from orchestrator.channels.github.speech import Asked, Heard
from orchestrator.channels.github.us import NAME, Us
from orchestrator.conversation.command import perform
from orchestrator.domain import answer as answers
from orchestrator.domain import plain
from orchestrator.domain.command import Actor, Answer, Command, Create, Pause, Resume, Say, TakeBack
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.errors import Conflict, NotAllowed, NotFound, OrchestratorError, Unreachable
from orchestrator.forge.hub import Later, Refused
from orchestrator.runtime import read, tx
from orchestrator.store import commands, cursors, gates, hubs, identities, pages, posts, projects, rooms, suggestions
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.people import User
from orchestrator.store.tables import GateRow, ProjectRow
from orchestrator.telling import standing

log = structlog.get_logger(__name__)
HEARD: Final = "github:heard"  # the reader whose cursors say what was taken up
SKEW: Final = timedelta(seconds=5)  # GitHub's clock, and it counts whole seconds
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: the room, if we spoke there, and the project, if there is one."""

    room: RoomRow | None
    project: ProjectRow | None

    @property
    def ours(self) -> bool:
        """Whether we are spoken with there, so that a command needs no mention."""
        return self.room is not None and self.room.project_id is not None


async def hear(us: Us, said: Remark) -> None:
    """Do what it asks for. Begun again, or heard of in another way, it does nothing twice."""
    if said.by.is_bot or await us.is_us(said.by.login):
        return
    name = await us.name()
    heard = speech.heard(said.text, name)
    if not heard.for_us or (said.was is not None and speech.heard(said.was, name).for_us):
        return
    place = await read(_place, said)
    if not (heard.mentioned or place.ours or _links(heard)) or await read(was_heard, said.key):
        return
    await _show_that_we_saw(us, said)
    await _do(us, said, heard, place)


async def _place(db: AsyncSession, said: Remark) -> Place:
    room = await rooms.at(db, NAME, said.address)
    if room and room.project_id:
        return Place(room, await projects.row(db, room.project_id))
    return Place(room, await hubs.by_slug(db, said.slug))


async def was_heard(db: AsyncSession, key: str) -> bool:
    return await cursors.get(db, HEARD, key) is not None


async def note_heard(db: AsyncSession, key: str) -> None:
    await cursors.put(db, HEARD, key, 1)


def _links(heard: Heard) -> bool:
    return heard.asked is not None and heard.asked.word == "link"


async def _show_that_we_saw(us: Us, said: Remark) -> None:
    """A sign at once, before the work. Where it cannot be set, the answer has to do."""
    if not said.eyes:
        return
    try:
        await us.client.send("POST", f"/repos/{said.slug}/{said.eyes}/reactions", content="eyes")
    except (Refused, Later) as problem:
        log.info("github.no_sign", reason=str(problem))


async def _do(us: Us, said: Remark, heard: Heard, place: Place) -> None:
    if heard.asked and heard.asked.word == "link":
        await _link(said, heard.asked.rest)
        return
    user = await read(identities.who, NAME, str(said.by.id))
    writes = await us.writes(said.slug, said.by.login)
    if user is None or not writes:
        await _from_a_stranger(us, said, heard, place, may_link=user is None and writes)
        return
    await tx(identities.called, NAME, str(said.by.id), said.by.login)
    try:
        await _command(us, said, heard, place, user)
    except Unreachable:
        raise
    except (NotAllowed, NotFound) as refusal:
        if heard.asked and isinstance(refusal, NotAllowed):
            await tx(answer, said, str(refusal))
        else:
            await _from_a_stranger(us, said, heard, place, may_link=False)
    except OrchestratorError as refusal:
        await tx(answer, said, str(refusal))


async def _link(said: Remark, code: str) -> None:
    try:
        user = await tx(identities.link, NAME, str(said.by.id), said.by.login, code.split(maxsplit=1)[0], clock.now())
    except (OrchestratorError, IndexError) as refusal:
        if isinstance(refusal, Unreachable):
            raise
        await tx(answer, said, str(refusal) if isinstance(refusal, OrchestratorError) else notices.NO_CODE)
        return
    await tx(answer, said, notices.LINKED.format(name=plain.one_line(user.name)))


async def answer(db: AsyncSession, said: Remark, text: str, subject: str = "") -> None:
    """Say something of our own under what was written, once, and note that it was taken up."""
    room = await rooms.met(db, NAME, said.address, RoomKind.ISSUE, said.title)
    room.heard_at = clock.now()
    subject = f"word:{subject or said.key}"
    if not await posts.at(db, room.id, subject):
        await posts.add(db, room.id, subject, project_id=room.project_id, said={"text": text})
    await note_heard(db, said.key)


async def _from_a_stranger(us: Us, said: Remark, heard: Heard, place: Place, *, may_link: bool) -> None:
    """One sentence for each person and issue. What they wrote for us about a project is kept as a suggestion."""
    suggests = place.project is not None and heard.mentioned and heard.asked is None
    text = notices.stranger(said.by.login, us.settings.address, suggests=suggests, may_link=may_link)
    await tx(_suggested, said, heard, place.project.id if place.project and suggests else "", text)


async def _suggested(db: AsyncSession, said: Remark, heard: Heard, project_id: str, text: str) -> None:
    if project_id:
        words = wish(said, heard)
        project = await projects.locked(db, project_id)
        await suggestions.made(db, project, said.key, NAME, said.by.login, words, said.link)
    await answer(db, said, text, f"stranger:{said.by.id}:{'suggests' if project_id else 'asks'}")


def wish(said: Remark, heard: Heard) -> str:
    """All that was said: an issue begins with its title."""
    return f"{said.title}\n\n{heard.text}".strip() if said.begins else heard.text


async def _command(us: Us, said: Remark, heard: Heard, place: Place, user: User) -> None:
    if heard.asked and heard.asked.word in TELLS:
        await TELLS[heard.asked.word](us, said, place, user)
        return
    if place.project is None:
        await _begin(said, heard, user)
        return
    await read(projects.role, place.project.id, user.id)  # who takes no part here gets no room
    room = await tx(_bound, said, place.project.id)
    if heard.asked is None and not re.search(r"\w", wish(said, heard)):
        await tx(answer, said, notices.HELP)
        return
    command, reply = await _meant(said, heard, place.project)
    await _perform(command, Actor(user.id, user.name, NAME, room if reply else ""), said.key)
    await tx(note_heard, said.key)


async def _meant(said: Remark, heard: Heard, project: ProjectRow) -> tuple[Command, bool]:
    """The command, and whether the room is told what is said in answer: a decision shows by itself what came of it."""
    if heard.asked is None:
        words = wish(said, heard)
        gate = await read(gates.pending, project.id)
        if gate and answers.unmistakable(words):
            _still_asked(gate, said.at)
        return Say(project.id, words), True
    if heard.asked.word in STEERS:
        return STEERS[heard.asked.word](project.id), True
    if heard.asked.word == "undo":
        return _back(project), True
    gate = await read(gates.pending, project.id)
    if gate is None:
        raise Conflict(notices.NOTHING_OPEN)
    _still_asked(gate, said.at)
    return decided(gate, heard.asked), False


def _back(project: ProjectRow) -> TakeBack:
    """Of the last answer. Raises Conflict where something else was decided since."""
    if not (last := (project.before or {}).get("gate")):
        raise Conflict(notices.NOTHING_TO_UNDO)
    return TakeBack(str(last))


def decided(gate: GateRow, asked: Asked) -> Answer:
    """What a command says about a decision. Raises Conflict for what is not clear."""
    typed = answers.command(f"/{asked.word} {asked.rest}".strip())
    if typed is None or (typed.gate and typed.gate != gate.id):
        raise Conflict(notices.NOT_CLEAR if typed is None or not answers_id(typed.gate) else notices.ANOTHER)
    return Answer(gate.id, typed.decision, typed.note, gate.version or None, typed.way)


def answers_id(word: str) -> bool:
    """Whether this may be the number of a decision, and not a word of thanks."""
    return bool(re.fullmatch(r"(?=[a-z]*\d)[0-9a-hjkmnp-tv-z]{16}", word))


def _still_asked(gate: GateRow, at: datetime | None) -> None:
    """What was written before a question was asked is no answer to it."""
    if at is None or gate.opened_at > at + SKEW:
        raise Conflict(notices.NEWER)


async def _perform(command: Command, actor: Actor, key: str) -> str:
    """The project. What was carried out before in another form, before an edit, is not carried out again."""
    asked = await read(commands.asked, f"{actor.user_id}:{key}")
    if asked is not None and asked != repr(command):
        return ""
    return str((await perform(command, actor, key))["project"])


async def _bound(db: AsyncSession, said: Remark, project_id: str) -> str:
    """The room; decisions are shown in it when it is the first of its project, or its issue begins with a wish."""
    room = await rooms.met(db, NAME, said.address, RoomKind.ISSUE, said.title)
    room.heard_at = clock.now()
    others = [one for one in await rooms.hearing(db, project_id) if one.kind is RoomKind.ISSUE and one.id != room.id]
    if room.project_id is None and (said.begins or not others):
        for one in others:
            one.project_id = None  # else everything would be said in each of them
        room.project_id = project_id
        if gate := await gates.pending(db, project_id):
            await posts.add(db, room.id, f"gate:{gate.id}", project_id=project_id, rings=True)
    return room.id


async def _begin(said: Remark, heard: Heard, user: User) -> None:
    """A mention in a repository without a project begins one there."""
    room = await tx(_met, said)
    name = plain.cut(plain.one_line(said.title), LONGEST_NAME) if said.title else ""
    create = Create(wish(said, heard), name, hub=said.slug)
    project_id = await _perform(create, Actor(user.id, user.name, NAME, room), said.key)
    await tx(_begun, said, project_id)


async def _met(db: AsyncSession, said: Remark) -> str:
    return (await rooms.met(db, NAME, said.address, RoomKind.ISSUE, said.title, heard_at=clock.now())).id


async def _begun(db: AsyncSession, said: Remark, project_id: str) -> None:
    if project_id:
        await projects.locked(db, project_id)
        await _bound(db, said, project_id)
    await note_heard(db, said.key)


async def _status(us: Us, said: Remark, place: Place, user: User) -> None:
    if place.project is None:
        await tx(answer, said, notices.NO_PROJECT)
        return
    found = await read(pages.standing, user.id, place.project.id)
    link = f"{us.settings.address}/projects/{place.project.id}"
    await tx(answer, said, f"{standing.status(found)} [See it]({link})")


async def _help(_us: Us, said: Remark, _place: Place, _user: User) -> None:
    await tx(answer, said, notices.HELP)


async def _later(_us: Us, said: Remark, _place: Place, _user: User) -> None:
    await tx(answer, said, notices.LATER)


TELLS: Final = {"status": _status, "help": _help, "later": _later}
STEERS: Final[dict[str, type[Pause | Resume]]] = {"pause": Pause, "resume": Resume}
