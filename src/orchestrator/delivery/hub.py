"""A project and its repository on GitHub: set up, sent to, merged in, and looked at. Without one nothing happens."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import IN_A_PHASE, Project, Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict, NotPossible, OrchestratorError
from orchestrator.forge import taking
from orchestrator.forge.hub import Client, Later, Refused, checks, pulls, repositories
from orchestrator.forge.hub.values import Pull as Seen
from orchestrator.forge.sending import Elsewhere, Guarded
from orchestrator.forge.values import Repository
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import events, gates, hubs, messages, phases, posts, projects
from orchestrator.store.hubs import Pull
from orchestrator.store.tables import PhaseRow, ProjectRow

log = structlog.get_logger(__name__)
NO_KEY = "This project is on GitHub, and we have no key for GitHub any more. Whoever runs this can set it again."
LINKED = "This app is on GitHub now: {url}"
NOT_LINKED = "The repository on GitHub cannot be used yet. {why}"
UNCHECKED = (
    "On GitHub, {who} merged the pull request of phase {phase} with changes that we had not checked. Look at them "
    "there: what should not be in your app can be taken back on GitHub. Then try again."
)
EARLY = (
    "On GitHub, {who} merged the pull request of phase {phase} before it was approved here. That is no approval: "
    "the decision about the phase is still open."
)
NOT_FOUND = "GitHub says that it merged the phase, and we do not find it there. Try again in a moment."
UNDO_BODY = "Takes out again what this phase brought, by a new save point. Nothing is rewritten or deleted."
UNDO_WAITS = "Here the phase is taken out again. On GitHub that waits. {why} {url}"
OURS = "Decision: "  # how the names of our checks begin
TRIES, LONGEST_S = 4, 5.0  # of a merge that GitHub puts off for a moment


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
        await _put_off(project_id, problem)


async def _put_off(project_id: str, problem: OrchestratorError) -> None:
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


async def merge(project: Project, phase: PhaseRow, key: str) -> str:
    """Have GitHub merge exactly what was checked, and bring it here: the save point with which the app got it.

    Raises NotPossible or Conflict, with a sentence that says what GitHub still asks for.
    """
    row = await read(projects.row, project.id)
    git = runtime().forge
    if known := await git.taken(project.id, key):
        return known
    found = await sent(row, phase)
    await git.meet_elsewhere(project.id, found.git)
    if known := await git.taken(project.id, key):
        return known
    branch = git.branch_of(git.trial_place(project.id, phase.number, phase.attempt))
    base = (await git.repository(project.id)).branch
    number, merged = await Merging(found, phase, branch, base, key).done()
    faults.point("hub:merged")
    await git.meet_elsewhere(project.id, found.git)
    faults.point("hub:brought")
    if not await git.has(project.id, merged):
        raise Conflict(NOT_FOUND)
    with suppress(OrchestratorError):  # that it is merged is what counts
        await look(project.id, hubs.name(phase), number)
    return merged


@dataclass(frozen=True, slots=True)
class Merging:
    """A phase on its way into the app on GitHub, with the key under which a second try finds the first."""

    there: There
    phase: PhaseRow
    branch: str
    base: str
    key: str

    async def done(self) -> tuple[int, str]:
        """What GitHub puts off for a moment is asked for again; a person is asked about everything else."""
        for left in reversed(range(TRIES)):
            try:
                return await self._once()
            except Later as later:
                if not left or later.seconds > LONGEST_S:
                    raise
                await asyncio.sleep(later.seconds / 5)
        raise AssertionError("the last try returns or raises")

    async def _once(self) -> tuple[int, str]:
        client, slug = self.there.client, self.there.slug
        pull = await self._pull()
        if pull.is_merged:
            return pull.number, self._by_hand(pull)
        if pull.state != "open":
            pull = await pulls.edited(client, slug, pull.number, state="open")
        await pulls.set_draft(client, slug, pull, draft=False)
        faults.point("hub:merging")
        try:
            return pull.number, await self._merge(pull)
        except Refused as refused:
            if OURS not in refused.said:
                raise
            await self._approved()  # GitHub waits for our own word, which is on its way
            return pull.number, await self._merge(pull)

    async def _merge(self, pull: Seen) -> str:
        subject, _, more = taking.subject(self.phase.number, self.phase.attempt, self.phase.title).partition("\n\n")
        message = f"{more}\n{taking.TAKEN}: {self.key}"
        return await pulls.merge(self.there.client, self.there.slug, pull.number, self.phase.commit, subject, message)

    async def _pull(self) -> Seen:
        client, slug = self.there.client, self.there.slug
        if known := await pulls.of_branch(client, slug, self.branch):
            return await pulls.get(client, slug, known.number)
        title = title_of(self.phase)
        return await pulls.opened(client, slug, self.branch, self.base, title, self.phase.outcome, draft=False)

    def _by_hand(self, pull: Seen) -> str:
        if pull.head.sha != self.phase.commit or not pull.merge_commit_sha:
            who = pull.merged_by.login if pull.merged_by else "somebody"
            raise Conflict(UNCHECKED.format(who=who, phase=self.phase.number))
        return pull.merge_commit_sha

    async def _approved(self) -> None:
        name = f"{OURS}result"
        check = checks.Check(name, self.phase.commit, "success", "Approved", "", "", f"phase-{self.key}")
        await checks.show(self.there.client, self.there.slug, check)


def title_of(phase: PhaseRow) -> str:
    return f"Phase {phase.number}: {phase.title}"


async def undone(project_id: str, phase: PhaseRow) -> None:
    """Have a phase that was taken out here taken out on GitHub as well; what does not get there is sent later."""
    try:
        await settle(project_id)
    except Guarded:
        await _undone_by_pull(project_id, phase)
    except OrchestratorError as problem:
        await _put_off(project_id, problem)


async def _undone_by_pull(project_id: str, phase: PhaseRow) -> None:
    """Where nothing can be sent to the app directly, it is asked for like everything else."""
    project = await read(projects.row, project_id)
    url = ""
    try:
        found, git = await there(hubs.slug(project)), runtime().forge
        place, branch = await git.repository(project_id), f"undo-{hubs.name(phase)}"
        head = await git.head(place.path)
        await git.send(project_id, found.git, head, branch)
        title = f"Undo phase {phase.number}: {phase.title}"
        pull = await pulls.of_branch(found.client, found.slug, branch) or await pulls.opened(
            found.client, found.slug, branch, place.branch, title, UNDO_BODY, draft=False
        )
        url = pull.html_url
        await pulls.merge(found.client, found.slug, pull.number, head, title, "")
        await settle(project_id)
    except OrchestratorError as problem:
        await tx(_say, project_id, UNDO_WAITS.format(why=problem, url=url).strip())


async def _say(db: AsyncSession, project_id: str, words: str) -> None:
    messages.note(db, await projects.locked(db, project_id), words)


async def noticed(slug: str, number: int) -> bool:
    """Something happened to a pull request: look at it anew. False where it is none of ours."""
    project = await read(hubs.by_slug, slug)
    hub = await read(hubs.find, project) if project else None
    if project is None or hub is None:
        return False
    key = next((key for key, pull in hub.pulls.items() if pull.number == number), "")
    if not key:
        return False
    await look(project.id, key, number)
    return True


async def look(project_id: str, key: str, number: int) -> None:
    """See how a pull request stands, and remember it. What somebody did there by hand is told, and approves nothing."""
    project = await read(projects.row, project_id)
    client = runtime().hub
    if client is None or not project.hub or not number:
        return
    slug = hubs.slug(project)
    seen = await pulls.get(client, slug, number)
    review, people = pulls.opinion(await pulls.reviews(client, slug, number))
    await tx(stands, project_id, key, seen, review, people)


async def stands(
    db: AsyncSession, project_id: str, key: str, seen: Seen, review: str = "", people: tuple[str, ...] = ()
) -> None:
    row = await projects.locked(db, project_id)
    hub = await hubs.find(db, row)
    if hub is None:
        return
    before = hub.pulls.get(key, Pull())
    early = seen.is_merged and not before.told and await _is_early(db, row, key)
    pull = Pull(
        number=seen.number,
        url=seen.html_url,
        state="merged" if seen.is_merged else seen.state,
        draft=seen.draft,
        review=review,
        reviewers=people,
        head=seen.head.sha,
        merged_by=seen.merged_by.login if seen.merged_by else "",
        told=before.told or early,
    )
    await hubs.stands(db, row, key, pull)
    if early:
        await _tell_early(db, row, key, pull)


async def _is_early(db: AsyncSession, row: ProjectRow, key: str) -> bool:
    """Whether nobody had approved the phase here when it was merged."""
    phase = next((each for each in await phases.of(db, row.id) if hubs.name(each) == key), None)
    if phase is None or phase.status is PhaseStatus.COMPLETED:
        return False
    return Step.MERGING not in (row.step, row.failed_at, row.paused_from)


async def _tell_early(db: AsyncSession, row: ProjectRow, key: str, pull: Pull) -> None:
    said = EARLY.format(who=pull.merged_by or "somebody", phase=key.partition("-")[0])
    messages.note(db, row, said)
    if gate := await gates.pending(db, row.id):
        gate.considerations = [said, *gate.considerations]
        await posts.touch(db, row.id, f"gate:{gate.id}")
