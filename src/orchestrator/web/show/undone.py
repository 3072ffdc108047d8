"""What could not be said on other services, or not be taken up from there, from the rows to the operator's page."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.elsewhere import SERVICES, RoomKind
from orchestrator.store import arrivals, posts
from orchestrator.store.elsewhere import ArrivalRow, PostRow, RoomRow
from orchestrator.telling import times
from orchestrator.telling.words import count
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views.elsewhere import OperationsPage, Undone

SUBJECTS = {
    "gate": "A decision",
    "reply": "An answer",
    "done": "The news that a project is complete",
    "reminder": "A reminder",
    "digest": "What came together in one message",
    "status": "How far a project is",
    "pull": "A pull request",
    "check": "A check",
}
PLACES = {RoomKind.PRIVATE: "to {title}", RoomKind.GROUP: "in the group {title}"}
SAVED = "It is tried again. What does not arrive comes back here."


async def page(db: AsyncSession, viewer: Viewer, *, saved: bool = False) -> OperationsPage:
    waiting = await arrivals.count_open(db)
    return OperationsPage(
        tuple(_post(viewer, post, room) for post, room in await posts.dead(db)),
        tuple(_arrival(viewer, row) for row in await arrivals.failed(db)),
        f"{count(waiting, 'arrival').capitalize()} {'waits' if waiting == 1 else 'wait'} to be taken up."
        if waiting
        else "",
        SAVED if saved else "",
    )


def subject(post: PostRow) -> str:
    """What kind of message it is, without its words: they are for those to whom it goes."""
    return SUBJECTS.get(post.subject.partition(":")[0].partition("-")[0], "A message")


def place(room: RoomRow) -> str:
    where = PLACES.get(room.kind, "in {title}").format(title=room.title or room.address)
    return f"{where}, on {SERVICES.get(room.channel, room.channel)}"


def _post(viewer: Viewer, post: PostRow, room: RoomRow) -> Undone:
    made = times.day_at(post.made_at, viewer.now, viewer.zone)
    return Undone(
        subject(post), f"{place(room)}, {made}", post.problem or room.problem, f"/operations/posts/{post.id}/again"
    )


def _arrival(viewer: Viewer, row: ArrivalRow) -> Undone:
    came = times.day_at(row.at, viewer.now, viewer.zone)
    title = f"From {SERVICES.get(row.channel, row.channel)}: {row.kind.replace('_', ' ')}"
    return Undone(title, came, row.problem, f"/operations/arrivals/{row.id}/again")
