"""What we know of a project's repository on GitHub: what was sent there, and how its pull requests stand."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.errors import Conflict
from orchestrator.store import events, posts, rooms
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.tables import PhaseRow, ProjectRow

GITHUB = "github"
NEW = "new:"  # a repository that is still to be made
TAKEN = "The repository “{slug}” belongs to another project here already: “{name}”."


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request as it stood when we looked last."""

    number: int = 0
    url: str = ""
    state: str = ""  # open, closed or merged
    draft: bool = False
    review: str = ""  # approved, changes or nothing yet
    reviewers: tuple[str, ...] = ()
    head: str = ""
    merged_by: str = ""
    told: bool = False  # that somebody merged it before it was approved here


@dataclass(frozen=True, slots=True)
class Hub:
    """`linked`: we may work there, and the app is there. `problem` says why not. `sent` has a save point by branch."""

    slug: str
    linked: bool = False
    problem: str = ""
    waits: bool = False  # something did not get there yet
    main: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)  # what the trial copy of a phase is called
    pulls: dict[str, Pull] = field(default_factory=dict)


def name(phase: PhaseRow) -> str:
    """Of one attempt at a phase."""
    return f"{phase.number}-{phase.attempt}"


def slug(project: ProjectRow) -> str:
    return project.hub.removeprefix(NEW)


async def room(db: AsyncSession, project: ProjectRow) -> RoomRow | None:
    found = await rooms.at(db, GITHUB, slug(project)) if project.hub else None
    return found if found and found.project_id == project.id else None


def of(room: RoomRow) -> Hub:
    """What its row remembers."""
    kept = {key: value for key, value in room.state.items() if key in Hub.__dataclass_fields__}
    pulls = {
        key: Pull(**{**each, "reviewers": tuple(each["reviewers"])}) for key, each in kept.pop("pulls", {}).items()
    }
    return Hub(**{**kept, "slug": room.title, "pulls": pulls})


async def find(db: AsyncSession, project: ProjectRow) -> Hub | None:
    found = await room(db, project)
    return of(found) if found else None


async def link(db: AsyncSession, project: ProjectRow, wanted: str) -> None:
    """Let a project have this repository, or none. Raises Conflict where another one has it."""
    other = await by_slug(db, wanted.removeprefix(NEW)) if wanted else None
    if other and other.id != project.id:
        raise Conflict(TAKEN.format(slug=wanted.removeprefix(NEW), name=other.name))
    before = await room(db, project)
    project.hub = wanted
    if before and before.address == slug(project):
        await change(db, project, linked=False, problem="")
        return
    if before:
        before.project_id = None
    if not wanted:
        return
    await rooms.met(db, GITHUB, slug(project), RoomKind.REPOSITORY, slug(project), project_id=project.id, state={})


async def change(db: AsyncSession, project: ProjectRow, **what: Any) -> Hub | None:
    """Remember something of it. The room's row is held until the commit."""
    found = await room(db, project)
    if found is None:
        return None
    held = await rooms.locked(db, found.id)
    now = replace(of(held), **what)
    held.state = asdict(now)
    return now


async def sent(db: AsyncSession, project: ProjectRow, key: str, branch: str, commit: str) -> None:
    """The branch of a phase is there now: what waited for it can be shown."""
    if hub := await find(db, project):
        await change(db, project, sent=hub.sent | {branch: commit}, branches=hub.branches | {key: branch}, problem="")
        await posts.touch(db, project.id, f"pull:{key}")


async def stands(db: AsyncSession, project: ProjectRow, key: str, pull: Pull) -> Hub | None:
    """Remember how a pull request stands, and tell of it if that is new. The caller holds the project's row."""
    hub = await find(db, project)
    if hub is None or hub.pulls.get(key) == pull:
        return hub
    before = hub.pulls.get(key, Pull())
    seen = ("number", "state", "draft", "review")
    if any(getattr(before, part) != getattr(pull, part) for part in seen):
        about = {"phase": int(key.partition("-")[0]), "url": pull.url, "by": pull.merged_by or " ".join(pull.reviewers)}
        shown = {part: getattr(pull, part) for part in seen}
        events.append(db, project, ORCHESTRATOR, "pull.changed", **about, **shown)
    return await change(db, project, pulls=hub.pulls | {key: pull})


async def linked(db: AsyncSession) -> list[str]:
    """All projects that have a repository there."""
    return list(await db.scalars(select(ProjectRow.id).where(ProjectRow.hub != "").order_by(ProjectRow.id)))


async def by_slug(db: AsyncSession, slug: str) -> ProjectRow | None:
    """The project of a repository."""
    query = select(ProjectRow).where(func.lower(ProjectRow.hub).in_([slug.lower(), f"{NEW}{slug}".lower()]))
    return await db.scalar(query.order_by(ProjectRow.created_at).limit(1))


async def called(db: AsyncSession, project: ProjectRow, full_name: str) -> None:
    """Spell it as GitHub does; it exists now."""
    found = await room(db, project)
    if found and found.address != full_name:
        found.address = found.title = full_name
    project.hub = full_name
