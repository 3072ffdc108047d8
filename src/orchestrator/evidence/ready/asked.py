"""What a running application answers: whether it is well, what it lets strangers do, and how it takes nonsense."""

import asyncio
import itertools
import random
import re
import secrets
import time
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import asks, audited, loaded, logged, nonsense, owned, people, rotated, routes, slipped
from orchestrator.evidence.ready.app import App
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.words import counted, listed

HEALTH = ("/health", "/healthz", "/health/ready", "/api/health", "/livez", "/readyz", "/_health", "/up")
METRICS = ("/metrics", "/api/metrics", "/prometheus")
ALWAYS_OPEN = re.compile(
    r"^/(?:health\w*|livez|readyz|up|_health|openapi\.json|docs|redoc|static|assets|favicon\.ico)\b"
)
SAMPLE = re.compile(r"^[a-zA-Z_:][\w:]*(?:\{[^}]*\})? [-+0-9.eEinfNa]+(?: \d+)?$", re.MULTILINE)
INSIDE = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|^\s+at \S+ \(|\bat [\w.<>]+ \(\S+:\d+:\d+\)"
    r"|sqlalchemy\.|psycopg|sqlite3\.|/site-packages/|node_modules/|SQLSTATE|<title>Werkzeug",
    re.MULTILINE,
)
SERVES = re.compile(
    r"\b(?:fastapi|starlette|flask|django|aiohttp|tornado|bottle|sanic|litestar|quart|falcon|pyramid|express|koa|fastify"
    r"|next|hono|http\.server|socketserver|start_server|wsgiref|createServer|uvicorn|gunicorn|hypercorn)\b"
)
BURST, AT_ONCE = 400, 20
FULL = httpx.codes.TOO_MANY_REQUESTS
DOORS = re.compile(r"log-?_?in|sign-?_?(?:in|up)|auth|sso|session|account|welcome|setup", re.IGNORECASE)
MOST_TURNS = 3
STRANGERS_S = 100.0  # how long we wait in all where strangers are let ask only so often
FEWEST_SHOWN = 0.5
DENIED = frozenset({401, 403, 301, 302, 303, 307, 308})
SLOWEST_S, OFTEN, MOST_ERRORS = 3.0, 40, 0.01
NO_SERVER = "There is no server in it: nobody can call it over a network."


async def examined(look: Look) -> dict[str, Found]:
    """Start it once and ask everything. Raises NotPossible where it cannot be started."""
    interpreter = await look.once("interpreter", apps.interpreter_of)
    start = await apps.how(look, interpreter)
    look.place.say("Starting the application")
    async with apps.running(look.place, start) as app, conversation(look, app, interpreter) as asked:
        for item, ask in [(item, ask) for item, ask in QUESTIONS if item in look.wanted]:
            try:
                asked.found[item] = await ask(asked)
            except NotPossible as why:
                asked.found[item] = unchecked(str(why))
            except httpx.TransportError as problem:
                asked.found[item] = failed(f"It stopped answering while it was asked: {type(problem).__name__}.")
        return asked.found


@asynccontextmanager
async def conversation(look: Look, app: App, interpreter: Path | None) -> AsyncIterator[Asked]:
    """Everything that is known at the beginning; whoever came is shown out at the end."""
    async with app.client() as client, AsyncExitStack() as guests:
        document = await asks.document(client)
        asked = Asked(look, app, client, routes.read(document), guests, document, began=len(app.log))
        asked.known["interpreter"] = interpreter
        yield asked


async def _same_everywhere(asked: Asked, answer: httpx.Response) -> bool:
    """Whether it answers like that to any address: then it says nothing about this one."""
    other = await asked.client.get(f"/{secrets.token_hex(8)}")
    return other.status_code == answer.status_code and other.text[:200] == answer.text[:200]


async def health(asked: Asked) -> Found:
    for path in HEALTH:
        answer = await asked.client.get(path)
        if answer.status_code == httpx.codes.OK and answer.text.strip() and not await _same_everywhere(asked, answer):
            return proven(f"{path} says that it is well.", asked.seen(f"GET {path}", answer))
    return failed("It has no address that says whether it is well.", asked.seen(f"GET {', '.join(HEALTH[:4])} …"))


async def metrics(asked: Asked) -> Found:
    for path in METRICS:
        answer = await asked.client.get(path)
        if answer.status_code == httpx.codes.OK and "# TYPE" in answer.text and SAMPLE.search(answer.text):
            return proven(f"{path} tells figures for Prometheus.", asked.seen(f"GET {path}", answer))
    return failed("It tells no figures about itself.", asked.seen(f"GET {', '.join(METRICS)}"))


