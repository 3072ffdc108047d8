"""What a repository on GitHub shows of how ready its app is: the verdict, beside the newest save point of the app."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.ports import Letter
from orchestrator.delivery import readiness
from orchestrator.domain.ready import board
from orchestrator.domain.ready.report import Report
from orchestrator.domain.run import PhaseStatus
from orchestrator.forge.hub import checks
from orchestrator.runtime import runtime
from orchestrator.store import hubs, phases
from orchestrator.store.elsewhere import RoomRow
from orchestrator.store.tables import ProjectRow

SUBJECT, NAME, ID = "check:readiness", "Readiness", "readiness"
MOST = 54
STALE = "Not checked as it is now: the app has changed since we looked"


async def compose(db: AsyncSession, room: RoomRow, project: ProjectRow) -> Letter | None:
    """Nothing before somebody looked, or while the app is not there."""
    done = [row.merged for row in await phases.of(db, project.id) if row.status is PhaseStatus.COMPLETED]
    sha = next((merged for merged in reversed(done) if merged), hubs.of(room).main)
    report = await readiness.as_found(db, project)
    if not sha or report is None:
        return None
    state, title = standing(report, stale=project.to_do is None)
    link = f"{runtime().settings.address}/projects/{project.id}/ready"
    about = {"kind": "check", "name": NAME, "sha": sha, "state": state, "title": title, "link": link, "id": ID}
    return Letter(text(report), about)


def standing(report: Report, *, stale: bool) -> tuple[checks.State, str]:
    """Green only where the verdict is that it is ready, about the app as it is. Pure."""
    if stale:
        return "neutral", STALE
    return ("success" if report.ready else "failure"), report.verdict.removesuffix(".")


def text(report: Report) -> str:
    """The figures, what is left, and how the promises stand. Pure."""
    lines = [f"**{report.score} of {len(report.answers)} questions proven**, at `{report.commit[:10]}`."]
    if report.board.lines:
        lines += ["", f"Promises: {board.told(report.board.lines)}."]
    left = report.missing[:MOST]
    if left:
        lines += ["", f"What is left, about {report.hours:g} hours:", ""]
        lines += [f"- {one.item.id}, {one.item.priority}: {one.item.question} {one.item.advice}" for one in left]
    return "\n".join(lines)
