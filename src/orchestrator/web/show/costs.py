"""The page about money: what was spent, where it went, and the limit."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import cost as rules
from orchestrator.domain.command import SetBudget
from orchestrator.domain.cost import Currency, Usage
from orchestrator.domain.policy import allows
from orchestrator.runtime import runtime
from orchestrator.store import costs, took
from orchestrator.store.costs import Part
from orchestrator.store.pages import Standing
from orchestrator.store.tables import ProjectRow
from orchestrator.store.took import Took
from orchestrator.telling import standing, times
from orchestrator.telling.marks import Field
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import cost as views
from orchestrator.web.views.cost import CostPage, CostRow, LimitView, Used
from orchestrator.web.views.shell import Tab


async def page(
    db: AsyncSession, viewer: Viewer, found: Standing, field: Field | None = None, *, saved: bool = False
) -> CostPage:
    """All that is known about the money of a project; `field` is a limit that could not be set."""
    project, money = found.project, runtime().currency
    parts = await costs.parts(db, project.id)
    together = costs.together(parts)
    worked = _worked(await took.own(db, project.id)) if parts else {}
    return CostPage(
        head=around.head(viewer, found, Tab.COST),
        title=standing.spent(project) or "Nothing is spent",
        text=_text(project, money, asked=bool(parts)),
        limit=_limit(found, money, field),
        used=_used(project, money),
        rows=tuple(_row(part, money, worked.get(part.part, 0)) for part in parts),
        total=_total(together, money, sum(worked.values())) if len(parts) > 1 else None,
        small=_small(money, priced=together.priced) if parts else "",
        saved="The limit is saved." if saved else "",
    )


def _text(project: ProjectRow, money: Currency, *, asked: bool) -> str:
    if not asked:
        return f"Nothing has been spent. {views.FREE}{_not_ours(project)}"
    if not project.budget:
        return "There is no limit, so we do not ask before more is spent. You can set one here."
    if rules.reached(project.spent, project.budget):
        return "The limit is reached. Nothing more is spent before somebody says how to go on."
    left = money.words(project.budget - project.spent)
    return f"{left} of the limit is left. When it is used, work pauses and we ask you."


def _not_ours(project: ProjectRow) -> str:
    """A builder that is somebody else's program may cost something that it does not tell."""
    if project.builder == "starter":
        return ""
    return " This project is built by a program that was set for it; what that costs we know only if it tells us."


def _used(project: ProjectRow, money: Currency) -> Used | None:
    if not (project.spent and project.budget):
        return None
    full, value = money.rounded(project.budget), money.rounded(min(project.spent, project.budget))
    state = "you" if rules.mostly_used(project.spent, project.budget) else "rest"
    return Used(full, value, f"Limit: {standing.spent(project)}", state)


def _worked(runs: list[Took]) -> dict[str, float]:
    """Seconds in which a builder worked, by the part that this belongs to."""
    seconds: dict[str, float] = {}
    for run in runs:
        part = f"phase-{run.phase}" if run.phase else costs.PHASES
        seconds[part] = seconds.get(part, 0) + run.seconds
    return seconds


def _time(seconds: float) -> str:
    return times.length(round(seconds)) if seconds >= 1 else ""


def _total(together: Usage, money: Currency, seconds: float) -> CostRow:
    return CostRow("Together", _time(seconds), "", money.words(together.micros))


def _row(part: Part, money: Currency, seconds: float) -> CostRow:
    unknown = not part.spent.priced and not part.spent.micros
    return CostRow(part.title, _time(seconds), part.got, "not told" if unknown else money.words(part.spent.micros))


def _small(money: Currency, *, priced: bool) -> str:
    return " ".join(filter(None, ("" if priced else views.UNPRICED, views.converted(money.dollar, money.code))))


def _limit(found: Standing, money: Currency, field: Field | None) -> LimitView:
    budget = found.project.budget
    return LimitView(
        action=f"/projects/{found.project.id}/budget",
        label=f"For this project, in {money.symbol.strip()}",
        now=money.sum(budget) if budget else "No limit is set.",
        sum=field or Field(f"{money.of(budget):.{money.places}f}" if budget else ""),
        may_change=allows(found.role, SetBudget),
    )
