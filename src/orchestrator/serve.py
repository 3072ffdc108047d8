"""Open the socket first and import the rest behind it: /health answers while the application still loads."""

import asyncio
import errno
import gc
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

NOT_THERE: Any = None  # what Python takes a module for that cannot be imported
STARTING = b'{"status":"starting"}'


class Shell:
    """An ASGI application that is there at once, and becomes the real one when that is ready."""

    def __init__(self) -> None:
        self.app: Any = None
        self.reason = ""
        self.end: Callable[[], None] = lambda: None  # of the server that it stands in
        self.leaving = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self.app:
            await self.app(scope, receive, send)
        else:
            await _starting(scope, send)

    def leave(self) -> None:
        """Say that we are asked to end, to whoever reads our output and to whoever follows a project."""
        if not self.leaving:
            self.leaving = True
            sys.stdout.write("  Ending: what is at work gets a moment. The rest goes on after the next start.\n")
            sys.stdout.flush()
        if self.app:
            self.app.state.leave()

    async def _live(self, receive: Any, send: Any) -> None:
        ending = asyncio.Event()
        await receive()
        loading = asyncio.create_task(self._load(ending))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        ending.set()
        await asyncio.wait({loading})
        await send({"type": "lifespan.shutdown.complete"})

    async def _load(self, ending: asyncio.Event) -> None:
        """A server that cannot become ready must not look alive: it ends itself, with the reason."""
        from orchestrator.errors import OrchestratorError  # noqa: PLC0415 - after the socket is open

        try:
            app = await asyncio.to_thread(_import)
            async with app.router.lifespan_context(app):
                self.app = app
                await ending.wait()
                self.app = None
        except* OrchestratorError as group:
            self.reason = _first_sentence(group)
            self.end()
        except* Exception as group:  # noqa: BLE001 - whatever it was, say so and end
            self.reason = "The server could not start."
            sys.excepthook(type(group), group, group.__traceback__)
            self.end()


def _first_sentence(group: BaseExceptionGroup[Any]) -> str:
    first = group.exceptions[0]
    return _first_sentence(first) if isinstance(first, BaseExceptionGroup) else str(first)


def _import() -> Any:
    """Load everything. None of it ever becomes garbage, so looking for that meanwhile, or later, is time lost."""
    gc.disable()
    if spare := "rich" not in sys.modules:  # structlog would load it, for tracebacks that we do not have drawn
        sys.modules["rich"] = NOT_THERE
    from orchestrator import app  # noqa: PLC0415 - the whole point

    if spare:
        del sys.modules["rich"]
    created = app.create()
    gc.freeze()
    gc.enable()
    return created


async def _starting(scope: Any, send: Any) -> None:
    status = 200 if scope["path"] == "/health" else 503
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": STARTING})


class Unheard(Exception):
    """Nothing can listen there; its text says why."""


def main() -> int:
    """Serve until a signal ends it. Returns 1, with a sentence on stderr, if it could not."""
    try:
        listening = _listen(_asked("HOST", "127.0.0.1"), _asked("PORT", "8000"))
    except Unheard as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    shell = Shell()
    _run(shell, listening)
    if shell.reason:
        sys.stderr.write(f"{shell.reason}\n")
    return 1 if shell.reason else 0


def _run(shell: Shell, listening: list[socket.socket]) -> None:
    import uvicorn  # noqa: PLC0415 - a taken port is told before anything is loaded

    config = uvicorn.Config(
        shell,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    shell.end = lambda: setattr(server, "should_exit", True)
    signalled = server.handle_exit

    def leave(number: int, frame: FrameType | None) -> None:
        shell.leave()
        signalled(number, frame)

    server.handle_exit = leave  # type: ignore[method-assign, assignment]
    server.run(sockets=listening)


def _listen(host: str, port: str) -> list[socket.socket]:
    """Take the port, under every address of the host. Raises Unheard."""
    if not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the highest port there is
        raise Unheard(f"ORCHESTRATOR_PORT (or PORT) cannot be used: “{port}” is not a port, a number up to 65535.")
    try:
        places = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise Unheard(f"ORCHESTRATOR_HOST cannot be used: “{host}” is not an address of this machine.") from None
    try:
        return [_bound(*place) for place in dict.fromkeys(places)]
    except PermissionError:
        raise Unheard(f"Port {port} is kept for the system. Set ORCHESTRATOR_PORT to one above 1023.") from None
    except OSError as problem:
        why = "is taken by another program" if problem.errno == errno.EADDRINUSE else "cannot be used"
        raise Unheard(
            f"Port {port} on {host} {why}. Set ORCHESTRATOR_PORT to another one, or end that program."
        ) from None


def _bound(family: int, kind: int, protocol: int, _name: str, address: Any) -> socket.socket:
    """Listen at once: two that only have bound would not see each other."""
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        made.bind(address)
        made.listen(2048)
    except OSError:
        made.close()
        raise
    return made


def _asked(name: str, default: str) -> str:
    """Read an address setting without loading the settings, which would take longer than opening the socket."""
    names = (f"ORCHESTRATOR_{name}", *(("PORT",) if name == "PORT" else ()))
    found = _dotenv() | os.environ
    return next((found[each] for each in names if found.get(each)), default)


def _dotenv() -> dict[str, str]:
    file = Path(".env")
    if not file.is_file():
        return {}
    pairs = (line.partition("=") for line in file.read_text(errors="replace").splitlines() if "=" in line)
    return {name.removeprefix("export ").strip(): value.strip().strip("\"'") for name, _, value in pairs}
