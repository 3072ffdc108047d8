"""What a running application answers: whether it is well, what it lets strangers do, and how it takes nonsense."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import asks, audited, loaded, logged, owned, rotated, routes, slipped
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
BURST, AT_ONCE, MOST_ROUTES = 400, 20, 60
DENIED = frozenset({401, 403, 301, 302, 303, 307, 308})
SLOWEST_S, OFTEN, MOST_ERRORS = 3.0, 40, 0.01
NO_SERVER = "There is no server in it: nobody can call it over a network."
NO_ROUTES = "It does not say which addresses it has (OpenAPI), so they could not be asked one by one."


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
        asked = Asked(look, app, client, routes.read(document)[:MOST_ROUTES], guests, document, began=len(app.log))
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
    wrong += [(route.method, route.at("%00"), b"{" if route.body else None) for route in asked.routes[:20]]
    for method, path, body in wrong:
        answer = await asked.client.request(method, path, content=body, headers=_json(body))
        evidence = asked.seen(f"{method} {path}", answer)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return failed(
                f"{method} {path} fails on its side ({answer.status_code}) instead of saying what is wrong.", evidence
            )
        if INSIDE.search(answer.text):
            return failed(f"{method} {path} shows people the inside of the program.", evidence)
        if answer.status_code >= httpx.codes.BAD_REQUEST and len(re.findall(r"[^\W\d_]{2,}", answer.text)) < 2:  # noqa: PLR2004
            return failed(f"{method} {path} answers with {answer.status_code} and no sentence.", evidence)
    return proven(f"{counted(len(wrong), 'wrong request')} got a sentence each.", asked.seen("wrong requests", answer))


def _json(body: bytes | None) -> dict[str, str]:
    return {"content-type": "application/json"} if body is not None else {}


async def flooded(asked: Asked) -> Found:
    """A burst at the page or the API, and at each webhook, is answered with 429 at some point."""
    plain = [
        route
        for route in asked.routes
        if route.method == "GET" and "{" not in route.path and not ALWAYS_OPEN.match(route.path)
    ]
    targets = [("GET", plain[0].path if plain else "/")]
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


async def nonsense(asked: Asked) -> Found:
    """Wrong bodies and odd values at each address: never a 5xx."""
    if not asked.routes:
        return unchecked(NO_ROUTES)
    count = 0
    for at, route in enumerate(asked.routes):
        for method, url, body in _wrong(route, at):
            answer = await asked.client.request(method, url, content=body, headers=_json(body))
            count += 1
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                said = f"sent: {(body or b'')[:200]!r}"
                return failed(
                    f"{route.name} breaks on nonsense ({answer.status_code}).",
                    asked.seen(f"{method} {url[:200]}", answer, said),
                )
    said = f"{count} requests to {counted(len(asked.routes), 'address')}"
    return proven(f"{said} with nonsense in them, and none broke it.", asked.seen("nonsense", said=said))


def _wrong(route: Route, seed: int) -> list[tuple[str, str, bytes | None]]:
    odd = routes.odd_words(seed)
    made: list[tuple[str, str, bytes | None]] = []
    if "{" in route.path:
        made += [(route.method, route.at(word), b"{}" if route.body else None) for word in odd]
    for name in route.query:
        made += [(route.method, f"{route.at()}?{name}={word}", None) for word in odd]
    if route.body is not None:
        made += [(route.method, route.at(), body) for body in list(routes.odd_bodies(route.body, seed))[:60]]
    return made or [(route.method, route.at(), None)]


async def strangers(asked: Asked) -> Found:
    """Every address without credentials: refused, or led to a sign-in, but for those that are declared as public."""
    if not asked.routes:
        return unchecked(NO_ROUTES)
    guarded = [route for route in asked.routes if not route.open and not ALWAYS_OPEN.match(route.path)]
    let_in = []
    for route in guarded:
        body = b"{}" if route.body is not None else None
        answer = await asked.client.request(route.method, route.at(), content=body, headers=_json(body))
        if answer.status_code not in DENIED:
            let_in.append(f"{route.name} ({answer.status_code})")
    said = f"asked without a sign-in: {counted(len(guarded), 'address')}; let in: {', '.join(let_in) or 'nowhere'}"
    evidence = asked.seen("each address without credentials", said=said)
    if let_in:
        return failed(f"Strangers are let in at {listed(let_in)}.", evidence)
    if not guarded:
        return failed("Every address of it is open to strangers.", evidence)
    return proven(f"{counted(len(guarded), 'address')} ask who you are.", evidence)


async def quick(asked: Asked) -> Found:
    """How long answers take, at the addresses that can be asked just so."""
    paths = [route.path for route in asked.routes if route.method == "GET" and "{" not in route.path][:10] or ["/"]
    times, wrong = [], 0
    for path in [path for _ in range(OFTEN // len(paths) + 1) for path in paths]:
        began = time.monotonic()
        answer = await asked.client.get(path)
        times.append(time.monotonic() - began)
        wrong += answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        if sum(one >= SLOWEST_S for one in times) > OFTEN // 20:
            break  # more than one in twenty: it cannot get better
    p95 = sorted(times)[int(len(times) * 0.95)]
    said = f"{len(times)} requests to {counted(len(paths), 'address')}: p95 {p95 * 1000:.0f} ms, {wrong} failed"
    evidence = asked.seen("response times", said=said)
    if p95 >= SLOWEST_S or wrong > len(times) * MOST_ERRORS:
        return failed(f"Answers are too slow or fail: {said}.", evidence)
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
    ("S2", nonsense),
    ("P5", quick),
    ("S9", encrypted),
    ("O3", logged.structured),
    ("P1", loaded.twice),
    ("T7", loaded.twice),
    ("S1", flooded),  # last: after it, little else is let in
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
