"""People are interrupted as often as they want to be, and never at night; nothing is lost by that."""

from datetime import UTC, timedelta

from channels.paper import Desk
from channels.test_posting import idea, vision
from ground.until import until
from orchestrator import clock
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Answer
from orchestrator.domain.elsewhere import Manners, News, PostStatus
from orchestrator.domain.gate import Decision
from orchestrator.runtime import read, tx
from orchestrator.store import manners, posts, rooms
from orchestrator.store.elsewhere import PostRow


def night() -> Manners:
    """Quiet hours that go on now, and for another three hours."""
    now = clock.now().astimezone(UTC)
    minute = now.hour * 60 + now.minute
    return Manners((minute - 60) % 1440, (minute + 180) % 1440)


async def held(room: str) -> list[PostRow]:
    return [row for row in await read(posts.of_room, room) if row.status is PostStatus.HELD]


async def morning(db, room: str) -> None:
    for row in await posts.of_room(db, room):
        if row.status is PostStatus.HELD:
            row.due_at = clock.now()
    posts.wake(db)


async def test_in_quiet_hours_nothing_rings_and_in_the_morning_all_of_it_comes_with_one_sound(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)
    await tx(manners.set, ana.id, night())
    projects = [await idea(ana, key) for key in ("one", "two", "three")]
    gates = [await vision(ana, project) for project in projects]
    waiting = await until(lambda: _all_held(room.id, 3))
    assert all(timedelta(hours=2) < row.due_at - clock.now() <= timedelta(hours=3) for row in waiting)
    await perform(Answer(gates[0], Decision.REJECT), ana.acts(), "no")
    await tx(morning, room.id)
    digest = await here.sees("ana", "2 things wait for you")

    assert not digest.silent
    assert [sheet.silent for sheet in here.paper.sheets["ana"] if sheet is not digest] == [True, True]
    assert digest.text.count("Is this the app you want?") == 2


async def _all_held(room: str, number: int) -> list[PostRow]:
    rows = await held(room)
    return rows if len(rows) == number else []


async def test_who_is_talking_with_us_is_asked_at_once(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)
    await tx(manners.set, ana.id, night())
    await tx(_heard, room.id)
    await vision(ana, await idea(ana))

    assert not (await here.sees("ana", "PENDING")).silent


async def _heard(db, room: str) -> None:
    (await rooms.locked(db, room)).heard_at = clock.now()


async def test_after_so_many_sounds_a_day_the_rest_waits_for_tomorrow(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)
    await tx(manners.set, ana.id, Manners(most_a_day=1))
    await vision(ana, await idea(ana, "one"))
    await here.sees("ana", "PENDING")
    await vision(ana, await idea(ana, "two"))

    [row] = await until(lambda: _all_held(room.id, 1))
    assert timedelta(0) < row.due_at - clock.now() <= timedelta(hours=32)
    await tx(morning, room.id)
    await until(lambda: len(here.paper.sheets["ana"]) == 2)
    assert [sheet.silent for sheet in here.paper.sheets["ana"]] == [False, False]


async def test_what_somebody_does_not_want_to_hear_of_there_is_not_told_there(here: Desk):
    ana, bo = await here.person("ana"), await here.person("bo")
    room, _ = await here.room(ana), await here.room(bo)
    await tx(manners.set, ana.id, Manners(channels={News.DECISIONS: []}))
    await vision(ana, await idea(ana))
    await vision(bo, await idea(bo, "bo"))
    await here.sees("bo", "PENDING")

    assert not await read(posts.of_room, room.id)
