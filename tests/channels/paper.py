"""A service of paper: it shows messages on sheets, and can be slow, full, broken or closed."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ground.living import living
from ground.until import until
from orchestrator import app, clock, runtime, telemetry
from orchestrator.channels import carry
from orchestrator.channels.ports import Channel, Letter, Shown, TryAgain
from orchestrator.conversation.command import perform
from orchestrator.domain.command import ORCHESTRATOR, Actor, Say
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.runtime import read, tx
from orchestrator.settings import Settings
from orchestrator.store import arrivals, gates, messages, people, projects, rooms
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import PostRow, RoomRow
from orchestrator.store.people import User

METRICS = telemetry.metrics()


@dataclass
class Sheet:
    """What is to be seen in one place of a room."""

    subject: str
    text: str
    silent: bool
    edits: int = 0


@dataclass
class Paper:
    """`fault`, where there is one, is asked before anything is shown, and may raise."""

    name: str = "paper"
    edit_every_s: float = 0.0
    sheets: dict[str, list[Sheet]] = field(default_factory=lambda: defaultdict(list))
    fault: Callable[[PostRow], Any] | None = None
    unsure: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    trouble: Callable[[Arrival], Any] | None = None

    async def take(self, arrival: Arrival) -> None:
        if self.trouble:
            self.trouble(arrival)
        self.taken.append(arrival.key)
        if arrival.kind == "say":
            room = await read(rooms.at, self.name, arrival.lane)
            assert room
            assert room.user_id
            assert room.project_id
            actor = Actor(room.user_id, "Ana", self.name, room.id)
            await perform(Say(room.project_id, arrival.body.decode()), actor, f"paper:{arrival.key}")

    async def compose(self, db: AsyncSession, post: PostRow, _room: RoomRow) -> Letter | None:
        kind, _, rest = post.subject.partition(":")
        if post.said:
            return Letter(post.said["text"])
        if kind in {"gate", "reminder"}:
            gate = await gates.get(db, rest.partition(":")[0])
            project = await projects.row(db, gate.project_id)
            said = f"{gate.question} {gate.status}"
            return Letter(said if gate.status == "PENDING" else f"{said}, {project.step}")
        if kind == "reply":
            return Letter((await db.get_one(messages.MessageRow, rest)).text)
        return Letter(post.subject)

    async def show(self, post: PostRow, room: RoomRow, letter: Letter, *, silent: bool, unsure: bool) -> Shown:
        if unsure:
            self.unsure.append(post.subject)
        if self.fault and (waits := self.fault(post)):
            await waits
        sheets = self.sheets[room.address]
        if post.outside:
            sheet = sheets[int(post.outside) - 1]
            sheet.text, sheet.edits = letter.text, sheet.edits + 1
            return Shown(post.outside, post.details)
        sheets.append(Sheet(post.subject, letter.text, silent))
        return Shown(str(len(sheets)), post.details)

    async def serve(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Desk:
    """An installation in this very process, with a service of paper."""

    paper: Paper
    others: list[Channel]
    people: int = 0

    async def person(self, name: str) -> User:
        return await tx(people.create, ORCHESTRATOR, f"{name}@example.org", name, clock.now())

    async def room(self, user: User, address: str = "", *, project: str | None = None) -> RoomRow:
        more = {"user_id": user.id, "project_id": project}
        return await tx(rooms.met, "paper", address or user.name, RoomKind.PRIVATE, user.name, **more)

    async def come(self, key: str, text: str, lane: str, kind: str = "say") -> None:
        await tx(arrivals.keep, [Arrival("paper", key, kind, lane, text.encode())])

    async def sees(self, address: str, what: str) -> Sheet:
        """Wait for a sheet on which this stands."""
        return await until(lambda: next((s for s in self.paper.sheets[address] if what in s.text), None), 20)


@asynccontextmanager
async def desk(data: Path, database: str | None = None, **given: Any) -> AsyncIterator[Desk]:
    settings = Settings(data_dir=data, reconcile_s=0.5, drain_s=0.2, database_url=database, **given)
    data.mkdir(exist_ok=True)
    live = await app.compose(settings, METRICS)
    async with living(live):
        paper = Paper()
        carrying = asyncio.create_task(carry.forever([paper]))
        await until(lambda: _begun(live), 20)
        try:
            yield Desk(paper, [])
        finally:
            carrying.cancel()
            await asyncio.wait({carrying})


async def _begun(live: runtime.Runtime) -> bool:
    return await read(_has_begun)


async def _has_begun(db: AsyncSession) -> bool:
    from orchestrator.channels import posting
    from orchestrator.store import cursors

    return await cursors.get(db, posting.READER, posting.SINCE) is not None


def later(sentence: str, seconds: float | None = None, *, hush: bool = False) -> TryAgain:
    return TryAgain(sentence, seconds, hush=hush)
