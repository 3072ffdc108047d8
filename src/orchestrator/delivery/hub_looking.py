"""Looks at what is on GitHub: how pull requests stand, what people did there by hand, and open issues."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.delivery.hub import there
from orchestrator.domain.command import Wished
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.forge.hub import pulls, talk
from orchestrator.forge.hub.values import Issue
from orchestrator.forge.hub.values import Pull as Seen
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import gates, hubs, messages, phases, posts, projects, suggestions
from orchestrator.store.hubs import Pull
from orchestrator.store.tables import ProjectRow

EARLY = (
    "On GitHub, {who} merged the pull request of phase {phase} before it was approved here. That is no approval: "
    "the decision about the phase is still open."
)


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """An issue of the project's repository that might be a wish."""

    wish: Wished
    id: str  # of the suggestion that it would be
    known: bool


async def issues(project_id: str) -> list[OpenIssue]:
    """Those that are open, the oldest first. Raises NotPossible where GitHub cannot be asked."""
    project = await read(projects.row, project_id)
    if not project.hub:
        return []
    found = await there(hubs.slug(project))
    wishes = [_wish(each) for each in await talk.open_issues(found.client, found.slug)]
    ids = {wish.number: f"{hubs.GITHUB}:{found.slug}#{wish.number}" for wish in wishes}
    known = await read(suggestions.known, list(ids.values()))
    return [OpenIssue(wish, ids[wish.number], ids[wish.number] in known) for wish in wishes]


async def wishes(project_id: str, numbers: Sequence[int]) -> tuple[Wished, ...]:
    """What the chosen ones say now; those that are not open any more are left out."""
    if not numbers:
        return ()
    return tuple(each.wish for each in await issues(project_id) if each.wish.number in numbers)


def _wish(issue: Issue) -> Wished:
    return Wished(issue.number, issue.title, issue.body or "", issue.author.login, issue.html_url)


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
