"""What is shown elsewhere mirrors the rows: once, in order, edited in place, and only to those whom it concerns."""

import asyncio
from datetime import timedelta

from channels.paper import Desk, later
from ground.until import until
from orchestrator import clock
from orchestrator.channels import posting
from orchestrator.channels.ports import Refusal
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Actor, Answer, Create, Pause, Say, SetMember, WriteVision
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.domain.gate import Decision
from orchestrator.runtime import read, tx
from orchestrator.store import gates, posts, rooms
from orchestrator.store.elsewhere import PostRow
from orchestrator.store.people import User

IDEA = "I want a meal planning app for our family that plans dinners and prints a shopping list"


async def idea(ana: User, key: str = "idea") -> str:
    return (await perform(Create(IDEA), ana.acts(), key))["project"]


async def vision(ana: User, project: str) -> str:
    """Have the question about the vision come up, and return its gate."""
    await until(lambda: _written(ana, project), 30)
    gate = await until(lambda: read(gates.pending, project), 30)
    return gate.id


async def _written(ana: User, project: str) -> bool:
    from orchestrator.errors import OrchestratorError

    try:
        await perform(WriteVision(project), ana.acts(), f"write-{project}")
    except OrchestratorError:
        return False
    return True


async def shown(room: str) -> list[PostRow]:
    return await read(posts.of_room, room)


async def calm(room: str) -> list[PostRow]:
    """Wait until nothing is due in a room."""

    async def done() -> list[PostRow]:
        rows = await shown(room)
        return rows if rows and all(row.status is not PostStatus.DUE for row in rows) else []

    return await until(done)


async def test_a_decision_is_shown_once_and_flips_when_it_is_answered_elsewhere(here: Desk):
    ana = await here.person("ana")
    await here.room(ana)
    project = await idea(ana)
    gate = await vision(ana, project)
    sheet = await here.sees("ana", "PENDING")
    assert not sheet.silent

    began = clock.now()
    await perform(Answer(gate, Decision.REJECT), ana.acts("web"), "no")
    await until(lambda: "REJECTED" in sheet.text)

    assert clock.now() - began < timedelta(seconds=1)
    assert [one.subject for one in here.paper.sheets["ana"]] == [f"gate:{gate}"]


async def test_a_reply_is_said_where_it_was_asked_and_nowhere_else(here: Desk):
    ana = await here.person("ana")
    room, other = await here.room(ana), await here.room(ana, "elsewhere")
    project = await idea(ana)
    await perform(Say(project, "It is for my family"), Actor(ana.id, "Ana", "paper", room.id), "1")
    await here.sees("ana", "")
    await perform(Pause(project), Actor(ana.id, "Ana", "paper", other.id), "2")
    await here.sees("elsewhere", "Paused by Ana")

    assert all(sheet.subject.startswith("reply:") for sheet in here.paper.sheets["ana"])
    assert len(here.paper.sheets["elsewhere"]) == 1


async def test_progress_is_carried_by_the_decision_that_was_answered_last(here: Desk):
    ana = await here.person("ana")
    await here.room(ana)
    project = await idea(ana)
    gate = await vision(ana, project)
    first = await here.sees("ana", "PENDING")
    await perform(Answer(gate, Decision.APPROVE), ana.acts(), "yes")
    await here.sees("ana", "phases")
    await until(lambda: "roadmap" in first.text, 30)

    assert first.edits > 1
    assert [sheet.subject.partition(":")[0] for sheet in here.paper.sheets["ana"]] == ["gate", "gate"]


async def test_who_may_not_answer_is_not_asked_and_nobody_is_told_of_what_was_before(here: Desk):
    ana, bo = await here.person("ana"), await here.person("bo")
    await here.room(bo)
    project = await idea(ana)
    await perform(SetMember(project, "viewer", user_id=bo.id), ana.acts(), "bo")
    gate = await vision(ana, project)
    await here.room(ana)
    await perform(Say(project, "What is this?"), ana.acts(), "what")
    await until(lambda: _no_cursor_behind(project))

    assert not here.paper.sheets
    assert await tx(posting.open_in, await read(rooms.at, "paper", "ana")) == 1
    assert (await here.sees("ana", "PENDING")).subject == f"gate:{gate}"


