"""Where a project stands, from its rows to the sentence at the top of the page."""

from datetime import UTC, tzinfo

from orchestrator import clock
from orchestrator.domain import plain
from orchestrator.domain.brief import Brief, Clarity, Topic, clarity
from orchestrator.domain.policy import ANSWERS
from orchestrator.domain.project import GATES, Step
from orchestrator.runtime import runtime
from orchestrator.store.pages import Standing
from orchestrator.store.tables import PhaseRow, ProjectRow
from orchestrator.telling import status as statuses
from orchestrator.telling import words
from orchestrator.telling.status import Facts, StatusLine

STEPS_OF_A_PHASE = (Step.PLANNING, Step.PLAN, Step.BUILDING, Step.CHECKING, Step.RESULT, Step.MERGING)


def status(found: Standing) -> str:
    """The whole sentence as plain text; a link that only leads to the question is left out."""
    line = status_line(found)
    if line.link and line.more.startswith("."):
        return f"{line.news} {line.more.removeprefix('.').strip()}"
    return f"{line.news} {line.link.text if line.link else ''}{line.more}".strip()


def status_line(found: Standing, zone: tzinfo = UTC) -> StatusLine:
    return statuses.line(facts(found, zone))


def facts(found: Standing, zone: tzinfo = UTC) -> Facts:
    project, phase = found.project, at_hand(found)
    brief = Brief.model_validate(project.brief)
    clear = [topic for topic in Topic if clarity(brief, topic) is Clarity.CLEAR]
    return Facts(
        step=project.step,
        now=clock.now(),
        zone=zone,
        phase=project.phase,
        phases=project.phases,
        outcome=phase.title if phase else "",
        question=found.gate.question if found.gate else "",
        yours=found.role in ANSWERS,
        question_href=f"/projects/{project.id}#gate-{found.gate.id}" if found.gate else "",
        clear=len(clear),
        to_ask=len([topic for topic in Topic if topic not in clear and topic not in brief.skipped]),
        done_steps=done_steps(project.step),
        steps=len(STEPS_OF_A_PHASE),
        spent=f"{plain.capital(said)}." if (said := spent(project)) else "",
        to_do=project.to_do,
        sign_of_life=None if project.step in GATES else project.updated_at,
    )


def spent(project: ProjectRow) -> str:
    """“€1.40 of €10 spent”; nothing where nothing was."""
    return words.spent(project.spent, project.budget, runtime().currency) if project.spent else ""


def at_hand(found: Standing) -> PhaseRow | None:
    return next((phase for phase in found.phases if phase.number == found.project.phase), None)


def done_steps(step: Step) -> int:
    """How many steps of the phase at hand are behind us."""
    place = Step.CHECKING if step is Step.REPAIRING else step
    return STEPS_OF_A_PHASE.index(place) if place in STEPS_OF_A_PHASE else 0
