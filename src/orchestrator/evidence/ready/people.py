"""Has two people come into being in a running application and sign in, so that one can try what is the other's."""

import asyncio
import json
import re
import secrets
import string
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import made_up, routes, told
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.routes import Route

REGISTERS = re.compile(r"register|sign-?_?up|join|/(?:users|accounts|people|members)/?$", re.IGNORECASE)
SIGNS_IN = re.compile(r"log-?_?in|sign-?_?in|/(?:tokens?|sessions?|auth|authenticate)/?$|/token\b", re.IGNORECASE)
TOKEN = re.compile(
    r"^(?:access_?token|token|auth_?token|id_?token|jwt|bearer|session_?token|api_?key|key)$", re.IGNORECASE
)
NOBODY = (
    "We could not have two people sign in, so what one may do with the other’s things was not checked. "
    "Say in .orchestrator.toml, under [people], how people are made and sign in."
)
TRIES, LONGEST_WAIT_S, STREAM_S = 6, 3.0, 1.0
PACKED = {"content-encoding", "content-length", "transfer-encoding"}  # is not so any more once it was read
BY_HTTPS = apps.BY_HTTPS


@dataclass(slots=True)
class Person:
    """Somebody who is signed in. `answers` is all that this person was shown, by what was asked."""

    name: str
    email: str
    password: str
    client: httpx.AsyncClient
    ids: set[str] = field(default_factory=set)
    answers: list[tuple[str, str]] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and wait a little where it says that this was too much."""
        answer = await patient(self.client, method, path, **more)
        self._keep_cookies(answer)
        shown = "\n".join((answer.headers.get("location", ""), answer.text[: 1 << 20]))
        self.answers.append((f"{method} {path}", shown))
        return answer

    def _keep_cookies(self, answer: httpx.Response) -> None:
        """As a browser would that came over https: also those that are marked as secure."""
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].strip().partition("=")
            self.cookies[name] = value
            if re.search(r"csrf|xsrf", name, re.IGNORECASE):
                self.client.headers.update({"x-csrf-token": value, "x-csrftoken": value, "x-xsrf-token": value})
        if self.cookies:
            self.client.headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            self.client.cookies.clear()

    @property
    def named(self) -> frozenset[str]:
        """All by which a log may name this person."""
        return frozenset({self.name, self.email})


async def patient(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    for _ in range(TRIES):
        answer = await begun(client, method, path, **more)
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
        said = answer.headers.get("retry-after", "1")
        await asyncio.sleep(min(LONGEST_WAIT_S, float(said) if said.isdigit() else 1.0))
    return answer


async def begun(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    """Its answer, or the beginning of one that goes on for ever, such as a stream of events."""
    content = b""
    async with client.stream(method, path, **more) as answer:
        with suppress(TimeoutError):
            async with asyncio.timeout(STREAM_S if "event-stream" in answer.headers.get("content-type", "") else None):
                async for chunk in answer.aiter_bytes():
                    content += chunk
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in PACKED]
    return httpx.Response(answer.status_code, headers=headers, content=content, request=answer.request)


async def two(asked: Asked) -> tuple[Person, Person]:
    """Ana and Ben, with names and passwords of this moment. Raises NotPossible where they cannot be."""
    if "people" not in asked.known:
        try:
            asked.known["people"] = (await another(asked), await another(asked))
        except NotPossible as why:
            asked.known["people"] = why
    found = asked.known["people"]
    if isinstance(found, NotPossible):
        raise NotPossible(str(found))
    return found  # type: ignore[no-any-return]


async def anybody(asked: Asked) -> Person:
    """Ana, or a stranger where nobody can sign in."""
    try:
        return (await two(asked))[0]
    except NotPossible:
        return Person("", "", "", asked.client)


async def another(asked: Asked, *, admin: bool = False) -> Person:
    """Somebody new, who is signed in. Raises NotPossible where nobody can be."""
    name = made_up.mark()[:12]
    password = f"Q7!{''.join(secrets.choice(string.ascii_letters + string.digits) for _ in range(17))}"
    client = await asked.guests.enter_async_context(asked.app.client(headers=BY_HTTPS))
    person = Person(name, f"{name}@example.org", password, client)
    declared = told.told(asked.look.texts).people
    said = await _made(asked, person, declared.admin if admin else declared.make)
    if not await _signed_in(asked, person, said):
        raise NotPossible(NOBODY)
    return person


async def _made(asked: Asked, person: Person, command: tuple[str, ...]) -> httpx.Response | None:
    """The person is there now, if that was in our hands; what the application answered."""
    if command:
        ran = await run(asked, "people", command, person)
        if ran.ended.code != 0:
            raise NotPossible(f"The command that makes people, in .orchestrator.toml, fails: {ran.output[-200:]}")
        return None
    for route in routes.read(asked.document):
        if route.method == "POST" and "{" not in route.path and REGISTERS.search(route.path) and _asks(route):
            answer = await _handed(person, route)
            if answer.is_success or answer.is_redirect:
                _learn(person, answer, r"(?:^|[._])(?:user_?)?id$|uuid$|\.sub$")
                return answer
    return None


async def token_by_command(asked: Asked, person: Person) -> str:
    """What the declared command prints that lets this person in; nothing where it fails."""
    ran = await run(asked, "token", told.told(asked.look.texts).people.token, person)
    words = ran.output.split()
    return str(words[-1]) if ran.ended.code == 0 and words else ""


async def run(
    asked: Asked, name: str, command: tuple[str, ...], person: Person, more: Mapping[str, str] | None = None
) -> Any:
    """A declared command about this person, beside the application."""
    words = {"{name}": person.name, "{email}": person.email, "{password}": person.password, **(more or {})}
    interpreter = asked.known.get("interpreter")
    return await asked.app.run(name, apps.own(command, interpreter), words)


def _asks(route: Route) -> bool:
    """Whether it wants a password."""
    wanted = {**(route.body or {}).get("properties", {}), **(route.form or {}).get("properties", {})}
    return any(made_up.PASSWORD.search(name) for name in wanted)


async def _handed(person: Person, route: Route) -> httpx.Response:
    """The name and the password, in the shape that this address wants."""
    schema = route.body or route.form or {}
    known = {"grant_type": "password"}
    given = made_up.person(schema, person.name, person.email, person.password, known)
    if route.body is not None:
        return await person.ask(route.method, route.path, json=given)
    return await person.ask(route.method, route.path, data={**given, "grant_type": "password"})


async def _signed_in(asked: Asked, person: Person, said: httpx.Response | None) -> bool:
    declared = told.told(asked.look.texts).people
    if declared.token:
        token = await token_by_command(asked, person)
        return bool(token) and _carries(person, token)
    if await _by_password(asked, person, declared.sign_in):
        return True
    if said is not None and (_kept(person, said)):
        return True
    schemes = (asked.document.get("components") or {}).get("securitySchemes") or {}
    if any(isinstance(one, dict) and str(one.get("scheme", "")).lower() == "basic" for one in schemes.values()):
        person.client.auth = httpx.BasicAuth(person.name, person.password)
        return True
    return False


async def _by_password(asked: Asked, person: Person, place: str) -> bool:
    """By the address that is declared, or by those that look like it."""
    known = routes.read(asked.document)
    found = [one for one in known if one.method == "POST" and one.path == place]
    found += [Route("POST", place, body=_PLAIN), Route("POST", place, form=_PLAIN)] if place and not found else []
    found += [Route("POST", url, form=_PLAIN) for url in _token_urls(asked.document)]
    found += [one for one in known if one.method == "POST" and SIGNS_IN.search(one.path) and _asks(one)]
    for route in found:
        answer = await _handed(person, route)
        if (answer.is_success or answer.is_redirect) and _kept(person, answer):
            _learn(person, answer, r"user_?id$|\.user\.id$|\.sub$")
            asked.known["sign-in"] = route
            return True
    return False


_TEXT = {"type": "string"}
_PLAIN: Mapping[str, Any] = {"type": "object", "properties": {"username": _TEXT, "password": _TEXT}}


def _token_urls(document: Mapping[str, Any]) -> list[str]:
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    flows = [one.get("flows") or {} for one in schemes.values() if isinstance(one, dict)]
    urls = [str((flow.get("password") or {}).get("tokenUrl") or "") for flow in flows if isinstance(flow, dict)]
    return [f"/{url.lstrip('./')}" for url in urls if url and "://" not in url]


def _kept(person: Person, answer: httpx.Response) -> bool:
    """Whether the answer gave something that lets this person in; from now on it goes along."""
    if token := token_in(answer):
        return _carries(person, token)
    return bool(answer.headers.get_list("set-cookie"))


def _carries(person: Person, token: str) -> bool:
    person.client.headers["authorization"] = f"Bearer {token}"
    return True


def token_in(answer: httpx.Response) -> str:
    """The token in an answer, wherever it stands."""
    for path, value in made_up.leaves(said_in(answer)):
        if isinstance(value, str) and len(value) >= 8 and TOKEN.match(path.rpartition(".")[2]):  # noqa: PLR2004
            return value
    return ""


def said_in(answer: httpx.Response) -> Any:
    """The JSON of an answer; None where there is none."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _learn(person: Person, answer: httpx.Response, where: str) -> None:
    """Ids by which the application knows this person, from where it tells them."""
    for path, value in made_up.leaves(said_in(answer)):
        if re.search(where, path, re.IGNORECASE) and value not in (None, ""):
            person.ids.add(json.dumps(value).strip('"'))
