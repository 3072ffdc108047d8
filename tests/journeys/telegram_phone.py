"""A person with nothing but a phone: links it, says the idea, and answers what is asked, while a server dies."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ground.nursery import Nursery
from ground.server import Server
from ground.telegram_api import TOKEN, TelegramApi
from ground.telegram_people import Item, Person
from ground.until import until
from journeys import count
from journeys.killed import working
from orchestrator import clock, vault
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import engine, links, people
from orchestrator.store.elsewhere import ArrivalRow, PostRow
from orchestrator.store.tables import EventRow, ProjectRow, UserRow

WITHIN = 90


async def code(server: Server, email: str = "") -> str:
    """What the settings page gives somebody, to link their phone; without an email, for the first owner."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    writes = engine.writing(database, lambda _: None, seal=vault.load(server.data).derive("audit"))
    try:
        async with writes() as db, db.begin():
            user = await _user(db, email)
            return await links.create(db, ORCHESTRATOR, "telegram", user, clock.now())
    finally:
        await database.dispose()


async def _user(db: AsyncSession, email: str) -> str:
    if email:
        return (await people.create(db, ORCHESTRATOR, email, email.partition("@")[0].title(), clock.now())).id
    found = await db.scalar(select(UserRow.id).order_by(UserRow.created_at).limit(1))
    assert found
    return found


class Phone:
    """Reads and presses; what it says may have to wait for a server that starts again."""

    def __init__(self, person: Person) -> None:
        self.person, self.chat = person, person.chat
        self.pressed: set[int] = set()

    async def link(self, server: Server, email: str = "") -> None:
        self.person.say(f"/start {await code(server, email)}")
        await self.sees("This chat is yours now")

    async def sees(self, what: str, after: int = 0, within: float = WITHIN) -> Item:
        def look() -> Item | None:
            return next((one for one in self.chat.of_the_bot() if what in one.text and one.id > after), None)

        try:
            return await until(look, within)
        except TimeoutError:
            raise AssertionError(f"“{what}” is not among {self.chat.shows()}") from None

    async def said(self, text: str, what: str = "") -> Item:
        """Say it, and wait for a reply."""
        after = self.chat.last.id if self.chat.of_the_bot() else 0
        self.person.say(text)
        return await self.sees(what, after)

    async def answers(self, question: str, label: str = "Approve", name: str = "") -> Item:
        """Wait for a decision that was not answered yet, and press a button of it."""

        def look() -> Item | None:
            return next((one for one in self.chat.of_the_bot() if self._asks(one, question, label, name)), None)

        try:
            item = await until(look, WITHIN)
        except TimeoutError:
            raise AssertionError(f"“{question}” is not asked among {self.chat.shows()}") from None
        self.pressed.add(item.id)
        self.person.press(label, item=item)
        await until(lambda: label not in item.buttons, WITHIN)
        return item

    def _asks(self, one: Item, question: str, label: str, name: str) -> bool:
        return question in one.text and name in one.text and label in one.buttons and one.id not in self.pressed


@asynccontextmanager
async def server(
    nursery: Nursery, folder: Any, telegram: TelegramApi, *, hooked: bool = False, **more: Any
) -> AsyncIterator[Server]:
    """`hooked`: Telegram brings it what comes; else it asks."""
    settings = {"rate_limits": "off", "reconcile_s": 0.5, "drain_s": 0.5, "sandbox": "off"}
    where = {"telegram_bot_token": TOKEN, "telegram_api_url": telegram.url}
    one = nursery.server(folder / "data", **settings, **where, **more)
    if hooked:
        one.settings |= {"TELEGRAM_WEBHOOK_SECRET": "seven-birds", "ORCHESTRATOR_PUBLIC_URL": one.url}
    async with one:
        yield one


@asynccontextmanager
async def dying(server: Server, seed: int, times: int, most: float = 4.0) -> AsyncIterator[list[int]]:
    """Meanwhile it is killed so many times, at moments that the seed chooses; how often it was stands in the list."""
    deaths: list[int] = []
    async with working(_kill(server, random.Random(seed), times, most, deaths)):
        yield deaths
    if not server.running:
        await server.start()
    await server.ready(120)


async def _kill(server: Server, rng: random.Random, times: int, most: float, deaths: list[int]) -> None:
    while len(deaths) < times:
        await asyncio.sleep(rng.uniform(0, most))
        await server.kill()
        deaths.append(len(deaths))
        await server.start()
        await server.ready(120)


async def posts(server: Server) -> list[PostRow]:
    async with count.opened(server) as db:
        return list(await db.scalars(select(PostRow).order_by(PostRow.room_id, PostRow.number)))


async def answers_given(server: Server, project: str) -> list[str]:
    """How often each decision was answered: once, or something was done twice."""
    async with count.opened(server) as db:
        found = await db.scalars(
            select(EventRow).where(EventRow.project_id == project, EventRow.kind == "gate.answered")
        )
        return [event.data["gate"] for event in found]


async def projects(server: Server) -> dict[str, str]:
    """All that there are, and where each stands."""
    async with count.opened(server) as db:
        return {row.id: str(row.step) for row in await db.scalars(select(ProjectRow))}


async def all_taken(server: Server) -> bool:
    async with count.opened(server) as db:
        return await db.scalar(select(ArrivalRow.id).where(ArrivalRow.done_at.is_(None)).limit(1)) is None