async def errors(asked: Asked) -> Found:
    """Wrong requests of several kinds: each answer must be a sentence, and show nothing of the inside."""
    wrong: list[tuple[str, str, bytes | None]] = [("GET", f"/{secrets.token_hex(6)}", None)]
    wrong += [(route.method, route.at("%00"), b"{" if route.body else None) for route in asked.routes]
    clients = list(dict.fromkeys((asked.client, (await people.anybody(asked)).client)))  # a stranger sees only the door
    tried = 0
    for client, (method, path, body) in itertools.product(clients, wrong):
        answer = await people.begun(client, method, path, content=body, headers=_json(body))
        evidence = asked.seen(f"{method} {path}", answer)
        tried += answer.status_code != FULL
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return failed(
                f"{method} {path} fails on its side ({answer.status_code}) instead of saying what is wrong.", evidence
            )
        if INSIDE.search(answer.text):
            return failed(f"{method} {path} shows people the inside of the program.", evidence)
        if answer.status_code >= httpx.codes.BAD_REQUEST and len(re.findall(r"[^\W\d_]{2,}", answer.text)) < 2:  # noqa: PLR2004
            return failed(f"{method} {path} answers with {answer.status_code} and no sentence.", evidence)
    if tried < len(wrong):
        return unchecked(
            "It lets in only so much that its error messages could not be seen.", asked.seen("wrong requests")
        )
    return proven(f"{counted(tried, 'wrong request')} got a sentence each.", asked.seen("wrong requests", answer))


def _json(body: bytes | None) -> dict[str, str]:
    return {"content-type": "application/json"} if body is not None else {}


async def flooded(asked: Asked) -> Found:
    """A burst at some addresses, nobody knows which, and at each webhook, is answered with 429 at some point."""
    plain = [
        route
        for route in asked.routes
        if "{" not in route.path and not ALWAYS_OPEN.match(route.path) and "hook" not in route.path.lower()
    ]
    read, changed = ([one for one in plain if (one.method == "GET") is reads] for reads in (True, False))
    chosen = [*random.sample(read, min(2, len(read))), *random.sample(changed, min(1, len(changed)))]
    targets = [(route.method, route.path) for route in chosen] or [("GET", "/")]
    targets += [(route.method, route.at()) for route in asked.routes if "hook" in route.path.lower()]
    for method, path in targets:
        codes = await _burst(asked, method, path)
        said = f"{len(codes)} requests: {', '.join(f'{code} × {codes.count(code)}' for code in sorted(set(codes)))}"
        if httpx.codes.TOO_MANY_REQUESTS not in codes:
            return failed(
                f"{len(codes)} requests to {path} in a row were all let in.", asked.seen(f"{method} {path}", said=said)
            )
    return proven(f"Floods are answered with 429: {said}.", asked.seen(f"{method} {path}", said=said))


