"""People of this installation. Functions take a session, write what matters into the audit log, and never commit."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Bundle

from orchestrator import clock
from orchestrator.domain.command import Actor
from orchestrator.errors import Conflict, NotFound, NotUnderstood
from orchestrator.store import events
from orchestrator.store.tables import SessionRow, UserRow

THEMES: Final = ("", "light", "dark")  # empty: as the device has it
LONGEST_NAME: Final = 100
EMAIL: Final = re.compile(r"[^\s@\x00-\x20\ud800-\udfff]{1,64}@[^\s@\x00-\x20\ud800-\udfff]{1,180}")
IS_OWNER: Final[ColumnElement[bool]] = UserRow.owner & UserRow.disabled_at.is_(None)


@dataclass(frozen=True, slots=True)
class User:
    id: str
    email: str
    name: str
    owner: bool  # of the installation
    theme: str
    whole_answers: bool
    zone: str
    created_at: datetime
    disabled_at: datetime | None
    password: str | None = field(repr=False)  # its hash

    def acts(self, channel: str = "web") -> Actor:
        return Actor(self.id, self.name, channel)


async def create_first(db: AsyncSession, email: str, name: str, password: str, now: datetime) -> User:
    """Make the owner of a new installation. Raises Conflict once there is one."""
    stream = await events.installation(db)
    if await db.scalar(select(func.count()).select_from(UserRow).where(IS_OWNER)):
        raise Conflict("This installation has an owner already. Please sign in.")
    user = _new(db, await _free(db, email), name, owner=True, password=password, now=now)
    events.append(db, stream, user.acts(), "user.created", user=user.id, owner=True)
    return user


async def create(
    db: AsyncSession,
    by: Actor,
    email: str,
    name: str,
    now: datetime,
    *,
    owner: bool = False,
    password: str | None = None,
) -> User:
    """Add somebody. Without a password they come in by a link. Raises Conflict where the email is known."""
    stream = await events.installation(db)
    user = _new(db, await _free(db, email), name, owner=owner, password=password, now=now)
    events.append(db, stream, by, "user.created", user=user.id, owner=owner)
    return user


async def settle(db: AsyncSession, user_id: str, email: str, name: str, password: str) -> User:
    """Let somebody who was added by others choose their own email, name and password."""
    stream = await events.installation(db)
    row = await _row(db, user_id)
    if address(email) != row.email:
        row.email = await _free(db, email)
    row.name, row.password = called(name), password
    events.append(db, stream, of(row).acts(), "password.changed", user=user_id)
    return of(row)


async def get(db: AsyncSession, user_id: str) -> User:
    return of(await _row(db, user_id))


async def by_email(db: AsyncSession, email: str) -> User | None:
    if not EMAIL.fullmatch(email.strip()):
        return None  # what cannot be an address is not asked of the database
    row = await db.scalar(select(UserRow).where(UserRow.email == email.strip().lower()))
    return of(row) if row else None


async def all(db: AsyncSession) -> list[User]:
    """Read everybody, by name."""
    return [of(row) for row in await db.scalars(select(UserRow).order_by(UserRow.name, UserRow.id))]


async def set_password(db: AsyncSession, by: Actor, user_id: str, password: str, keep: str = "") -> None:
    """Change it and end all sessions but the one whose hash is `keep`."""
    stream = await events.installation(db)
    row = await _row(db, user_id)
    row.password = password
    await db.execute(delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.hash != keep))
    events.append(db, stream, by, "password.changed", user=user_id)


async def rehash(db: AsyncSession, user_id: str, password: str) -> None:
    """Keep the same password under newer parameters."""
    (await _row(db, user_id)).password = password


async def rename(db: AsyncSession, user_id: str, name: str) -> None:
    (await _row(db, user_id)).name = called(name)


async def set_look(db: AsyncSession, user_id: str, theme: str, whole_answers: bool, zone: str) -> None:
    if theme not in THEMES:
        raise NotUnderstood("The look can be light, dark, or as the device has it.")
    if zone and not _known(zone):
        raise NotUnderstood("We do not know this time zone. It should look like Europe/Berlin.")
    row = await _row(db, user_id)
    row.theme, row.whole_answers, row.zone = theme, whole_answers, zone


async def set_zone(db: AsyncSession, user_id: str, zone: str) -> None:
    """Keep in which zone somebody is. One that we do not know changes nothing."""
    if zone and _known(zone):
        (await _row(db, user_id)).zone = zone


async def disable(db: AsyncSession, by: Actor, user_id: str, now: datetime) -> None:
    """Shut somebody out at once: their sessions end, their keys stop working. What they did stays."""
    stream = await events.installation(db)
    row = await _row(db, user_id)
    if row.owner and not await db.scalar(
        select(func.count()).select_from(UserRow).where(IS_OWNER, UserRow.id != row.id)
    ):
        raise Conflict("Somebody has to own this installation. Make another person an owner first.")
    row.disabled_at = row.disabled_at or now
    await db.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    events.append(db, stream, by, "user.changed", user=user_id, disabled=True)


async def enable(db: AsyncSession, by: Actor, user_id: str) -> None:
    stream = await events.installation(db)
    (await _row(db, user_id)).disabled_at = None
    events.append(db, stream, by, "user.changed", user=user_id, disabled=False)


def address(email: str) -> str:
    """Read an email address as it is stored. Raises NotUnderstood where it cannot be one."""
    if not EMAIL.fullmatch(plain := email.strip().lower()):
        raise NotUnderstood("Please check the email address: it should look like name@example.org.")
    return plain


def called(name: str) -> str:
    """Read a name as it is stored. Raises NotUnderstood where there is nothing to call somebody by."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not plain:
        raise NotUnderstood("Please tell us your name.")
    if len(plain) > LONGEST_NAME:
        raise NotUnderstood(f"That name is too long: please use at most {LONGEST_NAME} characters.")
    return plain


def _new(db: AsyncSession, email: str, name: str, *, owner: bool, password: str | None, now: datetime) -> User:
    row = UserRow(
        id=clock.new_id(),
        email=email,
        name=called(name),
        owner=owner,
        password=password,
        theme="",
        whole_answers=False,
        zone="",
        created_at=now,
        disabled_at=None,
    )
    db.add(row)
    return of(row)


async def _free(db: AsyncSession, email: str) -> str:
    """Read an address that nobody has. The caller holds the installation, so nobody takes it meanwhile."""
    if await by_email(db, plain := address(email)):
        raise Conflict("Somebody with this email is here already.")
    return plain


async def _row(db: AsyncSession, user_id: str) -> UserRow:
    if row := await db.get(UserRow, user_id):
        return row
    raise NotFound("There is no such person here.")


def of(row: UserRow | Row[Any]) -> User:
    return User(**{name: getattr(row, name) for name in User.__slots__})


# What a person is made of, for statements that run at every request: whole rows would be followed for changes.
PARTS: Final[Bundle[Any]] = Bundle("user", *(getattr(UserRow, name) for name in User.__slots__))


def _known(zone: str) -> bool:
    try:
        return bool(ZoneInfo(zone))
    except (ValueError, OSError, LookupError):
        return False
