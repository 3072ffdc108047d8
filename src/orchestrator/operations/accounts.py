"""People, their links, and keys (tokens) for programs."""

import os
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from orchestrator import clock
from orchestrator.errors import NotFound, NotPossible
from orchestrator.operations.place import OPERATOR, Place
from orchestrator.store import links, people, tokens
from orchestrator.store.people import User

TERMINAL = "terminal"
SHOWN = ("id", "email", "name", "owner", "created_at", "disabled_at")
WEEK = timedelta(days=7)


async def all(here: Place) -> list[dict[str, Any]]:
    return [{key: getattr(user, key) for key in SHOWN} for user in await here.read(people.all)]


async def add(here: Place, email: str, name: str, *, owner: bool) -> dict[str, str]:
    """Make an account and the link by which its person chooses a password."""
    now = clock.now()
    user = await here.tx(people.create, OPERATOR, email, name, now, owner=owner)
    key = await here.tx(links.create, OPERATOR, links.SETUP, user.id, now, WEEK)
    return {"id": user.id, "email": user.email, "link": f"{here.settings.address}/setup?key={key}"}


async def link(here: Place, email: str) -> dict[str, str]:
    """Make a link that signs somebody in, or lets them choose a password if they have none."""
    user = await _user(here, email)
    if user.disabled_at:
        raise NotPossible(f"{user.email} is shut out. First: orchestrator user enable {user.email}")
    purpose, where = (links.SIGN_IN, "sign-in") if user.password else (links.SETUP, "setup")
    key = await here.tx(links.create, OPERATOR, purpose, user.id, clock.now())
    return {"email": user.email, "link": f"{here.settings.address}/{where}?key={key}"}


async def disable(here: Place, email: str) -> None:
    await here.tx(people.disable, OPERATOR, (await _user(here, email)).id, clock.now())


async def enable(here: Place, email: str) -> None:
    await here.tx(people.enable, OPERATOR, (await _user(here, email)).id)


async def _user(here: Place, email: str) -> User:
    if user := await here.read(people.by_email, email):
        return user
    raise NotFound(f"Nobody here has the email {email}.")


async def _owner(here: Place) -> User:
    """The first owner, for whom this machine's terminal speaks."""
    owners = [user for user in await here.read(people.all) if user.owner and not user.disabled_at]
    if owners:
        return min(owners, key=lambda user: user.created_at)
    raise NotPossible("There is no account yet. Start the server and open the link that it prints.")


async def token_create(here: Place, name: str, email: str, days: int) -> dict[str, Any]:
    """Make a key that ends after so many days; 0: never."""
    user = await _user(here, email) if email else await _owner(here)
    lifetime = timedelta(days=days) if days else None
    fresh = await here.tx(tokens.create, OPERATOR, user.id, name, clock.now(), lifetime)
    return _fresh(fresh)


async def token_list(here: Place) -> list[dict[str, Any]]:
    now = clock.now()
    emails = {user.id: user.email for user in await here.read(people.all)}
    found = await here.read(tokens.all)
    return [asdict(token) | {"user": emails[token.user_id], "works": token.works(now)} for token in found]


async def token_rotate(here: Place, id: str, hours: int) -> dict[str, Any]:
    fresh = await here.tx(tokens.rotate, OPERATOR, id, clock.now(), timedelta(hours=hours))
    return _fresh(fresh) | {"old_ends_in_hours": hours}


async def token_revoke(here: Place, id: str) -> None:
    await here.tx(tokens.revoke, OPERATOR, id, clock.now())


def _fresh(fresh: tokens.Fresh) -> dict[str, Any]:
    made = fresh.token
    return {"id": made.id, "name": made.name, "token": fresh.raw, "expires_at": made.expires_at}


async def key_of_terminal(here: Place) -> str:
    """The key of the command line: a stored one, or one of this machine for the first owner, made once."""
    if here.settings.token:
        return here.settings.token.get_secret_value()
    file = here.data / "terminal.key"
    raw = file.read_text().strip() if file.exists() else ""
    known = await here.read(tokens.by_raw, raw, clock.now()) if raw else None
    if known:
        return raw
    fresh = await here.tx(tokens.create, OPERATOR, (await _owner(here)).id, TERMINAL, clock.now(), None)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as out:
        out.write(f"{fresh.raw}\n")
    return fresh.raw
