"""Reads what happened and says which messages must be shown, or shown anew. The rows say what is in them."""

from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.channels.ports import Channel
from orchestrator.domain.elsewhere import News, RoomKind
from orchestrator.domain.gate import Kind
from orchestrator.domain.policy import ANSWERS
from orchestrator.domain.project import Step
from orchestrator.errors import NotFound, Unreachable
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import arrivals, cursors, events, gates, manners, phases, posts, projects, rooms
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.events import Event
from orchestrator.store.tables import INSTALLATION, GateRow, MessageRow, ProjectRow

log = structlog.get_logger(__name__)
READER = "posts"
SINCE = "since"  # under this stream stands when we began to tell: what was before is told to nobody
ALL_S = 30.0  # how long a wake that was lost can go unnoticed
CLOSED = frozenset({"gate.answered", "gate.withdrawn", "gate.expired", "gate.taken_back"})
VERDICT = "check:readiness"
NOT_AS_IT_WAS = frozenset({"phase.completed", "phase.undone", "readiness.attested"})  # what we said of the app is old
# What changes no message of ours.
SILENT = frozenset(
    {"message.created", "brief.changed", "member.set", "member.removed", "project.created", "preview.opened"}
)
# Which posts of a room say how far a project is. Of decisions two: the one that carried it before lets go of it.
SHOW_PROGRESS = {
    RoomKind.PRIVATE: ("gate:", 2),
    RoomKind.GROUP: ("gate:", 2),
    RoomKind.ISSUE: ("status", 1),
    RoomKind.REPOSITORY: ("pull:", 1),
}
OTHERS = {posts.WAKES, arrivals.WAKES, INSTALLATION}  # streams without a project
AT_ONCE = 200  # events in one transaction


async def forever(channels: dict[str, Channel]) -> None:
    """Follow all projects, until cancelled."""
    await tx(_begin)
    with runtime().bus.follow_everything() as follower:
        looked = 0.0
        while True:
            streams, follower.streams = follower.streams, set()
            now = clock.now().timestamp()
            if everything := now - looked >= ALL_S:
                looked = now
            try:
                await _catch_up(channels, None if everything else streams)
            except Unreachable as away:
                log.warning("posting.put_off", reason=str(away))
                looked = 0.0
            if not follower.streams:
                await follower.changed(within=ALL_S if looked else 1)


async def _begin(db: AsyncSession) -> None:
    """Once for each installation: nobody is told of what was before."""
    if await cursors.get(db, READER, SINCE):
        return
    await cursors.all_read(db, READER)
    await cursors.put(db, READER, SINCE, 0)


async def _catch_up(channels: dict[str, Channel], streams: set[str] | None) -> None:
    """Look at these projects, or at all."""
    found = [id for id, _ in await read(cursors.behind, READER)] if streams is None else sorted(streams - OTHERS)
    for project_id in found:
        while await tx(tell, channels, project_id):
            pass
        faults.point("posting")


async def tell(db: AsyncSession, channels: dict[str, Channel], project_id: str) -> bool:
    """Go on where we were with one project; True where there is more to do."""
    try:
        project = await projects.row(db, project_id)
    except NotFound:
        return False  # another stream, such as that of the installation
    cursor = await cursors.get(db, READER, project_id)
    seen = cursor.number if cursor else 0
    found = await events.after(db, project_id, seen, AT_ONCE)
    if not found:
        return False
    hearing = [room for room in await rooms.hearing(db, project_id) if room.channel in channels]
    telling = Telling(db, project, await _listeners(db, project, hearing))
    for event in found:
        await telling.note(event)
    await telling.refresh(channels)
    await cursors.put(db, READER, project_id, found[-1].number)
    return len(found) == AT_ONCE


@dataclass(frozen=True, slots=True)
class Listener:
    """A room that is told of a project, and of what."""

    room: RoomRow
    answers: bool  # somebody there may decide
    news: frozenset[News]

    def hears(self, news: News) -> bool:
        return news in self.news and (self.answers or news not in {News.DECISIONS, News.STUCK})


async def _listeners(db: AsyncSession, project: ProjectRow, hearing: list[RoomRow]) -> list[Listener]:
    people = [room.user_id for room in hearing if room.kind is RoomKind.PRIVATE and room.user_id]
    wanted = await manners.many(db, people)
    found = []
    for room in hearing:
        if room.kind is RoomKind.PRIVATE and room.user_id:
            role = await projects.role(db, project.id, room.user_id)
            news = frozenset(one for one in News if wanted[room.user_id].wants(one, room.channel))
            found.append(Listener(room, role in ANSWERS, news))
        else:
            found.append(Listener(room, answers=True, news=frozenset(News)))
    return found