async def _burst(asked: Asked, method: str, path: str) -> list[int]:
    async def some() -> list[int]:
        async with asked.app.client() as client:
            return [(await client.request(method, path)).status_code for _ in range(BURST // AT_ONCE)]

    return [code for codes in await asyncio.gather(*(some() for _ in range(AT_ONCE))) for code in codes]


async def strangers(asked: Asked) -> Found:
    """Every address without credentials: refused, or led to a sign-in, but for those that are declared as public."""
    if not asked.routes:
        return unchecked(asks.NO_ROUTES)
    guarded = [route for route in asked.routes if not route.open and not ALWAYS_OPEN.match(route.path)]
    codes = await _at_each(asked, guarded)
    let_in = [f"{name} ({code})" for name, code in codes.items() if code not in {*DENIED, FULL}]
    said = f"asked without a sign-in: {counted(len(guarded), 'address')}; let in: {', '.join(let_in) or 'nowhere'}"
    evidence = asked.seen("each address without credentials", said=said)
    if let_in:
        return failed(f"Strangers are let in at {listed(let_in)}.", evidence)
    if waiting := [name for name in (route.name for route in guarded) if codes.get(name, FULL) == FULL]:
        return unchecked(f"It made us wait too long to ask {counted(len(waiting), 'address')}: {listed(waiting[:3])}.")
    if not guarded:
        return failed("Every address of it is open to strangers.", evidence)
    return proven(f"{counted(len(guarded), 'address')} ask who you are.", evidence)


async def _at_each(asked: Asked, guarded: Sequence[Route]) -> dict[str, int]:
    """The answer of each, as far as there is time: where a stranger is told to wait, we wait."""
    found: dict[str, int] = {}
    until = time.monotonic() + STRANGERS_S
    for route in guarded:
        while True:
            body = b"{}" if route.body is not None else None
            answer = await people.begun(asked.client, route.method, route.at(), content=body, headers=_json(body))
            found[route.name] = (await _led(asked, answer)).status_code
            if answer.status_code != FULL or time.monotonic() > until:
                break
            await asyncio.sleep(1)
    return found


async def _led(asked: Asked, answer: httpx.Response) -> httpx.Response:
    """Where a stranger ends who is led elsewhere: a place to sign in is a refusal, another one may be a way in."""
    for _ in range(MOST_TURNS):
        place = urllib.parse.urlsplit(answer.headers.get("location", ""))
        elsewhere = place.hostname not in {None, "127.0.0.1", "localhost"} or not place.path
        if not answer.is_redirect or elsewhere or DOORS.search(place.path):
            return answer
        answer = await people.begun(asked.client, "GET", f"{place.path}?{place.query}".rstrip("?"))
    return answer


async def quick(asked: Asked) -> Found:
    """How long answers take, at the addresses that can be asked just so, by somebody who is let in."""
    paths = [route.path for route in asked.routes if route.method == "GET" and "{" not in route.path][:10] or ["/"]
    times, wrong, shown = [], 0, 0
    client = (await people.anybody(asked)).client
    for path in [path for _ in range(OFTEN // len(paths) + 1) for path in paths]:
        began = time.monotonic()
        answer = await people.begun(client, "GET", path)
        streamed = "event-stream" in answer.headers.get("content-type", "")  # it begins at once, and does not end
        times.append(0.0 if streamed else time.monotonic() - began)
        wrong += answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        shown += answer.is_success or answer.is_redirect
        if sum(one >= SLOWEST_S for one in times) > OFTEN // 20:
            break  # more than one in twenty: it cannot get better
    p95 = sorted(times)[int(len(times) * 0.95)]
    said = f"{len(times)} requests to {counted(len(paths), 'address')}: p95 {p95 * 1000:.0f} ms, {wrong} failed"
    evidence = asked.seen("response times", said=said)
    if p95 >= SLOWEST_S or wrong > len(times) * MOST_ERRORS:
        return failed(f"Answers are too slow or fail: {said}.", evidence)
    if shown < len(times) * FEWEST_SHOWN:
        return unchecked("It turned us away most of the time, which is no work.", evidence)
    return proven(f"95 of 100 answers came within {p95 * 1000:.0f} ms.", evidence)


async def encrypted(asked: Asked) -> Found:
    """Behind a proxy that says how people came: plain http is led to https, which says so for the future."""
    plain = await asked.client.get("/", headers={"x-forwarded-proto": "http", "host": "app.example.org"})
    safe = await asked.client.get("/", headers={"x-forwarded-proto": "https", "host": "app.example.org"})
    evidence = (asked.seen("GET / over http", plain), asked.seen("GET / over https", safe))
    if not (plain.is_redirect and plain.headers.get("location", "").startswith("https://")):
        return failed("Who comes over plain http is let in without encryption.", *evidence)
    if "strict-transport-security" not in safe.headers:
        return failed("It does not tell browsers to come over https only (HSTS).", *evidence)
    if loose := [one for one in safe.headers.get_list("set-cookie") if "secure" not in one.lower()]:
        return failed(f"{counted(len(loose), 'cookie')} may travel without encryption.", *evidence)
    return proven("Plain http is led to https, browsers are told so, and cookies are marked as secure.", *evidence)


QUESTIONS: Sequence[tuple[str, Callable[[Asked], Awaitable[Found]]]] = (
    ("S5", owned.authorised),  # first those that need people in it
    ("S7", audited.audited),
    ("S3", slipped.escaped),
    ("S12", rotated.rotated),
    ("O1", health),
    ("O2", metrics),
    ("S4", strangers),
    ("F4", errors),
    ("P5", quick),
    ("S9", encrypted),
    ("O3", logged.structured),
    ("P1", loaded.twice),
    ("T7", loaded.twice),
    ("S2", nonsense.nonsense),  # late, for it asks so much; and at last, after which little else is let in:
    ("S1", flooded),
)


def serves(look: Look) -> bool:
    """Whether anything in it could answer over a network."""
    files = look.files("*.py", "*.js", "*.mjs", "*.ts", "package.json", "pyproject.toml", "requirements*.txt", "*.toml")
    return any(SERVES.search(text) for text in files.values()) or bool(look.stack.unknown)


def _proof(item: str) -> Proof:
    async def prove(look: Look) -> Found:
        if not serves(look):
            return not_needed(NO_SERVER, look.read(sorted(look.tree)[:200]))
        try:
            return (await look.once("app", examined))[item]
        except NotPossible as why:
            return unchecked(str(why))

    return Proof(item, prove)


PROOFS = tuple(_proof(item) for item, _ in QUESTIONS)
