"""A project's repository on GitHub: chosen by its owner, or the one in whose issue the project was begun."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import Actor, Wished
from orchestrator.domain.project import Step
from orchestrator.errors import Conflict
from orchestrator.forge.hub import repositories
from orchestrator.runtime import runtime
from orchestrator.store import events, hubs, projects, suggestions
from orchestrator.store.tables import ProjectRow

NO_KEY = "We are not known on GitHub yet. Whoever runs this can give us a key (GITHUB_TOKEN) or a GitHub App."
BUSY = "A phase is just being taken in or out. Let that go on first."


async def change(db: AsyncSession, row: ProjectRow, said: str, actor: Actor) -> None:
    """Take it. Whether we may work there is found out at once, and said in the conversation."""
    wanted = named(said)
    if wanted and runtime().hub is None:
        raise Conflict(NO_KEY)
    if {row.step, row.paused_from} & {Step.MERGING, Step.UNDOING}:
        raise Conflict(BUSY)
    if wanted != row.hub:
        events.append(db, row, actor, "project.linked", **{"from": row.hub, "to": wanted})
    if wanted or row.hub:
        await hubs.link(db, row, wanted)  # chosen once more, it is looked at once more
        await projects.touch(db, row)


async def bring_in(db: AsyncSession, row: ProjectRow, wishes: tuple[Wished, ...]) -> int:
    """Each becomes a suggestion, once; nothing of it reaches the brief by itself. Gives how many are new."""
    before = await suggestions.known(db, [id_of(row, wish.number) for wish in wishes])
    for wish in wishes:
        text = f"{wish.title}\n\n{wish.text}".strip()
        await suggestions.made(db, row, id_of(row, wish.number), hubs.GITHUB, wish.author, text, wish.link)
    return len({wish.number for wish in wishes}) - len(before)


def id_of(row: ProjectRow, issue: int) -> str:
    """Of the suggestion that an issue is."""
    return f"{hubs.GITHUB}:{hubs.slug(row)}#{issue}"


def named(said: str) -> str:
    """As it is kept. Raises NotUnderstood where it names no repository."""
    if not (said := said.strip()):
        return ""
    new = said.lower().startswith(hubs.NEW)
    slug = repositories.slug(said[len(hubs.NEW) :] if new else said)
    return f"{hubs.NEW}{slug}" if new else slug
