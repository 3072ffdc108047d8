"""Starts the application of a save point within walls, and lets us, who stand outside, ask it things."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from orchestrator.contain.process import Limits, Spawned, environment, spawn
from orchestrator.contain.sandbox import Tenant, room
from orchestrator.contain.walls import RUN, python
from orchestrator.domain.run import Bind, Job, Network, RunKind
from orchestrator.errors import NotPossible
from orchestrator.evidence import declared
from orchestrator.evidence.ready import python as own_python
from orchestrator.evidence.ready.bounded import Bounded
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Place, Ran
from orchestrator.evidence.ready.stack import Language, package

INLET = Path(__file__).parents[2] / "contain" / "inlet.py"
BY_HTTPS = {"x-forwarded-proto": "https"}  # said by the proxy before it
SOCKET, DATA, PORT = "in", "data", 8765
OUT_PORT = 8766
MOST_KEPT, KEPT_END = 20 << 20, 1 << 15
PATIENCE_S = 30.0
STARTING_S = 15.0  # how long it may say that it is not there yet (503) before that is its answer
LIMITS = Limits(seconds=900, memory_mb=2048)
NOTHING_TO_START = "We do not know how this application is started, so what needs it running was not checked."
APP = re.compile(r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:fastapi\.)?(FastAPI|Starlette|Flask|Quart|Litestar)\(", re.MULTILINE)
VARIABLE = re.compile(r"[A-Za-z_]\w*=")
SERVERS = {"FastAPI": "uvicorn", "Starlette": "uvicorn", "Litestar": "uvicorn", "Quart": "uvicorn", "Flask": "flask"}


@dataclass(frozen=True, slots=True)
class Start:
    """How it is started: the words, with {port} and {data} to be filled in."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    why: str  # how we know


@dataclass(slots=True)
class App:
    """A running application."""

    start: Start
    socket: Path
    process: Spawned
    place: Place
    log: bytearray = field(default_factory=bytearray)  # what it printed, up to a bound
    by_https: bool = False  # it leads whoever comes otherwise to https

    def client(self, **more: object) -> httpx.AsyncClient:
        """Somebody who speaks with it, without a session of anybody's."""
        if self.by_https:
            more.setdefault("headers", BY_HTTPS)
        return httpx.AsyncClient(transport=Bounded(str(self.socket)), base_url="http://127.0.0.1", timeout=20, **more)  # type: ignore[arg-type]

    @property
    def said(self) -> str:
        """The end of what it printed."""
        return self.process.stderr.text() + self.log[-KEPT_END:].decode(errors="replace")

    def printed(self, since: int = 0) -> list[str]:
        """The lines that it printed since its log was so long."""
        return self.log[since:].decode(errors="replace").splitlines()

    @property
    def data(self) -> Path:
        """Where it keeps its data."""
        return self.place.folder / DATA

    async def run(self, name: str, command: Sequence[str], words: Mapping[str, str]) -> Ran:
        """Another command of the same application, beside it, with these words filled in."""
        fill = {"{port}": str(PORT), "{data}": str(self.data), **words}
        env = {name: _filled(value, fill) for name, value in self.start.env.items()}
        words_there = ["/usr/bin/env", *(_filled(word, fill) for word in command)]  # found as the application is
        return await self.place.run(name, words_there, seconds=60, env=env)


async def interpreter_of(look: Look) -> Path | None:
    """The project's own Python, with what it needs installed; none where it needs nothing."""
    if look.stack.language is not Language.PYTHON or not await own_python.needs_any(look):
        return None
    return Path((await own_python.environment(look)).python)


async def how(look: Look, interpreter: Path | None) -> Start:
    """How this save point is started. Raises NotPossible where nothing says it."""
    preview = declared.parse_or_nothing(look.texts.get(declared.FILE, "")).preview
    if preview:
        return Start(own(preview, interpreter), {}, f"{declared.FILE} says so")
    if look.stack.language is Language.PYTHON and (found := _python(look.texts, interpreter)):
        return found
    if look.stack.language is Language.JAVASCRIPT:
        script = package(look.texts).get("scripts", {}).get("start", "")
        if script:
            return Start(("npm", "run", "--silent", "start"), {"PORT": "{port}", "HOST": "127.0.0.1"}, "package.json")
    raise NotPossible(NOTHING_TO_START)


