"""Whether webhooks are let in only where they are signed: asked with a secret of ours set, and once more without one.

What is refused counts only where a rightly signed call is let in.
"""

import json
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import product

import httpx

from orchestrator import clock
from orchestrator.domain.ready.report import Evidence
from orchestrator.errors import NotPossible
from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.ready import addresses, asked, asks, made_up, people, routes, told, variables
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready.app import App
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.signatures import KNOWN, Way, ways
from orchestrator.evidence.words import counted, listed

HOOK = re.compile(r"hook|callback|/ipn\b", re.IGNORECASE)
SPEAKS = re.compile(r"web_?-?hook|x-hub-signature|stripe-signature|x-slack-signature|bot-api-secret", re.IGNORECASE)
CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".rb", ".go", ".php", ".java")
PAPERS = (".md", ".rst", ".lock")
REFUSED = frozenset({401, 403})
UNFIT = frozenset({400, 422})  # a refusal as well, where a signed call is not answered so
NO_HOOKS = "Nothing calls it by webhooks."
ELSEWHERE, HERE = "203.0.113.7", "127.0.0.1"
LISTS = ("{}", '["{}"]', "{}/32", '["{}/32"]')


@dataclass(slots=True)
class Hooks:
    """What is known about the webhooks of a save point, and what came of asking."""

    look: Look
    start: apps.Start
    texts: tuple[str, ...]
    told: told.Hooks
    names: tuple[str, ...]
    guesses: tuple[str, ...]  # what stands in the repository for a secret
    found: dict[str, Route] = field(default_factory=dict)  # where webhooks come in
    opened: list["Hook"] = field(default_factory=list)
    wrong: str = ""  # what is let in that must not be
    diary: list[str] = field(default_factory=list)

    def given(self, value: str | None = None, **more: str) -> apps.Start:
        """Started with this secret, or with one of our own for each variable."""
        values = {name: secrets.token_hex(20) if value is None else value for name in self.names}
        return replace(self.start, env={**self.start.env, **values, **more})


@dataclass(frozen=True, slots=True)
class Hook:
    """An address, what is sent there, and how a call is signed so that it is let in; `code` is its answer then."""

    path: str
    body: bytes
    way: Way
    name: str  # of the variable
    code: int


async def examined(look: Look) -> dict[str, Found]:
    """S6 and S11. Raises NotPossible where it cannot be started."""
    interpreter = await look.once("interpreter", apps.interpreter_of)
    texts = tuple(text for path, text in look.texts.items() if path.endswith(CODE) and not beside_tests(path))
    declared = told.told(look.texts).hooks
    start = await apps.how(look, interpreter)
    names = variables.secrets_in(texts, declared.secrets)
    settings = [text for path, text in look.texts.items() if not beside_tests(path) and not path.endswith(PAPERS)]
    hooks = Hooks(look, start, texts, declared, names, variables.defaults(settings, names))
    await _called(hooks)
    allowed = await _allowed(hooks) if "S11" in look.wanted else unchecked("Nobody asked.")
    return {"S6": await _signed(hooks), "S11": allowed}


@asynccontextmanager
async def _begun(hooks: Hooks, start: apps.Start) -> AsyncIterator[tuple[App, httpx.AsyncClient]]:
    hooks.look.place.say("Starting the application for its webhooks")
    async with apps.running(hooks.look.place, start) as app, app.client(headers=people.BY_HTTPS) as client:
        yield app, client


async def _called(hooks: Hooks) -> None:
    """Find its webhooks, how they are let in, and what else they let in, with secrets of ours set."""
    start = hooks.given()
    async with _begun(hooks, start) as (_, client):
        hooks.found = await _places(hooks, client)
        for path in hooks.found:
            hooks.wrong = hooks.wrong or await _lets_anybody_in(hooks, client, path)
        for path in hooks.found if not hooks.wrong else ():
            if hook := await _opened(hooks, client, start.env, path):
                hooks.opened.append(hook)
                hooks.wrong = hooks.wrong or await _let_in_wrongly(hooks, client, hook, start.env[hook.name])


