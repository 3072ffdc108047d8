"""An installation in this process that speaks with the stand-in of Telegram, and people who have a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ground.living import living
from ground.telegram_api import TOKEN, TelegramApi
from ground.telegram_people import Chat, Item, Person
from ground.until import until
from orchestrator import app, clock, telemetry
from orchestrator.channels import posting
from orchestrator.conversation.command import perform
from orchestrator.domain.command import ORCHESTRATOR, Create, Say, WriteVision
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.errors import OrchestratorError
from orchestrator.runtime import read, tx
from orchestrator.settings import Settings
from orchestrator.store import arrivals, cursors, gates, links, people, projects, rooms
from orchestrator.store.elsewhere import ArrivalRow, PostRow
from orchestrator.store.people import User
from orchestrator.store.tables import GateRow, ProjectRow

SOON = timedelta(seconds=5)  # longer than a message rests between two edits
METRICS = telemetry.metrics()
IDEA = "I want a meal planning app for our family that plans dinners and prints a shopping list"


@dataclass
class Town:
    telegram: TelegramApi
    names: list[str] = field(default_factory=list)

    async def user(self, name: str) -> User:
        """Somebody with an account here."""
        self.names.append(name)
        email = f"{name.lower()}{len(self.names)}@example.org"
        return await tx(people.create, ORCHESTRATOR, email, name, clock.now())

    async def linked(self, name: str) -> tuple[User, Person]:
        """Somebody with an account here and one on Telegram, which belong together."""
        user = await self.user(name)
        return user, await self.phone(user)

    async def phone(self, user: User) -> Person:
        """Their account on Telegram, linked by a code from the settings page."""
        person = self.telegram.person(user.name)
        code = await tx(links.create, user.acts(), "telegram", user.id, clock.now())
        person.say(f"/start {code}")
        await self.sees(person.chat, "This chat is yours now")
        return person

    async def sees(self, chat: Chat, what: str, topic: int | None = None, after: Item | None = None) -> Item:
        """Wait for a message in which this stands; `after` another one."""
        since = after.id if after else 0

        def look() -> Item | None:
            return next((one for one in chat.of_the_bot(topic) if what in one.text and one.id > since), None)

        try:
            return await until(look, 20)
        except TimeoutError:
            raise AssertionError(f"“{what}” is not among {chat.shows()}") from None

    async def said(self, person: Person, text: str, what: str, where: Chat | None = None, **more: Any) -> Item:
        """Say something, and wait for a new message in which `what` stands."""
        chat = where or person.chat
        before = chat.of_the_bot()
        person.say(text, where, **more)
        return await self.sees(chat, what, after=before[-1] if before else None)

    async def answered(self, query: str) -> tuple[str, bool]:
        """What the person was told who pressed a button."""
        return await until(lambda: self.telegram.answers.get(query), 20)

    async def project(self, user: User, idea: str = IDEA) -> str:
        return str((await perform(Create(idea), user.acts(), f"idea {idea} {clock.new_id()}"))["project"])

    async def at_vision(self, user: User, idea: str = IDEA) -> tuple[str, GateRow]:
        """A project whose vision waits for an answer."""
        project = await self.project(user, idea)
        return project, await self.vision(user, project)

    async def vision(self, user: User, project: str) -> GateRow:
        await until(lambda: _writes(user, project), 30)
        return await self.gate(project)

    async def gate(self, project: str) -> GateRow:
        return await until(lambda: read(gates.pending, project), 60)

    async def row(self, project: str) -> ProjectRow:
        return await read(projects.row, project)

    async def say(self, user: User, project: str, text: str) -> None:
        """On the page."""
        await perform(Say(project, text), user.acts(), clock.new_id())

    async def calm(self) -> None:
        """Wait until all that came is taken up, and nothing is left to be shown."""
        await until(self._is_calm, 30)

    async def _is_calm(self) -> bool:
        if self.telegram.waiting and not self.telegram.webhook:
            return False
        return await read(_nothing_open)


async def _nothing_open(db: AsyncSession) -> bool:
    if await arrivals.open(db, "telegram") or await cursors.behind(db, posting.READER):
        return False
    soon = clock.now() + SOON  # what is only to be shown anew when a minute is over is calm
    due = select(PostRow.id).where(PostRow.status == PostStatus.DUE, or_(PostRow.due_at < soon, PostRow.tries > 0))
    return await db.scalar(due.limit(1)) is None


async def _writes(user: User, project: str) -> bool:
    try:
        await perform(WriteVision(project), user.acts(), clock.new_id())
    except OrchestratorError:
        return False
    return True


async def taken() -> list[ArrivalRow]:
    """All that came, in order."""
    return await read(_taken)


async def _taken(db: AsyncSession) -> list[ArrivalRow]:
    return list(await db.scalars(select(ArrivalRow).order_by(ArrivalRow.id)))


async def room(chat: Chat, topic: int = 0) -> Any:
    return await read(rooms.at, "telegram", f"{chat.id}/{topic}" if topic else str(chat.id))


@asynccontextmanager
async def town(data: Path, telegram: TelegramApi, **given: Any) -> AsyncIterator[Town]:
    """Until the end of this the installation lives; another one of the same folder knows all that this one knew."""
    data.mkdir(exist_ok=True)
    where = {"telegram_bot_token": TOKEN, "telegram_api_url": telegram.url, "reconcile_s": 0.5, "drain_s": 0.2}
    live = await app.compose(Settings(data_dir=data, **(where | given)), METRICS)
    async with living(live):
        await until(_begun, 30)
        yield Town(telegram)


async def _begun() -> bool:
    return await read(cursors.get, posting.READER, posting.SINCE) is not None


async def together(*doing: Any) -> None:
    await asyncio.gather(*doing)
