"""Who takes part in a project, and as what. The caller holds the project's row and writes its event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.errors import Conflict, NotFound
from orchestrator.store.tables import MemberRow, UserRow


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    name: str
    email: str
    role: Role


async def role_of(db: AsyncSession, project_id: str, user_id: str) -> Role:
    """Read what somebody is in a project. Raises NotFound for anybody else, as if there were no such project."""
    if row := await db.get(MemberRow, (project_id, user_id)):
        return row.role
    raise NotFound("There is no such project, or it is not shared with you.")


async def members(db: AsyncSession, project_id: str) -> list[Member]:
    """Read all who take part, by name."""
    query = select(MemberRow, UserRow).join(UserRow, UserRow.id == MemberRow.user_id)
    rows = await db.execute(query.where(MemberRow.project_id == project_id).order_by(UserRow.name, UserRow.id))
    return [Member(user.id, user.name, user.email, row.role) for row, user in rows]


async def set(db: AsyncSession, project_id: str, user_id: str, role: Role, now: datetime) -> None:
    """Let somebody take part, or change as what. Raises Conflict rather than leave a project without an owner."""
    rows = await _locked(db, project_id)
    waiting = role in ANSWERS and any(row.waiting for row in rows.values())
    if row := rows.get(user_id):
        _keep_an_owner(rows, user_id, role)
        row.role, row.waiting = role, waiting
        return
    active = max((row.active_at for row in rows.values()), default=now)
    db.add(MemberRow(project_id=project_id, user_id=user_id, role=role, waiting=waiting, active_at=active))


async def remove(db: AsyncSession, project_id: str, user_id: str) -> None:
    """Let somebody go. Raises Conflict for the last owner."""
    rows = await _locked(db, project_id)
    if user_id not in rows:
        raise NotFound("This person does not take part here.")
    _keep_an_owner(rows, user_id, None)
    await db.delete(rows[user_id])


def _keep_an_owner(rows: dict[str, MemberRow], user_id: str, role: Role | None) -> None:
    owners = {id for id, row in rows.items() if row.role is Role.OWNER}
    if role is not Role.OWNER and owners == {user_id}:
        raise Conflict("A project needs an owner, and this is the last one. Make somebody else an owner first.")


async def _locked(db: AsyncSession, project_id: str) -> dict[str, MemberRow]:
    query = select(MemberRow).where(MemberRow.project_id == project_id).order_by(MemberRow.user_id)
    rows = await db.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.user_id: row for row in rows}