async def _no_cursor_behind(project: str) -> bool:
    from orchestrator.store import cursors

    return project not in [id for id, _ in await read(cursors.behind, posting.READER)]


async def test_what_does_not_get_through_is_tried_again_and_holds_up_what_comes_after_it(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)
    failures = iter([True, True])

    def fault(_post: PostRow) -> None:
        if next(failures, False):
            raise later("The service is away.", 0.05)

    here.paper.fault = fault
    await tx(posts.add, room.id, "word:1", said={"text": "first"})
    await tx(posts.add, room.id, "word:2", said={"text": "second"})
    await here.sees("ana", "second")

    assert [sheet.text for sheet in here.paper.sheets["ana"]] == ["first", "second"]
    assert here.paper.unsure == ["word:1", "word:1"]
    assert [row.tries for row in await calm(room.id)] == [0, 0]


async def test_what_is_refused_is_kept_with_the_reason_and_can_be_tried_again(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)

    def fault(_post: PostRow) -> None:
        raise Refusal("Ana has blocked us.", shut=True)

    here.paper.fault = fault
    post = await tx(posts.add, room.id, "word:1", said={"text": "first"})
    await until(lambda: read(posts.dead))
    [(dead, where)] = await read(posts.dead)
    assert (dead.problem, where.problem) == ("Ana has blocked us.", "Ana has blocked us.")

    here.paper.fault = None
    await tx(posts.again, post.id)
    await here.sees("ana", "first")


async def test_a_flood_hushes_the_room_and_is_no_failure(here: Desk):
    ana, bo = await here.person("ana"), await here.person("bo")
    room, other = await here.room(ana), await here.room(bo)
    floods = iter(range(20))  # more than a message has tries

    def fault(post: PostRow) -> None:
        if post.room_id == room.id and next(floods, None) is not None:
            raise later("Too many messages.", 0.02, hush=True)

    here.paper.fault = fault
    await tx(posts.add, room.id, "word:1", said={"text": "first"})
    await tx(posts.add, other.id, "word:1", said={"text": "other"})
    await here.sees("ana", "first")
    await here.sees("bo", "other")

    assert not await read(posts.dead)


async def test_what_changes_while_it_is_being_shown_is_shown_once_more(here: Desk):
    ana = await here.person("ana")
    await here.room(ana)
    project = await idea(ana)
    showing, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        showing.set()
        await go_on.wait()

    here.paper.fault = lambda post: slow() if post.subject.startswith("gate:") else None
    gate = await vision(ana, project)
    await asyncio.wait_for(showing.wait(), 10)
    await perform(Answer(gate, Decision.REJECT), ana.acts(), "no")
    await until(lambda: _no_cursor_behind(project))
    go_on.set()

    await here.sees("ana", "REJECTED")
    assert len(here.paper.sheets["ana"]) == 1


async def test_a_fault_of_ours_is_tried_again_and_given_up_with_a_sentence(here: Desk):
    ana = await here.person("ana")
    room = await here.room(ana)

    def fault(_post: PostRow) -> None:
        raise KeyError("a bug")

    here.paper.fault = fault
    post = await tx(posts.add, room.id, "word:1", said={"text": "first"})

    async def hurried() -> bool:
        return await tx(_hurry, room.id, post.id)

    await until(hurried)
    [(dead, _)] = await read(posts.dead)
    assert dead.problem == "Something went wrong on our side while this was shown."


async def _hurry(db, room_id: str, post_id: str) -> bool:
    """Do not wait out the pauses; true once it was given up."""
    (await rooms.locked(db, room_id)).not_before = None
    post = await posts.get(db, post_id)
    if post.status is PostStatus.DUE and post.tries:
        post.due_at = clock.now()
        posts.wake(db)
    return post.status is PostStatus.DEAD
