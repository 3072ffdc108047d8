"""Takes a phase into the app by GitHub's own rules, and out again: exactly what was checked, once per key."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults
from orchestrator.delivery import hub, hub_looking
from orchestrator.delivery.hub import There
from orchestrator.domain.project import Project
from orchestrator.errors import Conflict, OrchestratorError
from orchestrator.forge import taking
from orchestrator.forge.hub import Later, Refused, checks, pulls
from orchestrator.forge.hub.values import Pull as Seen
from orchestrator.forge.sending import Guarded
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import hubs, messages, projects
from orchestrator.store.tables import PhaseRow

UNCHECKED = (
    "On GitHub, {who} merged the pull request of phase {phase} with changes that we had not checked. Look at them "
    "there: what should not be in your app can be taken back on GitHub. Then try again."
)
NOT_FOUND = "GitHub says that it merged the phase, and we do not find it there. Try again in a moment."
UNDO_BODY = "Takes out again what this phase brought, by a new save point. Nothing is rewritten or deleted."
UNDO_WAITS = "Here the phase is taken out again. On GitHub that waits. {why} {url}"
TRIES, LONGEST_S = 4, 5.0  # of a merge that GitHub puts off for a moment


async def merge(project: Project, phase: PhaseRow, key: str) -> str:
    """Have GitHub merge exactly what was checked, and bring it here: the save point with which the app got it.

    Raises NotPossible or Conflict, with a sentence that says what GitHub still asks for.
    """
    row = await read(projects.row, project.id)
    git = runtime().forge
    if known := await git.taken(project.id, key):
        return known
    found = await hub.sent(row, phase)
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
        await hub_looking.look(project.id, hubs.name(phase), number)
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
            if hub.OURS not in refused.said:
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
        name = f"{hub.OURS}result"
        check = checks.Check(name, self.phase.commit, "success", "Approved", "", "", f"phase-{self.key}")
        await checks.show(self.there.client, self.there.slug, check)


def title_of(phase: PhaseRow) -> str:
    return f"Phase {phase.number}: {phase.title}"


async def undone(project_id: str, phase: PhaseRow) -> None:
    """Have a phase that was taken out here taken out on GitHub as well; what does not get there is sent later."""
    try:
        await hub.settle(project_id)
    except Guarded:
        await _undone_by_pull(project_id, phase)
    except OrchestratorError as problem:
        await hub.put_off(project_id, problem)


async def _undone_by_pull(project_id: str, phase: PhaseRow) -> None:
    """Where nothing can be sent to the app directly, it is asked for like everything else."""
    project = await read(projects.row, project_id)
    url = ""
    try:
        found, git = await hub.there(hubs.slug(project)), runtime().forge
        place, branch = await git.repository(project_id), f"undo-{hubs.name(phase)}"
        head = await git.head(place.path)
        await git.send(project_id, found.git, head, branch)
        title = f"Undo phase {phase.number}: {phase.title}"
        pull = await pulls.of_branch(found.client, found.slug, branch) or await pulls.opened(
            found.client, found.slug, branch, place.branch, title, UNDO_BODY, draft=False
        )
        url = pull.html_url
        await pulls.merge(found.client, found.slug, pull.number, head, title, "")
        await hub.settle(project_id)
    except OrchestratorError as problem:
        await tx(_say, project_id, UNDO_WAITS.format(why=problem, url=url).strip())


async def _say(db: AsyncSession, project_id: str, words: str) -> None:
    messages.note(db, await projects.locked(db, project_id), words)
