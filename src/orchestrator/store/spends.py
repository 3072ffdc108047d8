"""What was spent, piece by piece, and on what. The sum stands in the project's row."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.cost import Usage
from orchestrator.store import events
from orchestrator.store.tables import ProjectRow, SpendRow


def add(db: AsyncSession, project: ProjectRow, what: str, about: str, usage: Usage) -> None:
    """Write down what something cost, under the project's row lock. `what` is turn, vision, roadmap, summary or run."""
    if not usage.calls:
        return
    parts = {name: getattr(usage, name) for name in Usage.__slots__}
    row = SpendRow(id=clock.new_id(), project_id=project.id, phase=project.phase, what=what, about=about, **parts)
    row.at = clock.now()
    db.add(row)
    project.spent += usage.micros
    events.append(db, project, ORCHESTRATOR, "cost.changed", what=what, micros=usage.micros, spent=project.spent)
