"""Which project somebody means in a room, and which they may choose from."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels import posting
from orchestrator.channels.telegram.buttons import Button, Verb, button
from orchestrator.channels.telegram.visits import Visit, choose, said
from orchestrator.domain.policy import Role
from orchestrator.domain.project import GATES
from orchestrator.errors import NotAllowed, NotFound
from orchestrator.runtime import read
from orchestrator.store import pages, posts, projects
from orchestrator.store.pages import Standing
from orchestrator.telling import standing

MOST = 20
NONE_YET = "You have no project yet. Tell me your idea, and we begin."
UNBOUND = "This group belongs to no project yet. An owner of one can choose it with /switch."
NONE_OWNED = "You own no project that this group could belong to."
NOT_YOURS = "This group belongs to another project. Only somebody who owns that one can change it."
WHICH = "Which project do you mean?"


async def at_hand(visit: Visit) -> Standing | None:
    """The project that is talked about: of the message that is answered, else that of the room."""
    return await read(_at_hand, visit)


async def _at_hand(db: AsyncSession, visit: Visit) -> Standing | None:
    known = visit.answers or visit.room.project_id
    if known and not visit.alone:
        return await pages.standing(db, visit.user.id, known)
    try:
        if known:
            return await pages.standing(db, visit.user.id, known)
    except NotFound:
        pass  # it was given away meanwhile: another one is chosen
    if not visit.alone:
        return None
    found = (await pages.page(db, visit.user.id, limit=2)).standings
    return found[0] if len(found) == 1 else None


async def choices(visit: Visit, like: str = "") -> list[Standing]:
    """The projects that can be talked about here; in a group only those that this person owns."""
    return await read(_choices, visit, like)


async def _choices(db: AsyncSession, visit: Visit, like: str) -> list[Standing]:
    found = (await pages.page(db, visit.user.id, limit=MOST, like=like)).standings
    return [one for one in found if visit.alone or one.role is Role.OWNER]


def rows(found: list[Standing]) -> list[list[Button]]:
    return [[button(_label(one), Verb.SWITCH, one.project.id)] for one in found]


def _label(one: Standing) -> str:
    return f"{'🟡 ' if one.project.step in GATES else ''}{one.project.name}"[:60]


async def switch(db: AsyncSession, visit: Visit, project_id: str) -> None:
    """Talk about this project from now on, and show what waits there. Raises NotFound and NotAllowed."""
    found = await pages.standing(db, visit.user.id, project_id)
    if not visit.alone:
        await _must_own(db, visit, found)
    await choose(db, visit.room.id, project_id)
    text = f"We talk about this now.\n\n{standing.status(found)}"
    if not visit.alone:
        text = f"This group belongs to this project now.\n\n{standing.status(found)}"
    await said(db, visit.room.id, visit.number, text, project=project_id)
    if not visit.alone:
        visit.room.project_id = project_id
        await posting.open_in(db, visit.room)


async def _must_own(db: AsyncSession, visit: Visit, found: Standing) -> None:
    if found.role is not Role.OWNER:
        raise NotAllowed(NONE_OWNED)
    before = visit.room.project_id
    if before and before != found.project.id and await _role(db, visit, before) is not Role.OWNER:
        raise NotAllowed(NOT_YOURS)


async def _role(db: AsyncSession, visit: Visit, project_id: str) -> Role | None:
    try:
        return await projects.role(db, project_id, visit.user.id)
    except NotFound:
        return None


async def was_seen(db: AsyncSession, room_id: str, gate_id: str) -> bool:
    """Whether a decision is to be seen in this room."""
    post = await posts.at(db, room_id, f"gate:{gate_id}")
    return bool(post and post.outside)


async def show_again(db: AsyncSession, room_id: str, gate_id: str, project_id: str) -> None:
    """Show a decision at the end of the room; where it was before, its buttons go."""
    post = await posts.add(db, room_id, f"gate:{gate_id}", project_id=project_id)
    if post.outside:
        post.details = {**post.details, "old": post.outside}
        post.outside, post.shown = "", ""
    posts.fresh(db, post)
