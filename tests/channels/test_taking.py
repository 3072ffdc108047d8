"""What came from another service is taken up once, in the order of its lane, and never lost in silence."""

import asyncio

from channels.paper import Desk, later
from ground.until import until
from orchestrator.channels.ports import Refusal
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Create
from orchestrator.runtime import read, tx
from orchestrator.store import arrivals, messages
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import ArrivalRow


def arrival(key: str, lane: str = "a", kind: str = "note") -> Arrival:
    return Arrival("paper", key, kind, lane, b"x")


async def test_what_comes_twice_is_kept_once_and_acted_on_once(here: Desk):
    ana = await here.person("ana")
    project = (await perform(Create("An app for dinners"), ana.acts(), "idea"))["project"]
    await here.room(ana, project=project)
    assert await tx(arrivals.keep, [Arrival("paper", "1", "say", "ana", b"Hello"), arrival("2")]) == {
        ("paper", "1"),
        ("paper", "2"),
    }
    assert await tx(arrivals.keep, [Arrival("paper", "1", "say", "ana", b"Hello")]) == set()
    await until(lambda: len(here.paper.taken) == 2)
    await until(_none_waits)
    await tx(_lost, 1)
    await until(lambda: here.paper.taken.count("1") == 2)

    said = await read(messages.newest, project, 50, None)
    assert [row.text for row in said if row.role == "user"].count("Hello") == 1


async def test_a_lane_keeps_its_order_and_does_not_hold_up_the_others(here: Desk):
    failures = iter(range(2))

    def trouble(one: Arrival) -> None:
        if one.key == "a1" and next(failures, None) is not None:
            raise later("Not now.", 0.05)

    here.paper.trouble = trouble
    await tx(arrivals.keep, [arrival("a1"), arrival("a2"), arrival("b1", "b")])
    await until(lambda: len(here.paper.taken) == 3)

    assert here.paper.taken == ["b1", "a1", "a2"]


async def test_what_will_never_work_is_kept_with_the_reason(here: Desk):
    def trouble(one: Arrival) -> None:
        if one.key == "bad":
            raise Refusal("This is not for us.")

    here.paper.trouble = trouble
    await tx(arrivals.keep, [arrival("bad"), arrival("good")])
    await until(lambda: here.paper.taken == ["good"])

    [row] = await read(arrivals.failed)
    assert (row.key, row.problem) == ("bad", "This is not for us.")
    here.paper.trouble = None
    await tx(arrivals.again, row.id)
    await until(lambda: here.paper.taken == ["good", "bad"])
    assert await until(_none_failed)


async def _none_waits() -> bool:
    return not await read(arrivals.open, "paper")


async def _lost(db, id: int) -> None:
    """As if we had been killed before it was noted that it was taken up."""
    (await db.get_one(ArrivalRow, id)).done_at = None
    db.info.setdefault("changed", set()).add(arrivals.WAKES)


async def _none_failed() -> bool:
    return not await read(arrivals.failed)


async def test_a_fault_of_ours_is_tried_again_and_then_kept_for_the_operator(here: Desk):
    def trouble(_one: Arrival) -> None:
        raise KeyError("a bug")

    here.paper.trouble = trouble
    await tx(arrivals.keep, [arrival("1"), arrival("2")])

    async def given_up() -> list[ArrivalRow]:
        await tx(_hurry)
        return [row for row in await read(arrivals.failed) if row.key == "1"]

    [row] = await until(given_up)
    assert row.problem == "Something went wrong on our side while this was taken up."


async def _hurry(db) -> None:
    """Do not wait out the pauses."""
    from sqlalchemy import update

    from orchestrator import clock

    await db.execute(update(ArrivalRow).values(due_at=clock.now()))
    db.info.setdefault("changed", set()).add(arrivals.WAKES)


async def test_what_is_being_taken_up_when_the_process_ends_is_taken_up_again(here: Desk):
    begun = asyncio.Event()

    def trouble(_one: Arrival) -> None:
        begun.set()
        raise asyncio.CancelledError

    here.paper.trouble = trouble
    await tx(arrivals.keep, [arrival("1")])
    await asyncio.wait_for(begun.wait(), 10)
    here.paper.trouble = None
    await until(lambda: here.paper.taken == ["1"])