@dataclass(slots=True)
class Telling:
    """What is to be told of one project now, in one transaction."""

    db: AsyncSession
    project: ProjectRow
    listeners: list[Listener]
    moved: bool = False  # something that a message of progress shows
    at_once: bool = False  # and it must be seen now
    pulls: set[int] = field(default_factory=set)

    async def note(self, event: Event) -> None:
        """Make the posts that this event asks for."""
        if event.kind == "message.created":
            await self._reply(event)
        if event.kind in SILENT:
            return
        self.moved = True
        await self._verdict(event)
        if event.kind == "gate.opened":
            await self._ask(event)
        elif event.kind in CLOSED:
            self.at_once = True
            for what in ("gate", "check"):
                await posts.touch(self.db, self.project.id, f"{what}:{event.data['gate']}")
            await posts.touch(self.db, self.project.id, f"reminder:{event.data['gate']}:", begins=True)
        elif event.kind == "gate.reminded":
            await self._remind(event)
        elif event.kind == "project.moved" and event.data["step"] == Step.COMPLETED:
            await self._add(News.DONE, f"done:{self.project.id}:{event.number}")
        elif event.kind == "phase.built":
            await self._pull(event.data["phase"])

    async def _reply(self, event: Event) -> None:
        """What is said in a room, or in answer to something said there, is said in that room alone."""
        if event.data["role"] == "user":
            return
        row = await self.db.get_one(MessageRow, event.data["message"])
        to = await self.db.get(MessageRow, row.in_reply_to) if row.in_reply_to else None
        if where := row.room or (to.room if to else ""):
            await posts.add(self.db, where, f"reply:{event.data['message']}", project_id=self.project.id)

    async def _ask(self, event: Event) -> None:
        gate = await gates.get(self.db, event.data["gate"])
        await self._add(_news(gate), f"gate:{gate.id}", rings=True)
        for listener in self._of({RoomKind.REPOSITORY}):
            await posts.add(self.db, listener.room.id, f"check:{gate.id}", project_id=self.project.id)

    async def _remind(self, event: Event) -> None:
        gate = await gates.get(self.db, event.data["gate"])
        await self._add(_news(gate), f"reminder:{gate.id}:{event.number}", rings=True)

    async def _pull(self, phase: int) -> None:
        row = await phases.get(self.db, self.project.id, phase)
        for listener in self._of({RoomKind.REPOSITORY}):
            subject = f"pull:{phase}-{row.attempt}"
            await posts.add(self.db, listener.room.id, subject, project_id=self.project.id)

    async def _verdict(self, event: Event) -> None:
        if event.kind in NOT_AS_IT_WAS:
            await posts.touch(self.db, self.project.id, VERDICT)
        if event.kind != "readiness.changed":
            return
        for listener in self._of({RoomKind.REPOSITORY}):
            await posts.add(self.db, listener.room.id, VERDICT, project_id=self.project.id)

    async def _add(self, news: News, subject: str, *, rings: bool = True) -> None:
        for listener in self._of({RoomKind.PRIVATE, RoomKind.GROUP, RoomKind.ISSUE}):
            if listener.hears(news):
                await posts.add(self.db, listener.room.id, subject, project_id=self.project.id, rings=rings)

    def _of(self, kinds: set[RoomKind]) -> list[Listener]:
        return [listener for listener in self.listeners if listener.room.kind in kinds]

    async def refresh(self, channels: dict[str, Channel]) -> None:
        """Show anew what shows how far the project is."""
        if not self.moved:
            return
        for listener in self.listeners:
            if listener.hears(News.PROGRESS):
                await self._refresh(listener.room, 0 if self.at_once else channels[listener.room.channel].edit_every_s)

    async def _refresh(self, room: RoomRow, every_s: float) -> None:
        """In a chat the decision that was answered last carries what follows from it; an issue has one status."""
        if room.kind is RoomKind.ISSUE and not await posts.at(self.db, room.id, "status"):
            await posts.add(self.db, room.id, "status", project_id=self.project.id)
        prefix, shown = SHOW_PROGRESS[room.kind]
        for row in await posts.latest(self.db, room.id, self.project.id, prefix, shown):
            posts.fresh(self.db, row, every_s)


def _news(gate: GateRow) -> News:
    return News.STUCK if gate.kind is Kind.ERROR_RESOLUTION else News.DECISIONS


async def open_in(db: AsyncSession, room: RoomRow) -> int:
    """Show in a room the decisions that wait for whoever is there: it was just opened. Returns how many."""
    if room.user_id and room.kind is RoomKind.PRIVATE:
        waiting = await gates.waiting_for(db, room.user_id)
    else:
        gate = await gates.pending(db, room.project_id) if room.project_id else None
        waiting = [gate] if gate else []
    for gate in waiting:
        await posts.add(db, room.id, f"gate:{gate.id}", project_id=gate.project_id)
    return len(waiting)