async def _signed(hooks: Hooks) -> Found:
    """Let in signed, refused in every other way, and refused where no secret is set."""
    if nothing := _unknown(hooks):
        return nothing
    for env, words in ((hooks.given(""), "empty"), (hooks.start, "not set")):
        if why := await _open_without(hooks, env, hooks.opened, words):
            return failed(why, _evidence(hooks))
    used = listed(sorted({one.way.name for one in hooks.opened}))
    said = f"{counted(len(hooks.opened), 'webhook')} let in only who signs ({used}), and nobody where no secret is set."
    return proven(said, _evidence(hooks))


def _unknown(hooks: Hooks) -> Found | None:
    """The answer where there is none, where one is open, or where we never got in ourselves."""
    if not hooks.found:
        return _without(hooks)
    if hooks.wrong:
        return failed(hooks.wrong, _evidence(hooks))
    if not hooks.names:
        return unchecked("Which variable holds the secret of its webhooks could not be found.", _evidence(hooks))
    if missing := sorted(set(hooks.found) - {one.path for one in hooks.opened}):
        said = f"How calls to {listed(missing)} are signed could not be found, so refusing them says nothing."
        return unchecked(said, _evidence(hooks))
    return None


async def _places(hooks: Hooks, client: httpx.AsyncClient) -> dict[str, Route]:
    """Every address for webhooks: by its own document, by its code, or because it is declared."""
    document = await asks.document(client)
    known = [one for one in routes.read(document) if one.method == "POST" and HOOK.search(f"{one.path} {one.words}")]
    found = {one.at(): one for one in known}
    written = [one for one in addresses.of(hooks.look.texts) if HOOK.search(one.path) and one.method == "POST"]
    for path in (*(addresses.PARAMETER.sub("1", one.path) for one in written), *hooks.told.addresses):
        if not any(known.endswith(path) for known in found):
            found[path] = Route("POST", path)
    return found


def _without(hooks: Hooks) -> Found:
    code = {path: text for path, text in hooks.look.texts.items() if path.endswith(CODE) and not beside_tests(path)}
    speaking = [path for path, text in code.items() if SPEAKS.search(text)]
    if speaking:
        return unchecked(f"Webhooks are spoken of in {listed(speaking)}, but not at which address they come in.")
    if hooks.look.stack.unknown:
        return unchecked(hooks.look.stack.unknown)
    return not_needed(NO_HOOKS, hooks.look.read(sorted(hooks.look.tree)[:200]))


def _body(route: Route) -> bytes:
    made = made_up.body(route.body, made_up.mark()) if route.body else {}
    given = {"id": f"evt_{secrets.token_hex(4)}", "type": "ping", "update_id": 1, **(made or {})}
    return json.dumps(given if isinstance(made, dict) else made).encode()


