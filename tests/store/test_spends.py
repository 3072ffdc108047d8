"""However money is spent, the limit holds: nothing is begun once it is reached, and one question is asked for it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ground.stores import Originals, Store
from orchestrator import clock
from orchestrator.delivery import limit
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Actor
from orchestrator.domain.cost import MICROS, Usage
from orchestrator.domain.gate import Kind
from orchestrator.domain.project import Project, Signal, Step
from orchestrator.domain.run import RunKind, RunStatus
from orchestrator.store import costs, gates, messages, people, projects, spends, took
from orchestrator.store.tables import GateRow, RunRow

OWNER = "nadia@example.org"
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def originals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Originals:
    return Originals(tmp_path_factory.mktemp("spends"), lambda: request.getfixturevalue("postgres_cluster"))


@pytest.fixture
async def store(originals: Originals) -> AsyncIterator[Store]:
    async with originals.copy("sqlite") as store:
        yield store


@pytest.fixture(params=["sqlite", "postgres"])
async def either(originals: Originals, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    async with originals.copy(request.param) as store:
        yield store


async def begun(db: AsyncSession, budget: int, step: Step = Step.TALKING) -> str:
    user = await people.by_email(db, OWNER) or await people.create_first(db, OWNER, "Nadia", "a hash", clock.now())
    row = await projects.add(db, Project(clock.new_id(), "Bread", step), "Bread", "", Brief(), Actor(user.id, "Nadia"))
    row.budget = budget
    return row.id


async def spend(db: AsyncSession, id: str, micros: int, what: str = "turn", **more: Any) -> None:
    usage = Usage("m", read=100, written=10, cached=50, calls=1, micros=micros, **more)
    spends.add(db, await projects.locked(db, id), what, "about", usage)


async def notes(store: Store, id: str) -> list[str]:
    return [message.text for message in await store.read(messages.after, id, 0) if message.role == "system"]


async def asked(db: AsyncSession, id: str) -> int:
    query = select(func.count()).where(GateRow.project_id == id, GateRow.kind == Kind.BUDGET)
    return await db.scalar(query) or 0


async def test_most_of_a_limit_is_told_once_and_again_after_it_was_raised(store: Store):
    id = await store.tx(begun, 10 * MICROS)
    for micros in (7_900_000, 100_000, 100_000, 100_000):
        await store.tx(spend, id, micros)
    assert await notes(store, id) == [
        "80 % of the limit is used: $8.00 of $10. When all of it is used, work pauses and we ask you."
    ]

    async def raise_(db: AsyncSession) -> None:
        spends.limit(db, await projects.locked(db, id), 20 * MICROS, Actor("1", "Nadia"))

    await store.tx(raise_)
    await store.tx(spend, id, 8 * MICROS)
    assert (await notes(store, id))[1:] == [
        "80 % of the limit is used: $16.20 of $20. When all of it is used, work pauses and we ask you."
    ]


async def test_what_goes_over_the_limit_at_once_is_a_question_and_no_warning(store: Store):
    id = await store.tx(begun, 10 * MICROS)
    await store.tx(spend, id, 12 * MICROS)
    assert await notes(store, id) == []

    async def ask(db: AsyncSession) -> bool:
        return await limit.ask(db, await projects.locked(db, id))

    assert await store.tx(ask)
    assert not await store.tx(ask)
    gate = await store.read(gates.pending, id)
    assert gate.question == "$12.00 of $10 is used. May we go on to $14?"
    assert (gate.facts, gate.amount) == ([["Talking and the vision", "$12.00"]], 14 * MICROS)


async def test_without_a_limit_nobody_is_warned_or_asked(store: Store):
    id = await store.tx(begun, 0)
    await store.tx(spend, id, 10_000 * MICROS)
    row = await store.read(projects.row, id)
    assert (await notes(store, id), spends.reached(row), row.spent) == ([], False, 10_000 * MICROS)


async def test_where_it_went_is_summed_up_by_part(either: Store):
    id = await either.tx(begun, 0)
    for what, micros, more in (("turn", 3, {}), ("vision", 4, {"priced": False}), ("roadmap", 5, {}), ("run", 6, {})):
        await either.tx(spend, id, micros, what, **more)

    async def in_a_phase(db: AsyncSession) -> None:
        (await projects.locked(db, id)).phase = 2
        await spend(db, id, 7, "run")
        await spend(db, id, 8, "turn")

    await either.tx(in_a_phase)
    parts = await either.read(costs.parts, id)
    assert [(part.part, part.title, part.spent.micros, part.spent.calls, part.spent.priced) for part in parts] == [
        ("talking", "Talking and the vision", 15, 3, False),
        ("phases", "Splitting into phases", 11, 2, True),
        ("phase-2", "Phase 2", 7, 1, True),
    ]
    assert costs.together(parts).read == 600
    assert await either.read(costs.about, id, ["about", "nobody"]) == {"about": 33}


async def test_what_it_usually_takes_is_what_phases_took_that_came_to_their_end(either: Store):
    """Two phases of three minutes each, with a repair; what was only planned, or failed, does not count."""
    id = await either.tx(begun, 0)

    async def ran(db: AsyncSession, phase: int, kind: RunKind, seconds: int, *, ok: bool = True) -> None:
        row, now = await projects.locked(db, id), clock.now()
        row.phase, key = phase, clock.new_id()
        run = RunRow(
            id=key, key=key, project_id=id, phase=phase, kind=kind, builder=row.builder, sentence="", details={}
        )
        run.status, run.begun = RunStatus.COMPLETED if ok else RunStatus.FAILED, 1
        run.created_at = run.started_at = now
        run.ended_at = now + timedelta(seconds=seconds)
        db.add(run)
        spends.add(db, row, "run", key, Usage("b", calls=1, micros=300_000))

    for phase in (1, 2):
        await either.tx(ran, phase, RunKind.EXECUTE, 100)
        await either.tx(ran, phase, RunKind.REPAIR, 80)
        await either.tx(ran, phase, RunKind.PLAN, 5000)
    await either.tx(ran, 3, RunKind.EXECUTE, 5000, ok=False)

    async def usually(db: AsyncSession) -> str:
        row = await projects.row(db, id)
        row.builder = "acp"
        return await took.usually(db, row, took.BUILDING)

    assert await either.read(usually) == "Usually about 3 minutes and about $0.60"


DOES = st.sampled_from(["begin", "end", "yes", "no", "resume", "more"])


@FEW
@given(
    budget=st.integers(1, 50),
    what=st.lists(st.tuples(DOES, st.sampled_from(["turn", "run"]), st.integers(0, 30)), max_size=40),
)
async def test_whatever_is_spent_in_whatever_order_only_what_was_begun_goes_over_the_limit(
    store: Store, budget: int, what: list[tuple[str, str, int]]
):
    """A turn and a run may be under way at once. `over` counts those that were when the limit was reached."""
    id = await store.tx(begun, budget)
    under_way: set[str] = set()
    limits, over = 1, 0
    for does, kind, micros in what:
        row = await store.read(projects.row, id)
        if does == "begin" and kind not in under_way and row.step is Step.TALKING:
            if not await store.tx(lambda db: _ask(db, id)):
                under_way.add(kind)
        elif does == "end" and kind in under_way:
            under_way.remove(kind)
            over += row.spent + micros > row.budget
            await store.tx(spend, id, micros, kind)
        elif does == "yes" and row.step is Step.LIMIT:
            limits, over = limits + 1, 0
            await store.tx(_answer, id, Signal.APPROVED)
        elif does in ("no", "resume") and row.step is (Step.LIMIT if does == "no" else Step.PAUSED):
            await store.tx(_answer, id, Signal.REJECTED if does == "no" else Signal.RESUMED)
        row = await store.read(projects.row, id)
        assert over <= len({"turn", "run"})
        assert (await store.read(gates.pending, id) is not None) == (row.step is Step.LIMIT)
        assert row.step is not Step.LIMIT or spends.reached(row)
        assert spends.reached(row) or row.spent < row.budget


async def _ask(db: AsyncSession, id: str) -> bool:
    return await limit.ask(db, await projects.locked(db, id))


async def _answer(db: AsyncSession, id: str, signal: Signal) -> None:
    row = await projects.locked(db, id)
    gate = await gates.pending(db, id)
    if signal is Signal.APPROVED and gate:
        spends.limit(db, row, gate.amount, Actor("1", "Nadia"))
    await projects.move(db, row, signal, Actor("1", "Nadia"))
