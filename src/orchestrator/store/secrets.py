"""Settings that are secret and set by a person: encrypted in the row, each bound to its name."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.errors import NotFound, NotPossible
from orchestrator.store import events
from orchestrator.store.tables import SecretRow
from orchestrator.vault import Vault


async def set(db: AsyncSession, vault: Vault, by: Actor, name: str, value: str, now: datetime) -> None:
    """Keep a value under a name, in place of the one before."""
    stream = await events.installation(db)
    await db.merge(SecretRow(name=name, value=_sealed(vault, name, value), set_at=now, set_by=by.user_id))
    events.append(db, stream, by, "secret.set", name=name)


async def get(db: AsyncSession, vault: Vault, name: str) -> str | None:
    row = await db.get(SecretRow, name)
    return _opened(vault, row) if row else None


async def all(db: AsyncSession, vault: Vault) -> dict[str, str]:
    """Read every stored value by its name."""
    return {row.name: _opened(vault, row) for row in await db.scalars(select(SecretRow))}


async def remove(db: AsyncSession, by: Actor, name: str) -> None:
    stream = await events.installation(db)
    if (row := await db.get(SecretRow, name)) is None:
        raise NotFound(f"There is nothing stored under {name}.")
    await db.delete(row)
    events.append(db, stream, by, "secret.set", name=name, removed=True)


async def names(db: AsyncSession) -> list[str]:
    return list(await db.scalars(select(SecretRow.name).order_by(SecretRow.name)))


async def rotate(db: AsyncSession, vault: Vault, by: Actor = ORCHESTRATOR) -> int:
    """Encrypt everything anew with the first key of the vault; returns how many there were."""
    stream = await events.installation(db)
    rows = list(await db.scalars(select(SecretRow).with_for_update()))
    for row in rows:
        row.value = _sealed(vault, row.name, _opened(vault, row))
    events.append(db, stream, by, "secret.rotated", count=len(rows))
    return len(rows)


def _sealed(vault: Vault, name: str, value: str) -> bytes:
    return vault.seal(json.dumps([name, value]).encode())


def _opened(vault: Vault, row: SecretRow) -> str:
    name, value = json.loads(vault.open(row.value))
    if name != row.name:  # somebody moved the bytes from one row to another
        raise NotPossible(f"The secret stored as {row.name} is another one. Please set it again.")
    return str(value)
