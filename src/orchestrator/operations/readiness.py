"""Whether a repository may be called production-ready: asked from the command line, without a server or a database."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.items import BY_ID, Category
from orchestrator.domain.ready.report import Report
from orchestrator.errors import NotUnderstood
from orchestrator.evidence import marks, repository
from orchestrator.evidence.ready import asking

HEAD = "HEAD"


def asked(items: Iterable[str], only: str) -> tuple[str, ...]:
    """The questions that are meant. Raises NotUnderstood for one that there is not."""
    wanted = [id.upper() for id in items]
    if unknown := [id for id in wanted if id not in BY_ID]:
        raise NotUnderstood(f"There is no item {unknown[0]}. They go from F1 to C4.")
    if only and only not in set(Category):
        raise NotUnderstood(f"There is no category {only}. These are: {', '.join(Category)}.")
    ids = wanted or list(BY_ID)
    return tuple(id for id in ids if not only or BY_ID[id].category == only)


async def report(
    path: Path, items: tuple[str, ...], *, fresh: bool, approved: str = "", say: Callable[[str], None]
) -> Report:
    """Ask about the save point that is checked out there. Raises NotPossible where there is none.

    `approved` is what a person approved last; without it, that is found in the history of what we built ourselves.
    """
    source = await asyncio.to_thread(path.resolve)
    before = await repository.resolve(source, approved) if approved else await marks.approved(source, HEAD)
    if before:
        say(f"Compared with what was approved last, {before[:10]}.")
    if await repository.unsaved(source):
        say("There are changes that are not saved in the history: they do not count.")
    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        hidden = (Path.home(),) if not Path(folder).is_relative_to(Path.home()) else ()
        return await asking.report(
            source,
            HEAD,
            Path(folder),
            sandbox=Sandbox(hidden=hidden),
            items=items,
            memory=memory(),
            fresh=fresh,
            approved=before,
            say=say,
        )


def memory() -> Path:
    """Where answers are kept between two runs of the command line."""
    return Path.home() / ".cache" / "orchestrator" / "readiness"
