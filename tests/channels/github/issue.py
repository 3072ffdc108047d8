"""A repository on GitHub with people in it, and an installation that is told of what they do there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from channels.paper import METRICS
from ground.github_api import GithubApi, Person
from ground.github_world import Delivery, Repo
from ground.living import living
from ground.until import until
from orchestrator import app, clock
from orchestrator.channels import posting
from orchestrator.conversation.command import perform
from orchestrator.domain import deliveries
from orchestrator.domain.command import ORCHESTRATOR, Create, SetHub, WriteVision
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.errors import OrchestratorError
from orchestrator.runtime import read, runtime, tx
from orchestrator.settings import Settings
from orchestrator.store import arrivals, cursors, gates, identities, links, people, posts, rooms
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import ArrivalRow, PostRow
from orchestrator.store.people import User
from orchestrator.store.tables import GateRow

SLUG = "acme/shop"
IDEA = "A meal planning app for our family that plans dinners and prints a shopping list"
BOT = "orchestrator-bot"


@dataclass
class Town:
    """`ana` may write in `repo`, and is linked once `link` was called."""

    github: GithubApi
    repo: Repo
    ana: Person
    told: int = 0

    def person(self, login: str, may: str = "") -> Person:
        return self.github.person(login, self.repo, may)

    async def user(self, name: str) -> User:
        return await tx(people.create, ORCHESTRATOR, f"{name}@example.org", name, clock.now())

    async def link(self, person: Person) -> User:
        user = await self.user(person.login)
        code = await tx(links.create, user.acts(), "github", user.id, clock.now(), about=person.login)
        await tx(identities.link, "github", str(person.account.id), person.login, code, clock.now())
        return user

    async def come(self, *which: Delivery) -> None:
        """Have deliveries kept as the webhook does; without any, all that happened since the last time."""
        if not which:
            which, self.told = tuple(self.github.world.happened[self.told :]), len(self.github.world.happened)
        for one in which:
            if lane := deliveries.github(one.event, one.payload):
                await tx(arrivals.keep, [Arrival("github", one.id, one.event, lane, one.body)])

    async def heard(self, *which: Delivery) -> None:
        """The same, until all of it is taken up and what came of that is shown."""
        await self.come(*which)
        await self.calm()

    async def calm(self) -> None:
        await until(lambda: read(_nothing_left), 30)

    async def problems(self) -> list[ArrivalRow]:
        return await read(arrivals.failed)

    def said(self, number: int) -> list[str]:
        """What we said in an issue, without the sign that nobody sees."""
        comments = [one for one in self.repo.conversation(number) if one["user"].login == BOT]
        return [one["body"].partition("\n")[2] for one in comments]

    def comment(self, number: int, what: str) -> int:
        """The number of our comment on which this stands."""
        comments = self.repo.conversation(number)
        return next((one["id"] for one in comments if one["user"].login == BOT and what in one["body"]), 0)

    async def says(self, number: int, what: str) -> int:
        """Wait until we said this there."""
        return await until(lambda: self.comment(number, what), 30)

    async def project(self, user: User, *, hub: str = SLUG) -> str:
        outcome = await perform(Create(IDEA), user.acts(), f"idea-{hub}")
        await perform(SetHub(outcome["project"], hub), user.acts(), f"hub-{hub}")
        return outcome["project"]

    async def decision(self, user: User, project: str) -> GateRow:
        """Have the question about the vision come up."""
        await until(lambda: _written(user, project), 30)
        return await until(lambda: read(gates.pending, project), 30)

    async def of_issue(self, number: int) -> list[PostRow]:
        room = await read(rooms.at, "github", f"{SLUG}#{number}")
        return await read(posts.of_room, room.id) if room else []


async def _written(user: User, project: str) -> bool:
    try:
        await perform(WriteVision(project), user.acts(), f"write-{project}")
    except OrchestratorError:
        return False
    return True


async def _nothing_left(db: AsyncSession) -> bool:
    waiting = await arrivals.open(db, "github")
    behind = [id for id, _ in await cursors.behind(db, posting.READER)]
    return not waiting and not behind and await _all_shown(db)


async def _all_shown(db: AsyncSession) -> bool:
    return not await posts.due(db, clock.now())


@asynccontextmanager
async def town(github: GithubApi, data: Path, **given: Any) -> AsyncIterator[Town]:
    repo = github.repository(SLUG, {"README.md": "# Shop\n"}, ours="write")
    data.mkdir(exist_ok=True)
    settings = Settings(
        data_dir=data,
        reconcile_s=0.5,
        drain_s=0.2,
        **{name.removeprefix("ORCHESTRATOR_").lower(): value for name, value in github.settings().items()},
        **given,
    )
    async with living(await app.compose(settings, METRICS)):
        await until(lambda: read(_has_begun), 20)
        yield Town(github, repo, github.person("ana", repo, "write"))
        assert runtime().hub
    await asyncio.sleep(0)


async def _has_begun(db: AsyncSession) -> bool:
    return await cursors.get(db, posting.READER, posting.SINCE) is not None


def due(rows: list[PostRow]) -> list[PostRow]:
    return [row for row in rows if row.status is PostStatus.DUE]
