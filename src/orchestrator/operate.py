"""What an operator does on the database directly, whether or not a server runs: each as one transaction."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, vault
from orchestrator.contain.boundary import boundary
from orchestrator.domain.command import Actor
from orchestrator.errors import NotFound, NotPossible
from orchestrator.settings import Settings, read
from orchestrator.store import engine, events, links, migrate, people, secrets, tokens
from orchestrator.store.engine import Database, Sessions
from orchestrator.vault import Vault

R = TypeVar("R")
OPERATOR = Actor("orchestrator", "Operator", "terminal")
TERMINAL = "terminal"
ROOM_MB = 500
GIT = (2, 38)


@dataclass(frozen=True, slots=True)
class Place:
    """An installation as its operator has it at hand."""

    settings: Settings
    database: Database
    writes: Sessions
    vault: Vault

    async def tx(self, fn: Callable[..., Awaitable[R]], *args: Any, **more: Any) -> R:
        async with self.writes() as db, db.begin():
            return await fn(db, *args, **more)


@asynccontextmanager
async def place(*, migrated: bool = True) -> AsyncIterator[Place]:
    """Open the installation that the settings name."""
    settings = read()
    data = settings.data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = vault.load(data)
    database = engine.connect(settings.database_url, data)
    try:
        if migrated:
            await migrate.upgrade(database)
        yield Place(settings, database, engine.writing(database, lambda _id: None, seal=keys.derive("audit")), keys)
    finally:
        await database.dispose()


def run(do: Callable[[Place], Awaitable[R]], *, migrated: bool = True) -> R:
    async def inside() -> R:
        async with place(migrated=migrated) as here:
            return await do(here)

    return asyncio.run(inside())


async def upgrade(here: Place, to: str) -> str:
    await migrate.upgrade(here.database, to)
    return await migrate.current(here.database) or "empty"


async def downgrade(here: Place, to: str) -> str:
    await migrate.downgrade(here.database, to)
    return await migrate.current(here.database) or "empty"


async def current(here: Place) -> str:
    return await migrate.current(here.database) or "empty"


async def user_list(here: Place) -> list[dict[str, Any]]:
    shown = ("id", "email", "name", "owner", "created_at", "disabled_at")
    return [{key: getattr(user, key) for key in shown} for user in await here.tx(people.all)]


async def user_add(here: Place, email: str, name: str, *, owner: bool) -> dict[str, str]:
    """Make an account and the link by which its person chooses a password."""
    now = clock.now()
    user = await here.tx(people.create, OPERATOR, email, name, now, owner=owner)
    key = await here.tx(links.create, OPERATOR, links.SETUP, user.id, now, timedelta(days=7))
    return {"id": user.id, "email": user.email, "link": f"{here.settings.address}/setup?key={key}"}


async def user_link(here: Place, email: str) -> dict[str, str]:
    """Make a link that signs somebody in, or lets them choose a password if they have none."""
    user = await _user(here, email)
    purpose, where = (links.SIGN_IN, "sign-in") if user.password else (links.SETUP, "setup")
    key = await here.tx(links.create, OPERATOR, purpose, user.id, clock.now())
    return {"email": user.email, "link": f"{here.settings.address}/{where}?key={key}"}


async def user_disable(here: Place, email: str, *, enable: bool = False) -> None:
    user = await _user(here, email)
    if enable:
        await here.tx(people.enable, OPERATOR, user.id)
    else:
        await here.tx(people.disable, OPERATOR, user.id, clock.now())


async def _user(here: Place, email: str) -> people.User:
    if user := await here.tx(people.by_email, email):
        return user
    raise NotFound(f"Nobody here has the email {email}.")


async def _owner(here: Place) -> people.User:
    owners = [user for user in await here.tx(people.all) if user.owner and not user.disabled_at]
    if owners:
        return min(owners, key=lambda user: user.created_at)
    raise NotPossible("There is no account yet. Start the server once and open the link that it prints.")


async def token_create(here: Place, name: str, email: str, days: int | None) -> dict[str, Any]:
    user = await _user(here, email) if email else await _owner(here)
    lifetime = timedelta(days=days) if days else None
    fresh = await here.tx(tokens.create, OPERATOR, user.id, name, clock.now(), lifetime)
    return {"id": fresh.token.id, "name": name, "token": fresh.raw, "expires_at": fresh.token.expires_at}


async def token_list(here: Place) -> list[dict[str, Any]]:
    now = clock.now()
    return [asdict(token) | {"works": token.works(now)} for token in await here.tx(tokens.all)]


async def token_rotate(here: Place, id: str, hours: int) -> dict[str, Any]:
    fresh = await here.tx(tokens.rotate, OPERATOR, id, clock.now(), timedelta(hours=hours))
    return {"id": fresh.token.id, "token": fresh.raw, "old_ends_in_hours": hours}


async def token_revoke(here: Place, id: str) -> None:
    await here.tx(tokens.revoke, OPERATOR, id, clock.now())


async def secret_set(here: Place, name: str, value: str) -> None:
    await here.tx(secrets.set, here.vault, OPERATOR, name, value, clock.now())


async def secret_remove(here: Place, name: str) -> None:
    await here.tx(secrets.remove, OPERATOR, name)


async def secret_names(here: Place) -> list[str]:
    return await here.tx(secrets.names)


async def verify(here: Place) -> list[dict[str, Any]]:
    """Every place at which the audit log does not hold."""

    async def look(db: AsyncSession) -> list[dict[str, Any]]:
        return [asdict(broken) async for broken in events.verify(db, here.vault.derive("audit"))]

    return await here.tx(look)


async def key_of_terminal(here: Place) -> str:
    """The API key with which this machine's terminal speaks for the first owner; made once, kept beside the data."""
    file = here.settings.data_dir.resolve() / "terminal.key"
    if file.exists():
        raw = file.read_text().strip()
        if await here.tx(tokens.by_raw, raw, clock.now()):
            return raw
    fresh = await here.tx(tokens.create, OPERATOR, (await _owner(here)).id, TERMINAL, clock.now(), None)
    file.touch(mode=0o600)
    file.write_text(f"{fresh.raw}\n")
    return fresh.raw


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a working installation needs."""

    what: str
    ok: bool
    says: str


async def doctor(here: Place) -> list[Finding]:
    """Look at everything that work needs, with the next step where something is missing."""
    return [_git(), _disk(here), await _database(here), await _accounts(here), _space()]


def _git() -> Finding:
    found = shutil.which("git")
    if not found:
        return Finding("git", ok=False, says="git is not installed. Install it with your system’s package manager.")
    text = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    version = tuple(int(part) for part in text.split()[2].split(".")[:2])
    ok = version >= GIT
    return Finding("git", ok, f"{text.strip()}." if ok else f"{text.strip()} is too old; 2.38 or newer is needed.")


def _disk(here: Place) -> Finding:
    free = shutil.disk_usage(here.settings.data_dir.resolve()).free // 2**20
    return Finding("disk", free > ROOM_MB, f"{free:,} MB are free where the data lives.")


async def _database(here: Place) -> Finding:
    found = await migrate.current(here.database)
    if found == migrate.HEAD:
        return Finding("database", ok=True, says=f"{here.database.url.get_backend_name()} answers, in form {found}.")
    return Finding("database", ok=False, says=f"It has form {found}, not {migrate.HEAD}. Run: orchestrator db upgrade")


async def _accounts(here: Place) -> Finding:
    count = len(await here.tx(people.all))
    says = (
        f"{count} {'account' if count == 1 else 'accounts'}."
        if count
        else "Nobody yet. Start the server and open the link that it prints."
    )
    return Finding("accounts", count > 0, says)


def _space() -> Finding:
    found = boundary()
    return Finding("builders", found.namespaces, found.sentence)