def own(command: Sequence[str], interpreter: Path | None) -> tuple[str, ...]:
    """With the project's own Python in place of the machine's, also behind the variables that it is started with."""
    at = _program(command)
    before, program, rest = tuple(command[:at]), command[at], tuple(command[at + 1 :])
    if interpreter and Path(program).name in {"python", "python3"}:
        return (*before, str(interpreter), *rest)
    if interpreter and (own := interpreter.with_name(Path(program).name)).exists():
        return (*before, str(own), *rest)
    return tuple(command)


def _program(command: Sequence[str]) -> int:
    """Where the program stands: after `env` and what is set for it."""
    if Path(command[0]).name != "env":
        return 0
    return next((at for at, word in enumerate(command) if at and not VARIABLE.match(word)), 0)


def _python(texts: Mapping[str, str], interpreter: Path | None) -> Start | None:
    runs = str(interpreter or "python3")
    command: tuple[str, ...]
    if "manage.py" in texts:
        command = (runs, "manage.py", "runserver", "--noreload", "--insecure", "127.0.0.1:{port}")
        return Start(command, {"DATABASE_URL": "sqlite:///{data}/app.db"}, "manage.py")
    for path in sorted(texts, key=lambda path: (path.count("/"), path)):
        if path.endswith(".py") and not path.startswith("tests/") and (found := APP.search(texts[path])):
            module = path.removesuffix(".py").removeprefix("src/").replace("/", ".").removesuffix(".__init__")
            where = {"PYTHONPATH": "src"} if path.startswith("src/") else {}
            if SERVERS[found[2]] == "flask":
                command = (runs, "-m", "flask", "--app", f"{module}:{found[1]}", "run", "--port", "{port}")
            else:
                command = (runs, "-m", "uvicorn", f"{module}:{found[1]}", "--host", "127.0.0.1", "--port", "{port}")
            return Start(command, where, f"{path} makes a {found[2]} application")
    return None


@asynccontextmanager
async def running(place: Place, start: Start, out: Path | None = None) -> AsyncIterator[App]:
    """The application, once it answers. Raises NotPossible, with the end of its log, where it does not.

    What it sends to OUT_PORT on its loopback comes to our socket `out`.
    """
    data = place.folder / DATA
    await asyncio.to_thread(data.mkdir, exist_ok=True)
    socket = place.folder / SOCKET
    socket.unlink(missing_ok=True)
    fill = {"{port}": str(PORT), "{data}": str(data)}
    words = [_filled(word, fill) for word in start.command]
    env = environment(place.home) | {name: _filled(value, fill) for name, value in start.env.items()}
    binds = (Bind(place.folder, place.folder, writable=True), Bind(INLET, RUN / "inlet.py"))
    job = Job("app", RunKind.VALIDATE, place.checkout, "", network=Network.CLOSED, binds=binds)
    walled = bool((await place.sandbox.offers()).walls)
    outwards = (str(out), str(OUT_PORT)) if out else ()
    let_in = (*python()[0], str(RUN / "inlet.py" if walled else INLET), str(socket), str(PORT), *outwards, "--")
    tenant = Tenant((*let_in, *words), env, place.home, programs=(*place.tools, *python()[1]))
    async with (
        room(place.sandbox, job, tenant) as where,
        where.opened(lambda _host, _port: None) as (command, given),
        spawn(command, cwd=place.checkout, env=given, limits=LIMITS) as process,
    ):
        app = App(start, socket, process, place)
        drain = asyncio.create_task(_drained(app))
        try:
            await _answers(app, drain)
            yield app
        finally:
            drain.cancel()


async def _drained(app: App) -> None:
    """What it says is read all the time, so that it never hangs on us."""
    while chunk := await app.process.stdout.read(1 << 16):
        app.log += chunk[: MOST_KEPT - len(app.log)]


async def _answers(app: App, drain: "asyncio.Task[None]") -> None:
    until = time.monotonic() + PATIENCE_S
    async with app.client() as client:
        while time.monotonic() < until:
            if drain.done():
                break
            with suppress(httpx.TransportError):
                answer = await client.get("/")
                app.by_https = answer.is_redirect and answer.headers.get("location", "").startswith("https://")
                starting = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
                if not starting or time.monotonic() > until - PATIENCE_S + STARTING_S:
                    return
            await asyncio.sleep(0.05)
    last = app.said.strip().splitlines()[-1:] or ["It said nothing."]
    raise NotPossible(f"The application does not start, so what needs it running was not checked. {last[0][:300]}")


def _filled(word: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word
