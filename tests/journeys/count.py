"""After a journey: all that must be so is counted, in the rows, in the log, in the repository, and on the page."""

import asyncio
import html
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ground.server import Server
from journeys import walk
from journeys.caller import Caller, Event
from orchestrator import vault
from orchestrator.store import engine, events
from orchestrator.store.tables import (
    CheckRow,
    CommandRow,
    DocumentRow,
    EventRow,
    GateRow,
    MessageRow,
    PhaseRow,
    ProjectRow,
    RunRow,
)

QUEUED = "SELECT queueing_lock, status FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
Story = dict[str, Any]


@asynccontextmanager
async def opened(server: Server) -> AsyncIterator[AsyncSession]:
    """The rows, read beside the server."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    async with engine.reading(database)() as db:
        yield db
    await database.dispose()


@asynccontextmanager
async def looking(server: Server, project: str) -> AsyncIterator[Callable[[], Awaitable[tuple[str, int]]]]:
    """Where a project stands and how often its builders were begun, whether the server lives or not."""
    database = engine.connect(server.settings.get("DATABASE_URL"), server.data)
    reads = engine.reading(database)
    begun = select(func.coalesce(func.sum(RunRow.begun), 0)).where(RunRow.project_id == project).scalar_subquery()

    async def look() -> tuple[str, int]:
        async with reads() as db:
            step, times = (await db.execute(select(ProjectRow.step, begun).where(ProjectRow.id == project))).one()
            return str(step), int(times)

    yield look
    await database.dispose()


async def settled(server: Server, me: Caller, project: str, seen: Sequence[Event]) -> None:
    """Wait until nothing is to be done any more, and the follower has seen all of it."""
    await me.until(lambda: _all_seen(server, project, seen), "every event reaches the follower")
    if url := server.settings.get("DATABASE_URL"):
        await me.until(lambda: queue_is_empty(url), "the queue runs empty")


async def nobody_waits(db: AsyncSession) -> bool:
    """Whether every message has its reply."""
    return await db.scalar(select(MessageRow.id).where(MessageRow.unanswered).limit(1)) is None


async def _all_seen(server: Server, project: str, seen: Sequence[Event]) -> bool:
    async with opened(server) as db:
        row = await db.get_one(ProjectRow, project)
        return await nobody_waits(db) and bool(seen) and seen[-1][0] >= row.last_event


async def queue_is_empty(url: str) -> bool:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return not await (await connection.execute(QUEUED)).fetchall()


async def journey(server: Server, me: Caller, project: str, seen: Sequence[Event]) -> Story:
    """All that a whole journey leaves behind is there exactly once. Gives what happened, told without ids and times."""
    async with opened(server) as db:
        await audit(db, server)
        await log(db, project, seen)
        await conversation(db, project)
        await decisions(db, project)
        await work(db, project)
        await commands(db, me)
        story = await told(db, project)
        repository = Path((await db.get_one(ProjectRow, project)).repository)
    story["save points"], story["files"] = await asyncio.to_thread(history, repository, project)
    await surfaces(server, me, project)
    return story


async def audit(db: AsyncSession, server: Server) -> None:
    """The chain of the log holds."""
    seal = vault.load(server.data).derive("audit")
    assert [broken async for broken in events.verify(db, seal)] == []


async def log(db: AsyncSession, project: str, seen: Sequence[Event]) -> None:
    """What is numbered, and the moves of the whole journey, each exactly once."""
    await numbered(db, project, seen)
    moves = [(data["left"], data["by"], data["step"]) for _, kind, data in seen if kind == "project.moved"]
    assert moves == walk.MOVES


async def numbered(db: AsyncSession, project: str, seen: Sequence[Event]) -> None:
    """Events 1 to N, without a gap and without a double, as they are stored and as a follower saw them."""
    rows = list(await db.scalars(select(EventRow).where(EventRow.project_id == project).order_by(EventRow.number)))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [(number, kind) for number, kind, _ in seen] == [(row.number, row.kind) for row in rows]


async def conversation(db: AsyncSession, project: str) -> None:
    """Every message has one reply, and none was said twice."""
    rows = list(await db.scalars(select(MessageRow).where(MessageRow.project_id == project)))
    said = [row for row in rows if row.role == "user"]
    replies = Counter(row.in_reply_to for row in rows if row.in_reply_to)
    assert replies == dict.fromkeys((row.id for row in said), 1)
    assert [row.text for row in sorted(said, key=lambda row: row.sequence)] == [walk.IDEA, *walk.ANSWERS, walk.CHANGE]
    created = select(EventRow).where(EventRow.project_id == project, EventRow.kind == "message.created")
    assert len(list(await db.scalars(created))) == len(rows)


async def decisions(db: AsyncSession, project: str) -> None:
    """None is open, and each has one event that opened it and one that closed it."""
    rows = list(await db.scalars(select(GateRow).where(GateRow.project_id == project)))
    assert all(row.status != "PENDING" for row in rows)
    kinds = ("gate.opened", "gate.answered", "gate.withdrawn")
    found = list(await db.scalars(select(EventRow).where(EventRow.project_id == project, EventRow.kind.in_(kinds))))
    opened_ = Counter(row.data["gate"] for row in found if row.kind == "gate.opened")
    closed = Counter(row.data["gate"] for row in found if row.kind != "gate.opened")
    assert opened_ == closed == dict.fromkeys((row.id for row in rows), 1)


async def work(db: AsyncSession, project: str) -> None:
    """Each piece of work under its own key, begun and ended once in the log, however often it was begun in truth."""
    rows = list(await db.scalars(select(RunRow).where(RunRow.project_id == project)))
    assert Counter(row.kind.value for row in rows) == walk.RUNS
    assert {row.status.value for row in rows} == {"COMPLETED"}
    for kind in ("run.started", "run.finished"):
        told_of = await db.scalars(select(EventRow).where(EventRow.project_id == project, EventRow.kind == kind))
        assert Counter(event.data["run"] for event in told_of) == dict.fromkeys((row.id for row in rows), 1)


async def commands(db: AsyncSession, me: Caller) -> None:
    """What was asked was done once: under its key stands what came of it."""
    done = {row.key.partition("api:")[2]: row.outcome for row in await db.scalars(select(CommandRow))}
    assert all(done[asked.key] for asked in me.asked)
    assert len({asked.key for asked in me.asked}) == len(me.asked)


async def told(db: AsyncSession, project: str) -> Story:
    """What happened, without ids and times: the same for every journey of this kind."""

    async def rows(table: Any, *order: Any) -> list[Any]:
        return list(await db.scalars(select(table).where(table.project_id == project).order_by(*order)))

    row = await db.get_one(ProjectRow, project)
    kinds = [event.kind for event in await rows(EventRow, EventRow.number) if event.kind != "run.activity"]
    checks = await rows(CheckRow, CheckRow.at)
    return {
        "project": (row.name, row.step, row.stage, row.phase, row.phases, row.leg, row.moves, row.tries, row.note),
        "events": kinds,
        "messages": [(one.role, one.text) for one in await rows(MessageRow, MessageRow.sequence)],
        "decisions": [(one.kind, one.status, one.question, one.note) for one in await rows(GateRow, GateRow.event)],
        "documents": [
            (one.name, one.version) for one in await rows(DocumentRow, DocumentRow.name, DocumentRow.version)
        ],
        "phases": [(one.title, one.status, one.attempt, bool(one.merged)) for one in await rows(PhaseRow)],
        "checks": [(one.phase, one.name, one.passed, one.total, one.sentence) for one in checks],
    }


def history(repository: Path, project: str) -> tuple[list[str], str]:
    """The repository is whole, has one save point for each thing that was taken in or out, and none of them twice."""

    def git(*words: str) -> str:
        return subprocess.check_output(["git", "-C", str(repository), *words], text=True, stderr=subprocess.STDOUT)

    assert [line for line in git("fsck", "--full", "--strict").splitlines() if not line.startswith("dangling")] == []
    assert git("status", "--porcelain") == ""
    keys = Counter(re.findall(r"^Project-(?:Phase|Undo): (.+)$", git("log", "--format=%B"), re.MULTILINE))
    wanted = [f"{project}-{what}" for what in ("phase-1-0", "phase-2-0", "undo-2-0", "phase-2-1")]
    assert keys == dict.fromkeys(wanted, 1)
    assert not list((repository / ".git").rglob("*.lock"))
    files = re.sub(r"\w+(?=\t\.agents/reports/)", "REPORT", git("ls-tree", "-r", "HEAD"))  # they tell how long it took
    return git("log", "--topo-order", "--format=%s").splitlines(), files.replace(project, "PROJECT")


async def surfaces(server: Server, me: Caller, project: str) -> None:
    """The rows, the API and the pages say the same."""
    async with opened(server) as db:
        row = await db.get_one(ProjectRow, project)
        said = list(await db.scalars(select(MessageRow).where(MessageRow.project_id == project)))
        phases = list(await db.scalars(select(PhaseRow).where(PhaseRow.project_id == project)))
    seen = await me.see(f"/projects/{project}")
    assert (seen["stage"], seen["step"], seen["name"]) == (row.stage, row.step, row.name)
    talk = html.unescape(await me.page(f"/projects/{project}"))
    assert row.name in talk
    for message in sorted(said, key=lambda one: one.sequence)[-3:]:
        assert message.text.split("\n")[0][:60] in talk
    listed = (await me.see(f"/projects/{project}/phases"))["items"]
    assert [(one["number"], one["status"]) for one in listed] == [(one.number, one.status) for one in phases]
    progress = html.unescape(await me.page(f"/projects/{project}/progress"))
    assert all(phase.title in progress for phase in phases)


async def again(server: Server, me: Caller, project: str) -> None:
    """Everything that was asked, asked once more under its key: nothing happens."""
    before = await _last_event(server, project)
    for asked in me.asked:
        answer = await me.ask("POST", f"/api/v1{asked.path}", key=asked.key, json=asked.json)
        assert answer.is_success, answer.text
    assert await _last_event(server, project) == before


async def _last_event(server: Server, project: str) -> int:
    async with opened(server) as db:
        return (await db.get_one(ProjectRow, project)).last_event
