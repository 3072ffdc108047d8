"""An installation in this process that works on a repository of the stand-in of GitHub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ground.github_api import GithubApi, Repo
from ground.living import living
from ground.until import until
from orchestrator import app, clock, telemetry
from orchestrator.conversation.command import perform
from orchestrator.domain.command import ORCHESTRATOR, Answer, Command, Create, Resume, SetHub, Undo, WriteVision
from orchestrator.domain.gate import Decision, Kind
from orchestrator.domain.project import Step
from orchestrator.errors import OrchestratorError
from orchestrator.runtime import read, tx
from orchestrator.settings import Settings
from orchestrator.store import events, gates, hubs, messages, people, phases, projects
from orchestrator.store.people import User
from orchestrator.store.tables import GateRow, PhaseRow, ProjectRow

METRICS = telemetry.metrics()
IDEA = "I want a meal planning app for busy parents that plans the week and swaps a meal"
LONG_S = 90


@dataclass
class Workshop:
    """Nadia and her project."""

    github: GithubApi
    nadia: User
    project: str = ""
    count: int = 0

    async def do(self, command: Command) -> dict[str, Any]:
        self.count += 1
        return await perform(command, self.nadia.acts(), f"do-{self.count}")

    async def begins(self, hub: str = "", idea: str = IDEA) -> str:
        """An idea, on GitHub from the start, and the vision of it."""
        self.project = (await self.do(Create(idea)))["project"]
        if hub:
            await self.do(SetHub(self.project, hub))
        await until(self._writes, LONG_S)
        return self.project

    async def _writes(self) -> bool:
        try:
            await perform(WriteVision(self.project), self.nadia.acts(), "write")
        except OrchestratorError:
            return False
        return True

    async def gate(self, kind: Kind) -> GateRow:
        """The open decision, when it is of this kind."""

        async def look() -> GateRow | None:
            found = await read(gates.pending, self.project)
            if found and found.kind is Kind.ERROR_RESOLUTION and kind is not Kind.ERROR_RESOLUTION:
                raise AssertionError(found.question)
            return found if found and found.kind is kind else None

        return await until(look, LONG_S)

    async def answers(self, kind: Kind, decision: Decision = Decision.APPROVE, note: str = "", **more: Any) -> None:
        gate = await self.gate(kind)
        await self.do(Answer(gate.id, decision, note, **more))

    async def prepared(self, hub: str = "") -> str:
        """To where its phases are to be decided."""
        await self.begins(hub)
        await self.answers(Kind.VISION_DOC)
        await self.gate(Kind.ROADMAP)
        return self.project

    async def built(self, hub: str = "") -> str:
        """To where the first phase is to be tried."""
        if not self.project:
            await self.prepared(hub)
        await self.answers(Kind.ROADMAP)
        await self.answers(Kind.PHASE_START)
        await self.gate(Kind.PHASE_COMPLETE)
        return self.project

    async def row(self) -> ProjectRow:
        return await read(projects.row, self.project)

    async def phase(self, number: int = 1) -> PhaseRow:
        return await read(phases.get, self.project, number)

    async def hub(self) -> hubs.Hub:
        async def found(db: AsyncSession) -> hubs.Hub | None:
            return await hubs.find(db, await projects.row(db, self.project))

        known = await read(found)
        assert known
        return known

    async def reaches(self, step: Step) -> None:
        async def there() -> bool:
            found = await read(gates.pending, self.project)
            if found and found.kind is Kind.ERROR_RESOLUTION and step is not Step.PROBLEM:
                raise AssertionError(found.question)
            return (await self.row()).step is step

        await until(there, LONG_S)

    async def said(self) -> list[str]:
        """What stands in the conversation."""
        return [row.text for row in await read(messages.newest, self.project, 200)]

    async def said_of(self, words: str) -> list[str]:
        return [text for text in await self.said() if words in text]

    async def says(self, words: str) -> bool:
        return bool(await self.said_of(words))

    async def links(self, hub: str) -> None:
        await self.do(SetHub(self.project, hub))

    async def resumes(self) -> None:
        await self.reaches(Step.PAUSED)
        await self.do(Resume(self.project))

    async def undoes(self, phase: int) -> None:
        await self.do(Undo(self.project, phase))
        await self.reaches(Step.PAUSED)

    async def knows(self, key: str, **what: Any) -> bool:
        """Whether we have seen a pull request stand like this."""
        pull = (await self.hub()).pulls.get(key, hubs.Pull())
        return all(getattr(pull, name) == value for name, value in what.items())

    async def happened(self, kind: str) -> list[dict[str, Any]]:
        return [event.data for event in await read(events.latest, self.project, [kind])][::-1]

    async def sees(self, look: Any, within: float = 30) -> Any:
        """Wait until GitHub shows what is looked for."""
        return await until(look, within)

    def pull(self, repo: Repo, number: int = 1) -> dict[str, Any]:
        return self.github.world.pull(repo, repo.pulls[number])


@asynccontextmanager
async def workshop(github: GithubApi, data: Path, *, as_app: bool = False, **given: Any) -> AsyncIterator[Workshop]:
    """One that is known on GitHub by a token, or as an app."""
    key = data.with_suffix(".pem") if as_app else None
    named = {"reconcile_s": 0.1, "drain_s": 0.2, "github_poll_s": 0.5, "data_dir": data} | given
    settings = Settings(_env_file=None, **_fields(github.settings(app_key=key)), **named)
    data.mkdir(exist_ok=True)
    async with living(await app.compose(settings, METRICS)):
        known = await read(people.all)
        made = (people.create, ORCHESTRATOR, "nadia@example.org", "Nadia", clock.now())
        yield Workshop(github, known[0] if known else await tx(*made))


def _fields(environment: dict[str, str]) -> dict[str, str]:
    names = {"ORCHESTRATOR_GITHUB_URL": "github_url", "ORCHESTRATOR_GITHUB_APP_ID": "github_app_id",
             "ORCHESTRATOR_GITHUB_APP_KEY_FILE": "github_app_key_file"}  # fmt: skip
    return {names.get(name, name): value for name, value in environment.items()}
