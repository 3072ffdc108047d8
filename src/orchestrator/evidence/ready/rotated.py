"""Whether a key can be replaced in use: a second one is made, the first taken away, and the second never fails."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from orchestrator.evidence.ready import made_up, people, routes, things, told
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, failed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.words import counted

KEYS = re.compile(r"/(?:access-?_?|api-?_?|personal-?_?access-?_?)?(?:tokens?|keys?)/?$", re.IGNORECASE)
REFUSED = frozenset({401, 403})
OFTEN = 30
NO_KEYS = (
    "It has no address, and .orchestrator.toml names no commands, "
    "by which somebody could make a second key and take the first away."
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and where it is taken away."""

    token: str
    taken: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a key is made, and one is taken away: at addresses, or by commands."""

    name: str
    make: Callable[[], Awaitable[Key | None]]
    take: Callable[[Key], Awaitable[object]]


async def rotated(asked: Asked) -> Found:
    ana, _ = await people.two(asked)
    way = _by_address(asked, ana) or _by_command(asked, ana)
    guarded = await _guarded(asked)
    if way is None or not guarded:
        said = NO_KEYS if way is None else "No address asks for a key, so nothing could be tried."
        return unchecked(said, asked.seen("which addresses make keys"))
    first, second = await way.make(), await way.make()
    if first is None or second is None or first.token == second.token:
        return failed(f"{way.name} does not make a second key.", asked.seen(f"{way.name}, twice"))
    before = [await _used(asked, one, guarded) for one in (first, second)]
    if REFUSED & set(before):
        return failed("Two keys of one person do not work at the same time.", asked.seen(f"both keys: {before}"))
    refused = await _while_taken(asked, way, first, second, guarded)
    after = await _used(asked, first, guarded)
    said = f"the second key, {OFTEN} times meanwhile: {refused} refused; the first afterwards: {after}"
    evidence = asked.seen(f"{way.name}, twice, and the first one taken away", said=said)
    if refused:
        return failed(f"While one key was taken away, the other was refused {counted(refused, 'time')}.", evidence)
    if after not in REFUSED:
        return failed(f"A key that was taken away still works ({after}).", evidence)
    return proven(
        f"A second key was made, the first taken away, and {OFTEN} requests meanwhile went through.", evidence
    )


def _makes(route: Route) -> bool:
    return (
        route.method == "POST" and bool(KEYS.search(route.path)) and "{" not in route.path and not _asks_password(route)
    )


def _asks_password(route: Route) -> bool:
    wanted = {**(route.body or {}).get("properties", {}), **(route.form or {}).get("properties", {})}
    return any(made_up.PASSWORD.search(name) for name in wanted)


def _by_address(asked: Asked, ana: Person) -> Way | None:
    route = next((one for one in routes.read(asked.document) if _makes(one)), None)
    if route is None:
        return None

    async def take(key: Key) -> None:
        await ana.ask("DELETE", key.taken)

    return Way(route.name, lambda: _made(asked, ana, route), take)


def _by_command(asked: Asked, ana: Person) -> Way | None:
    declared = told.told(asked.look.texts).people
    if not declared.token or not declared.revoke:
        return None

    async def make() -> Key | None:
        token = await people.token_by_command(asked, ana)
        return Key(token, "the command that revokes it") if token else None

    async def take(key: Key) -> None:
        await people.run(asked, "revoke", declared.revoke, ana, {"{token}": key.token})

    return Way("The command that makes keys", make, take)


async def _made(asked: Asked, ana: Person, route: Route) -> Key | None:
    answer = await ana.ask("POST", route.path, **things.handed(route, made_up.mark()))
    token = people.token_in(answer) if answer.is_success else ""
    below = f"{route.path.rstrip('/')}/{{"
    taken = next(
        (one for one in routes.read(asked.document) if one.method == "DELETE" and one.path.startswith(below)), None
    )
    id = things.id_of(answer, route)
    return Key(token, taken.at(id)) if token and taken and id else None


async def _guarded(asked: Asked) -> str:
    """An address that strangers are refused at, and Ana is not."""
    ana, _ = await people.two(asked)
    for path in things.readable(asked):
        stranger = await people.patient(asked.client, "GET", path)
        if stranger.status_code in REFUSED and (await ana.ask("GET", path)).is_success:
            return path
    return ""


async def _used(asked: Asked, key: Key, path: str) -> int:
    async with asked.app.client(headers={**people.BY_HTTPS, "authorization": f"Bearer {key.token}"}) as client:
        return (await people.patient(client, "GET", path)).status_code


async def _while_taken(asked: Asked, way: Way, first: Key, second: Key, path: str) -> int:
    """How often the second is refused while the first is taken away."""
    using = [_used(asked, second, path) for _ in range(OFTEN)]
    codes, _ = await asyncio.gather(asyncio.gather(*using), way.take(first))
    return sum(code in REFUSED or code >= httpx.codes.INTERNAL_SERVER_ERROR for code in codes)
