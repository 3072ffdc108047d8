"""A feature wholly over a GitHub issue: from a mention to merged pull requests, whatever happens in between.

We are a GitHub App here; with a key of an account we are in the other journeys on GitHub.
"""

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from ground.github_api import Fault, GithubApi, Person, limited
from ground.github_world import Delivery, Repo
from ground.nursery import Nursery
from ground.server import Server
from ground.until import until
from orchestrator import clock, vault
from orchestrator.store import engine, links, people

pytestmark = pytest.mark.timeout(300)
BOT = "orchestrator-app"
LOGIN = f"{BOT}[bot]"
IDEA = "A meal planning app for our family that plans dinners and prints a shopping list"
APP = {"README.md": "# Shop\n", "shop.txt": "dinner\n"}
COMMENTS = "POST .*/issues/\\d+/comments"
OPEN = re.compile(r"<!-- orchestrator:\w+ -->\n### 🟡 Decision: (.*)")
FIRST_SIGN_S = 2.0
LONG_S = 120


@dataclass
class Street:
    """A server that is told what happens in one repository, as long as it is there to be told."""

    server: Server
    github: GithubApi
    repo: Repo
    ana: Person
    issue: int = 0
    answered: list[str] = field(default_factory=list)

    async def tell(self) -> list[int]:
        """GitHub sends what happened, once: to a server that is away it does not come again."""
        with contextlib.suppress(httpx.TransportError):
            return await self.github.deliver(f"{self.server.url}/webhooks/github")
        return []

    async def links(self) -> None:
        """Ana gets a code on our page, and writes it on GitHub."""
        code = await _code(self.server.data)
        issue = self.ana.opens(self.repo, "Hello", f"/link {code}")
        assert 202 in await self.tell()
        await until(lambda: any("now I know" in one for one in self.ours(issue)), LONG_S)

    def ours(self, issue: int) -> list[str]:
        return [one["body"] for one in self.repo.conversation(issue) if one["user"].login == LOGIN]

    def card(self) -> tuple[int, str]:
        """The comment that asks something, and what."""
        for one in self.repo.conversation(self.issue):
            found = OPEN.match(one["body"]) if one["user"].login == LOGIN else None
            if found and found[1] not in self.answered:
                return one["id"], found[1]
        return 0, ""

    async def answers(self, by: str) -> None:
        """The next decision, with a thumb or with a command."""
        comment, question = await until(lambda: self.card() if self.card()[0] else None, LONG_S)
        if by == "thumb":
            self.ana.reacts(self.repo, "+1", comment=comment)
        else:
            self.ana.says(self.repo, self.issue, "That is it.\n\n/approve")
        self.answered.append(question)
        await self.tell()
        await until(lambda: self._flipped(comment), LONG_S)

    def _flipped(self, comment: int) -> bool:
        text = next(one["body"] for one in self.repo.conversation(self.issue) if one["id"] == comment)
        return "### ✅" in text and "Approved by @ana" in text and "on GitHub" in text

    async def dies(self) -> None:
        """As in a power cut; what was acknowledged before is there afterwards."""
        await self.server.kill()
        await self.server.start()
        assert await self.server.ready()


async def _code(data: Path) -> str:
    database = engine.connect(None, data)
    writes = engine.writing(database, lambda _id: None, seal=vault.load(data).derive("audit"))
    async with writes() as db, db.begin():
        owner = (await people.all(db))[0]
        code = await links.create(db, owner.acts(), "github", owner.id, clock.now(), about="ana")
    await database.dispose()
    return code


@pytest.fixture
async def street(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Street]:
    async with GithubApi(tmp_path) as github:
        server = nursery.server(tmp_path / "data", rate_limits="off", github_poll_s=0.5, reconcile_s=0.5, drain_s=0.5)
        github.install("acme")
        server.settings |= github.settings(app_key=tmp_path / "app.pem")
        repo = github.repository("acme/shop", APP)
        async with server:
            yield Street(server, github, repo, github.person("ana", repo, "write"))


async def test_a_feature_wholly_over_an_issue_from_mention_to_merged_pull_requests(street: Street):
    await street.links()
    street.issue = street.ana.opens(street.repo, "Dinners", f"@{BOT} {IDEA}")
    begun = time.monotonic()
    assert 202 in await street.tell()
    await until(lambda: street.repo.reactions.get(("issue", street.issue)))
    assert time.monotonic() - begun < FIRST_SIGN_S
    await until(lambda: street.ours(street.issue), LONG_S)
    street.ana.says(street.repo, street.issue, f"@{BOT} write the vision")
    await street.tell()

    await street.answers("thumb")
    await street.dies()
    street.github.faults += [Fault(COMMENTS, status=502, after=True), Fault("PATCH .*/comments", drop=True)]
    await street.answers("command")
    street.github.faults += [limited(COMMENTS, seconds=1), Fault("GET .*/comments", times=3, slow=0.5)]
    while not any("is complete" in one for one in street.ours(street.issue)):
        asked, _ = await until(lambda: street.card() if street.card()[0] or done(street) else None, LONG_S)
        if asked:
            await street.answers("thumb" if len(street.answered) % 2 else "command")
        if len(street.answered) == 4:
            await street.dies()

    comments = street.ours(street.issue)
    marks = Counter(one.partition("\n")[0] for one in comments)
    assert set(marks.values()) == {1}
    assert len(comments) <= 15
    assert street.answered[0] == "Is this the app you want?"
    assert len(street.answered) == 6
    assert {number: pull["state"] for number, pull in street.repo.pulls.items()} == dict.fromkeys(
        street.repo.pulls, "closed"
    )
    assert all(pull["merged"] for pull in street.repo.pulls.values())
    assert "shop.txt" in street.repo.git.files("main")
    [project] = (await street.server.http.get("/api/v1/projects")).json()["items"]
    gates = (await street.server.http.get(f"/api/v1/projects/{project['id']}/gates")).json()["items"]
    assert {gate["channel"] for gate in gates} == {"github"}
    assert [gate["status"] for gate in gates] == ["APPROVED"] * 6


async def test_what_was_acknowledged_outlives_a_power_cut(street: Street):
    for number in range(120):
        street.ana.says(street.repo, street.ana.opens(street.repo, "Talk"), f"@{BOT} {number}")
    happened, accepted = street.github.world.happened, list[str]()

    async def send(which: list[Delivery]) -> None:
        for one in which:
            with contextlib.suppress(httpx.TransportError):
                if await street.github.deliver(f"{street.server.url}/webhooks/github", one) == [202]:
                    accepted.append(one.id)

    sending = [asyncio.create_task(send(happened[first::8])) for first in range(8)]
    await until(lambda: len(accepted) > 20)
    await street.server.kill()
    await asyncio.gather(*sending)

    assert 20 < len(accepted) < 120
    assert set(accepted) <= await _kept(street.server.data)


async def _kept(data: Path) -> set[str]:
    database = engine.connect(None, data)
    async with database.reader.connect() as connection:
        found = set(await connection.scalars(sa.text("SELECT key FROM arrivals")))
    await database.dispose()
    return found


def done(street: Street) -> bool:
    return any("is complete" in one for one in street.ours(street.issue))
