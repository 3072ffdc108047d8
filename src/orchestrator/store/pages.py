"""Many projects at once, in the order in which a person wants to see them; the same number of queries however many."""

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.gate import Status
from orchestrator.domain.policy import Role
from orchestrator.domain.project import Stage
from orchestrator.errors import NotFound, NotUnderstood
from orchestrator.store.columns import Utc
from orchestrator.store.projects import GONE
from orchestrator.store.tables import GateRow, MemberRow, PhaseRow, ProjectRow

# Put together once: to compose a statement takes longer than to run it. A project and its open decision are read by one
# statement, so that they are always of the same moment.
IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
OPEN = (GateRow.project_id == ProjectRow.id) & (GateRow.status == Status.PENDING)
ONE = (
    select(MemberRow.role, ProjectRow, GateRow)
    .join(ProjectRow, ProjectRow.id == MemberRow.project_id)
    .outerjoin(GateRow, OPEN)
    .where(MemberRow.project_id == sa.bindparam("project"), MemberRow.user_id == sa.bindparam("user"))
)
MANY = select(ProjectRow, GateRow).outerjoin(GateRow, OPEN).where(ProjectRow.id.in_(IDS))
PHASES = select(PhaseRow).where(PhaseRow.project_id.in_(IDS)).order_by(PhaseRow.number)


@dataclass(frozen=True, slots=True)
class Standing:
    """A project with all that is needed to say in a sentence where it stands."""

    project: ProjectRow
    role: Role
    gate: GateRow | None
    phases: tuple[PhaseRow, ...]


@dataclass(frozen=True, slots=True)
class Page:
    standings: tuple[Standing, ...]
    next_cursor: str | None


async def page(
    db: AsyncSession,
    user_id: str,
    *,
    cursor: str = "",
    limit: int = 20,
    stage: Stage | None = None,
    waiting: bool | None = None,
    like: str = "",
) -> Page:
    """Read one page of a person's projects: those that wait for the person first, then what was active last."""
    query = select(MemberRow).where(MemberRow.user_id == user_id)
    if waiting is not None:
        query = query.where(MemberRow.waiting.is_(waiting))
    if stage is not None or like:
        query = query.join(ProjectRow, ProjectRow.id == MemberRow.project_id)
    if stage is not None:
        query = query.where(ProjectRow.stage == stage)
    if like:
        query = query.where(ProjectRow.name.icontains(like, autoescape=True))
    if cursor:
        query = query.where(_key() < _from(cursor))
    order = (MemberRow.waiting.desc(), MemberRow.active_at.desc(), MemberRow.project_id.desc())
    members = list(await db.scalars(query.order_by(*order).limit(limit + 1)))
    shown = members[:limit]
    more = _cursor(shown[-1]) if len(members) > limit else None
    return Page(await _standings(db, shown), more)


async def standing(db: AsyncSession, user_id: str, project_id: str) -> Standing:
    """Read one project of this person. Raises NotFound, the same for what is not there and what is somebody else's."""
    found = (await db.execute(ONE, {"project": project_id, "user": user_id})).first()
    if found is None:
        raise NotFound(GONE)
    role, project, gate = found
    return Standing(project, role, gate, tuple(await db.scalars(PHASES, {"ids": [project_id]})))


async def count(db: AsyncSession, user_id: str, *, waiting: bool | None = None) -> int:
    query = select(sa.func.count()).select_from(MemberRow).where(MemberRow.user_id == user_id)
    if waiting is not None:
        query = query.where(MemberRow.waiting.is_(waiting))
    return await db.scalar(query) or 0


async def _standings(db: AsyncSession, members: Sequence[MemberRow]) -> tuple[Standing, ...]:
    ids = {"ids": [member.project_id for member in members]}
    found = {project.id: (project, gate) for project, gate in await db.execute(MANY, ids)}
    phases: dict[str, list[PhaseRow]] = defaultdict(list)
    for row in await db.scalars(PHASES, ids):
        phases[row.project_id].append(row)
    return tuple(
        Standing(project, member.role, gate, tuple(phases[member.project_id]))
        for member in members
        for project, gate in [found[member.project_id]]
    )


def _key() -> sa.Tuple:
    return sa.tuple_(MemberRow.waiting, MemberRow.active_at, MemberRow.project_id)


def _cursor(member: MemberRow) -> str:
    what = [member.waiting, member.active_at.isoformat(), member.project_id]
    return base64.urlsafe_b64encode(json.dumps(what).encode()).decode().rstrip("=")


def _from(cursor: str) -> sa.Tuple:
    try:
        waiting, at, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error):
        raise NotUnderstood(
            "This page of the list is not there. Start again from the first one.", field="cursor"
        ) from None
    values: list[Any] = [sa.literal(bool(waiting), sa.Boolean()), sa.literal(moment, Utc()), sa.literal(str(id))]
    return sa.tuple_(*values)