async def _sent(client: httpx.AsyncClient, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    given = {"content-type": "application/json", **headers}
    return (await people.patient(client, "POST", path, content=body, headers=given)).status_code


async def _lets_anybody_in(hooks: Hooks, client: httpx.AsyncClient, path: str) -> str:
    code = await _sent(client, path, b'{"type": "ping"}', {})
    hooks.diary.append(f"POST {path} unsigned → {code}")
    return f"POST {path} lets in an unsigned call ({code})." if code < httpx.codes.MULTIPLE_CHOICES else ""


async def _opened(hooks: Hooks, client: httpx.AsyncClient, env: Mapping[str, str], path: str) -> Hook | None:
    """How a call must be signed: each way with each secret, until it is not refused any more."""
    body, now = _body(hooks.found[path]), int(clock.now().timestamp())
    unsigned = await _sent(client, path, body, {})
    best: Hook | None = None
    for way, name in product(ways(hooks.texts, hooks.told.headers), hooks.names):
        code = await _sent(client, path, body, way.sign(env[name].encode(), body, now))
        hook = Hook(path, body, way, name, code)
        if code < httpx.codes.MULTIPLE_CHOICES:
            hooks.diary.append(f"POST {path} with {way.name} by {name} → {code}")
            return hook
        if code not in {*REFUSED, unsigned, 404, 405, 429} and code < httpx.codes.INTERNAL_SERVER_ERROR:
            best = best or hook
    return best if unsigned in REFUSED else None


def _refuses(code: int, hook: Hook) -> bool:
    return code in REFUSED or (code in UNFIT and hook.code < httpx.codes.MULTIPLE_CHOICES)


async def _let_in_wrongly(hooks: Hooks, client: httpx.AsyncClient, hook: Hook, secret: str) -> str:
    now = int(clock.now().timestamp())
    made_up_ones = {name: one for way in KNOWN for name, one in way.sign(b"x" * 32, hook.body, now).items()}
    wrong = {
        **hook.way.wrong(secret, hook.body, now),
        "unsigned, as a form": {"content-type": "application/x-www-form-urlencoded"},
        "with signatures of every other kind": made_up_ones,
    }
    for what, headers in wrong.items():
        code = await _sent(client, hook.path, hook.body, headers)
        hooks.diary.append(f"POST {hook.path} {what} → {code}")
        if not _refuses(code, hook):
            return f"POST {hook.path} does not refuse a call {what} ({code})."
    again = await _sent(client, hook.path, hook.body, hook.way.sign(secret.encode(), hook.body, now))
    hooks.diary.append(f"POST {hook.path} signed, once more → {again}")
    return ""


async def _open_without(hooks: Hooks, start: apps.Start, opened: Iterable[Hook], words: str) -> str:
    """Without a secret nobody gets in: not unsigned, nor signed with what anybody can guess or read in the code."""
    guesses = ("", "None", "null", "undefined", "secret", "changeme", *hooks.guesses)
    try:
        async with _begun(hooks, start) as (_, client):
            for hook, guess in product(opened, guesses):
                signed = hook.way.sign(guess.encode(), hook.body, int(clock.now().timestamp()))
                for headers in ({}, signed) if not guess else (signed,):
                    code = await _sent(client, hook.path, hook.body, headers)
                    how = f"signed with “{guess}”" if headers else "unsigned"
                    hooks.diary.append(f"POST {hook.path} with the secret {words}, {how} → {code}")
                    if code < httpx.codes.MULTIPLE_CHOICES:
                        return f"POST {hook.path} lets in anybody where its secret is {words} ({code})."
    except NotPossible:
        hooks.diary.append(f"With the secret {words} it does not start.")
    return ""


async def _allowed(hooks: Hooks) -> Found:
    """A list of addresses without ours keeps a signed call out, and one with ours lets it in."""
    if hooks.wrong and not hooks.opened:
        return unchecked("Its webhooks let in who does not sign, so from where they come could not be tried.")
    if (nothing := _unknown(hooks)) and not hooks.wrong:
        return nothing
    names = variables.allowed_in(hooks.texts, hooks.told.allowed)
    if not names:
        return failed("Nothing in it lets one say from which addresses webhooks may come.", _evidence(hooks))
    for name, shape in product(names, LISTS):
        out = await _from(hooks, name, shape.format(ELSEWHERE))
        if out and all(code in {*REFUSED, 404} for code in out):
            inside = await _from(hooks, name, shape.format(HERE))
            if hooks.opened and inside == [one.code for one in hooks.opened]:
                return proven(f"{name} says from where webhooks may come, and nobody else is let in.", _evidence(hooks))
    return failed(f"With {listed(names)} set, it makes no difference from where a webhook comes.", _evidence(hooks))


async def _from(hooks: Hooks, name: str, value: str) -> list[int]:
    """What rightly signed calls are answered where only these addresses may call."""
    start = hooks.given(**{name: value})
    codes = []
    try:
        async with _begun(hooks, start) as (_, client):
            for hook in hooks.opened:
                signed = hook.way.sign(start.env[hook.name].encode(), hook.body, int(clock.now().timestamp()))
                codes.append(await _sent(client, hook.path, hook.body, signed))
                hooks.diary.append(f"POST {hook.path} where {name} is {value} → {codes[-1]}")
    except NotPossible:
        hooks.diary.append(f"Where {name} is {value} it does not start.")
    return codes


def _evidence(hooks: Hooks) -> Evidence:
    said = "\n".join(hooks.diary[-60:])
    return Evidence("calls to its webhooks, signed and not", hooks.look.commit, clock.now(), excerpt=said)


def _proof(item: str) -> Proof:
    async def prove(look: Look) -> Found:
        if not asked.serves(look):
            return not_needed(asked.NO_SERVER, look.read(sorted(look.tree)[:200]))
        try:
            return (await look.once("hooks", examined))[item]
        except httpx.TransportError as problem:
            return failed(f"It stopped answering while its webhooks were called: {type(problem).__name__}.")

    return Proof(item, prove)


PROOFS = (_proof("S6"), _proof("S11"))
