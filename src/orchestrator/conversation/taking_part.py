"""Who takes part in a project, and in which role."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.domain import policy
from orchestrator.domain.command import Actor, SetMember
from orchestrator.errors import NotUnderstood
from orchestrator.store import events, members, people
from orchestrator.store.people import User
from orchestrator.store.tables import ProjectRow


async def let(db: AsyncSession, row: ProjectRow, command: SetMember, actor: Actor) -> User:
    """Let somebody take part, or change what they may do. Who has no account yet gets one, without a password."""
    if command.role not in set(policy.Role):
        raise NotUnderstood(f"There is no role called “{command.role[:40]}”.", field="role")
    user = await _user(db, command, actor)
    await members.set(db, row.id, user.id, policy.Role(command.role), clock.now())
    events.append(db, row, actor, "member.set", user=user.id, name=user.name, role=command.role)
    return user


async def end(db: AsyncSession, row: ProjectRow, user_id: str, actor: Actor) -> None:
    """Let somebody take part no longer."""
    user = await people.get(db, user_id)
    await members.remove(db, row.id, user_id)
    events.append(db, row, actor, "member.removed", user=user.id, name=user.name)


async def _user(db: AsyncSession, command: SetMember, actor: Actor) -> User:
    if command.user_id:
        return await people.get(db, command.user_id)
    email = command.email.strip().lower()
    if known := await people.by_email(db, email):
        return known
    return await people.create(db, actor, email, email.partition("@")[0], clock.now())
