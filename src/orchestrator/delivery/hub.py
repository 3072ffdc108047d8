"""A project and its repository on GitHub: set up, and sent to. Without one nothing happens."""

from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import IN_A_PHASE
from orchestrator.errors import NotPossible, OrchestratorError
from orchestrator.forge.hub import Client, Later, repositories
from orchestrator.forge.sending import Elsewhere
from orchestrator.forge.values import Repository
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import events, hubs, messages, phases, projects
from orchestrator.store.tables import PhaseRow, ProjectRow

log = structlog.get_logger(__name__)
NO_KEY = "This project is on GitHub, and we have no key for GitHub any more. Whoever runs this can set it again."
LINKED = "This app is on GitHub now: {url}"
NOT_LINKED = "The repository on GitHub cannot be used yet. {why}"
OURS = "Decision: "  # how the names of our checks begin


@dataclass(frozen=True, slots=True)
class There:
    """A repository on GitHub at which we may work now."""

    client: Client
    slug: str
    git: Elsewhere


async def there(slug: str) -> There:
    """Raises NotPossible where we have no key for it."""
    client = runtime().hub
    if client is None:
        raise NotPossible(NO_KEY)
    key = await client.key(slug.partition("/")[0])
    return There(client, slug, Elsewhere(repositories.address(client, slug), key))


async def prepared(project: ProjectRow, texts: dict[str, str]) -> Repository:
    """The repository of a new project: a copy of what is on GitHub, or a fresh one that is sent there."""
    found = await _usable(project)
    git, branches = runtime().forge, await runtime().forge.branches(found.git)
    if branches:
        seen = await repositories.usable(found.client, found.slug)
        main = seen.default_branch if seen.default_branch in branches else min(branches)
        return await git.clone(project.id, found.git, main)
    return await git.create(project.id, texts)


async def settle(project_id: str) -> None:
    """See that the repository is there, and that the app is the same here and there. Safe to repeat.

    Raises NotPossible or Conflict with the reason why it is not; whoever looks at the settings sees it as well.
    """
    project = await read(projects.row, project_id)
    if not project.hub:
        return
    try:
        found = await _usable(project)
        main = await runtime().forge.meet_elsewhere(project_id, found.git) if project.repository else ""
    except Later:
        raise
    except OrchestratorError as problem:
        await tx(_not_linked, project_id, project.hub, str(problem))
        raise
    faults.point("hub:met")
    await tx(_linked, project_id, found.slug, main)


async def _usable(project: ProjectRow) -> There:
    """Made where it is still to be made; with its name as GitHub spells it."""
    wanted = hubs.slug(project)
    found = await there(wanted)
    if project.hub.startswith(hubs.NEW):
        seen = await repositories.made(found.client, wanted, project.name)
        faults.point("hub:made")
    else:
        seen = await repositories.usable(found.client, wanted)
    url = repositories.address(found.client, seen.full_name)
    return replace(found, slug=seen.full_name, git=Elsewhere(url, found.git.key))


async def _linked(db: AsyncSession, project_id: str, slug: str, main: str) -> None:
    row = await projects.locked(db, project_id)
    before = await hubs.find(db, row)
    if before is None or before.slug.lower() != slug.lower():
        return  # it was linked elsewhere meanwhile
    await hubs.called(db, row, slug)
    await hubs.change(db, row, slug=slug, linked=True, problem="", main=main or before.main)
    if not before.linked:
        client = runtime().hub
        url = client.page(slug) if client else slug
        events.append(db, row, ORCHESTRATOR, "repository.linked", repository=slug, url=url)
        messages.note(db, row, LINKED.format(url=url))


async def _not_linked(db: AsyncSession, project_id: str, wanted: str, why: str) -> None:
    row = await projects.locked(db, project_id)
    before = await hubs.find(db, row)
    if before is None or row.hub != wanted or before.problem == why:
        return
    await hubs.change(db, row, problem=why)
    messages.note(db, row, NOT_LINKED.format(why=why))


async def send(project_id: str, number: int) -> None:
    """Have what was saved of a phase seen on GitHub. What does not get there now is sent later: nothing is lost."""
    project = await read(projects.row, project_id)
    if not project.hub:
        return
    try:
        await sent(project, await read(phases.get, project_id, number))
    except OrchestratorError as problem:
        await put_off(project_id, problem)


async def put_off(project_id: str, problem: OrchestratorError) -> None:
    """Remember that something waits to be sent."""
    log.warning("hub.not_sent", project=project_id, reason=str(problem))
    await tx(_waits, project_id, waits=True)


async def _waits(db: AsyncSession, project_id: str, *, waits: bool) -> None:
    row = await projects.row(db, project_id)
    hub = await hubs.find(db, row)
    if hub and hub.waits is not waits:
        await hubs.change(db, row, waits=waits)


async def again(project_id: str) -> None:
    """Send what waits. Raises what still keeps it from being sent."""
    project = await read(projects.row, project_id)
    await settle(project_id)
    if project.phase and IN_A_PHASE & {project.step, project.failed_at, project.paused_from}:
        await sent(await read(projects.row, project_id), await read(phases.get, project_id, project.phase))
    await tx(_waits, project_id, waits=False)


async def sent(project: ProjectRow, phase: PhaseRow) -> There:
    """Have the newest save point of a phase on its branch there. Raises what kept it from that."""
    hub = await read(hubs.find, project)
    if hub is None or not hub.linked or not hub.main:
        await settle(project.id)
        project = await read(projects.row, project.id)
    found = await there(hubs.slug(project))
    git = runtime().forge
    worktree = git.trial_place(project.id, phase.number, phase.attempt)
    branch, head = git.branch_of(worktree), await git.head(worktree)
    hub = await read(hubs.find, project)
    if hub is None or hub.sent.get(branch) != head:
        await git.send(project.id, found.git, head, branch)
        faults.point("hub:sent")
        await tx(_remember, project.id, hubs.name(phase), branch, head)
    return found


async def _remember(db: AsyncSession, project_id: str, key: str, branch: str, head: str) -> None:
    await hubs.sent(db, await projects.locked(db, project_id), key, branch, head)
