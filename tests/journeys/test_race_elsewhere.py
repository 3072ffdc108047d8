"""One decision, answered at once on the page, on Telegram and on GitHub: one answer counts, and all of them show it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from ground.github_api import GithubApi
from ground.github_api import Person as Account
from ground.github_world import Repo
from ground.nursery import Nursery
from ground.server import Server
from ground.telegram_api import TOKEN, TelegramApi
from ground.until import until
from journeys import count
from journeys.telegram_phone import Phone
from orchestrator import clock, vault
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import engine, identities, links
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.tables import EventRow, UserRow

pytestmark = pytest.mark.timeout(300)
SLUG = "acme/shop"
IDEA = "A meal planning app for our family that plans dinners and prints a shopping list"
QUESTION = "Is this the app you want?"


@dataclass
class Everywhere:
    """A person on three surfaces of one server."""

    server: Server
    phone: Phone
    telegram: TelegramApi
    github: GithubApi
    repo: Repo
    ana: Account
    issue: int
    project: str

    async def hook(self) -> None:
        await self.github.deliver(f"{self.server.url}/webhooks/github")

    def comment(self, what: str) -> str:
        """Our comment in the issue on which this stands."""
        return next((one["body"] for one in self.repo.conversation(self.issue) if what in one["body"]), "")

    async def gate(self) -> dict[str, Any]:
        return await until(self._gate, 60)

    async def _gate(self) -> dict[str, Any]:
        found = (await self.server.http.get(f"/api/v1/projects/{self.project}/gates?status=pending")).json()
        return found["items"][0] if found["items"] else {}


async def _link(server: Server, account: Account) -> str:
    """Have the first owner's account on GitHub linked, as the settings page and `/link` do."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    writes = engine.writing(database, lambda _: None, seal=vault.load(server.data).derive("audit"))
    try:
        async with writes() as db, db.begin():
            user = await db.scalar(select(UserRow.id).order_by(UserRow.created_at).limit(1))
            now = clock.now()
            code = await links.create(db, ORCHESTRATOR, "github", user, now, about=account.login)
            await identities.link(db, "github", str(account.account.id), account.login, code, now)
            return str(user)
    finally:
        await database.dispose()


@asynccontextmanager
async def everywhere(nursery: Nursery, folder: Path, database: str | None = None) -> AsyncIterator[Everywhere]:
    async with TelegramApi() as telegram, GithubApi(folder) as github:
        repo = github.repository(SLUG, {"README.md": "# Shop\n"}, ours="write")
        names = {name.removeprefix("ORCHESTRATOR_").lower(): value for name, value in github.settings().items()}
        settings = {"rate_limits": "off", "reconcile_s": 0.5, "drain_s": 0.5, "sandbox": "off", "github_poll_s": 1}
        settings |= {"telegram_bot_token": TOKEN, "telegram_api_url": telegram.url, **names}
        async with nursery.server(folder / "data", database, **settings) as server:
            phone = Phone(telegram.person("Ana"))
            await phone.link(server)
            ana = github.person("ana", repo, "write")
            await _link(server, ana)
            issue = ana.opens(repo, "A week of dinners", f"@orchestrator-bot {IDEA}")
            await github.deliver(f"{server.url}/webhooks/github")
            project = await until(lambda: _project(server), 30)
            yield Everywhere(server, phone, telegram, github, repo, ana, issue, project)


async def _project(server: Server) -> str:
    items = (await server.http.get("/api/v1/projects")).json()["items"]
    return items[0]["id"] if items else ""


async def vision(here: Everywhere) -> dict[str, Any]:
    """Have the question come up, and seen on both services."""
    await until(lambda: _asked_for(here), 60)
    gate = await here.gate()
    await here.phone.sees(QUESTION)
    await until(lambda: here.comment(f"Decision: {QUESTION}"), 60)
    return gate


async def _asked_for(here: Everywhere) -> bool:
    answer = await here.server.http.post(f"/api/v1/projects/{here.project}/messages", json={"text": "write the vision"})
    assert answer.status_code == httpx.codes.ACCEPTED
    found = (await here.server.http.get(f"/api/v1/projects/{here.project}")).json()
    return found["stage"] != "BRAINSTORMING" or "riting" in found["status_sentence"]


async def answers(server: Server, project: str) -> list[EventRow]:
    async with count.opened(server) as db:
        found = select(EventRow).where(EventRow.project_id == project, EventRow.kind == "gate.answered")
        return list(await db.scalars(found.order_by(EventRow.number)))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_of_three_answers_at_once_one_counts_and_everybody_sees_which(
    kind: str, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
):
    cluster = request.getfixturevalue("postgres_cluster") if kind == "postgres" else None
    database = await cluster.create("race_elsewhere") if cluster else None
    async with everywhere(nursery, tmp_path, database) as here:
        gate = await vision(here)
        here.ana.says(here.repo, here.issue, "/reject")
        here.phone.person.press("Approve", item=await here.phone.sees(QUESTION))
        page = here.server.http.post(f"/api/v1/gates/{gate['id']}/answer", json={"decision": "approve"})
        answered, _ = await asyncio.gather(page, here.hook())
        assert answered.status_code in {httpx.codes.OK, httpx.codes.CONFLICT}
        [event] = await until(lambda: answers(here.server, here.project), 30)
        decided = {"approve": "Approved", "reject": "Rejected"}[event.data["decision"]]

        await until(lambda: decided in here.comment(f"Decision: {QUESTION}"), 30)
        await until(
            lambda: any(QUESTION in one.text and decided in one.text for one in here.phone.chat.of_the_bot()), 30
        )
        shown = (await here.server.http.get(f"/projects/{here.project}", follow_redirects=True)).status_code
        assert shown != httpx.codes.INTERNAL_SERVER_ERROR
        assert len(await answers(here.server, here.project)) == 1
    if cluster:
        await cluster.drop("race_elsewhere")


async def test_a_server_that_dies_between_the_answer_and_the_flips_shows_it_everywhere_later(
    nursery: Nursery, tmp_path: Path
):
    async with everywhere(nursery, tmp_path) as here:
        gate = await vision(here)
        answered = await here.server.http.post(f"/api/v1/gates/{gate['id']}/answer", json={"decision": "approve"})
        assert answered.status_code == httpx.codes.OK
        await here.server.kill()
        await here.server.start()
        assert await here.server.ready(120)

        await until(lambda: "Approved" in here.comment(f"Decision: {QUESTION}"), 30)
        await until(
            lambda: any(QUESTION in one.text and "Approved" in one.text for one in here.phone.chat.of_the_bot()), 30
        )
        async with count.opened(here.server) as db:
            rooms = list(await db.scalars(select(RoomRow)))
        assert {room.channel for room in rooms} == {"telegram", "github"}
        cards = [one for one in here.repo.conversation(here.issue) if f"Decision: {QUESTION}" in one["body"]]
        assert len(cards) == 1
        assert len([one for one in here.phone.chat.of_the_bot() if QUESTION in one.text]) == 1
