"""Open the socket first and import the rest behind it: /health answers while the application still loads."""

import asyncio
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

STARTING = b'{"status":"starting"}'


class Shell:
    """An ASGI application that is there at once, and becomes the real one when that is ready."""

    def __init__(self) -> None:
        self.app: Any = None
        self.reason = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self.app:
            await self.app(scope, receive, send)
        else:
            await _starting(scope, send)

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
            signal.raise_signal(signal.SIGTERM)
        except* Exception as group:  # noqa: BLE001 - whatever it was, say so and end
            self.reason = "The server could not start."
            sys.excepthook(type(group), group, group.__traceback__)
            signal.raise_signal(signal.SIGTERM)


def _first_sentence(group: BaseExceptionGroup[Any]) -> str:
    first = group.exceptions[0]
    return _first_sentence(first) if isinstance(first, BaseExceptionGroup) else str(first)


def _import() -> Any:
    """Load everything. None of it ever becomes garbage, so looking for that meanwhile, or later, is time lost."""
    gc.disable()
    from orchestrator import app  # noqa: PLC0415 - the whole point

    created = app.create()
    gc.freeze()
    gc.enable()
    return created


async def _starting(scope: Any, send: Any) -> None:
    status = 200 if scope["path"] == "/health" else 503
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": STARTING})


def main() -> int:
    """Serve until a signal ends it. Returns 1, with a sentence on stderr, if it could not."""
    import uvicorn  # noqa: PLC0415 - a wrong port is told before anything is loaded

    host, port = _asked("HOST", "127.0.0.1"), _asked("PORT", "8000")
    if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the highest port there is
        sys.stderr.write(f"ORCHESTRATOR_PORT cannot be used: “{port}” is not a port number.\n")
        return 1
    shell = Shell()
    config = uvicorn.Config(
        shell,
        host=host,
        port=int(port),
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=False,
    )
    try:
        uvicorn.Server(config).run()
    except SystemExit:
        sys.stderr.write(f"Nothing can listen on {host}, port {port}: it is taken, or not ours to use.\n")
        return 1
    if shell.reason:
        sys.stderr.write(f"{shell.reason}\n")
    return 1 if shell.reason else 0


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
