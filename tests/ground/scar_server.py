"""A stand-in for SCAR's HTTP adapter, as a process: `python -m ground.scar_server PORT FOLDER`.

Every row of what was observed on a running SCAR, to the letter. Under /control/ the tests see what was asked, switch
pitfalls on, and hold a message back to kill its sender.
"""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ground import ports
from ground.scar_core import Core
from ground.until import until

LONGEST_BODY, LONGEST_ID = 102_400, 255
HTML = "<!DOCTYPE html>\n<html><head><title>Error</title></head>\n<body>\n<pre>{}</pre>\n</body></html>\n"
PR_SET_PDEATHSIG = 1


class Scar:
    """First in, first out in each conversation; at most so many conversations at once."""

    def __init__(self, folder: Path, most: int = 10) -> None:
        self.core, self.most = Core(folder), most
        self.transcripts: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.queues: dict[str, list[str]] = defaultdict(list)
        self.active: set[str] = set()
        self.slots = asyncio.Semaphore(most)
        self.accepted: list[tuple[str, str]] = []
        self.batch = False
        self.held = ""
        self.go: asyncio.Event = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    def accept(self, id: str, message: str) -> None:
        """The lock is taken before the sender hears of it."""
        self.accepted.append((id, message))
        self.queues[id].append(message)
        if id not in self.active:
            self.active.add(id)
            task = asyncio.create_task(self._work(id))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _work(self, id: str) -> None:
        async with self.slots:
            while self.queues[id]:
                message = self.queues[id].pop(0)
                if len(id) > LONGEST_ID:
                    self.send(id, "⚠️ An unexpected error occurred. Try /reset to start a fresh session.")
                    continue
                await (
                    self._batch(id, message)
                    if self.batch
                    else self.core.handle(id, message, lambda t: self.send(id, t))
                )
            self.active.discard(id)

    async def _batch(self, id: str, message: str) -> None:
        """A start line, then all texts as one; paragraphs that begin like a tool are lost."""
        texts: list[str] = []
        before = len(self.core.runs)
        await self.core.handle(id, message, texts.append)
        if len(self.core.runs) == before:
            for text in texts:
                self.send(id, text)
            return
        self.send(id, "The agent is on the case...")
        errors = [text for text in texts if text.startswith("⚠️")]
        answer = [text for text in texts if not text.startswith(("🔧", "⚠️", "API Error"))]
        if answer and not errors:
            self.send(id, "\n\n---\n\n".join(answer))
        for text in errors:
            self.send(id, text)

    def send(self, id: str, text: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"conversationId": id, "message": text, "timestamp": at, "direction": "sent"}
        self.transcripts[id].append(message)


async def message(request: Request) -> Response:
    scar: Scar = request.app.state.scar
    if (refused := await _refused(request)) is not None:
        return refused
    given = await request.json()
    id, text = given["conversationId"], given["message"]
    switches = scar.core.switches
    if (bad := switches.get("html")) and text.startswith("/command-invoke"):
        return HTMLResponse(HTML.format("Bad Request"), int(str(bad)))
    if switches.get("hold"):
        await _held(scar, f"before {text}")
        if switches.pop("drop", None):
            return JSONResponse({"error": "never arrived"}, 500)
    scar.accept(id, text)
    if switches.get("hold"):
        await _held(scar, f"after {text}")
    if (slow := switches.get("slow")) and text.startswith("/command-invoke"):
        await asyncio.sleep(float(str(slow)))
    return JSONResponse({"success": True, "conversationId": id, "message": text})


async def _refused(request: Request) -> Response | None:
    body = await request.body()
    if "application/json" not in request.headers.get("content-type", "") or not body:
        return JSONResponse({"error": "Internal server error"}, 500)
    if len(body) > LONGEST_BODY:
        return HTMLResponse(HTML.format("PayloadTooLargeError: request entity too large"), 413)
    try:
        given = json.loads(body)
    except ValueError:
        return HTMLResponse(HTML.format("SyntaxError: Unexpected token"), 400)
    values = [given.get(name) for name in ("conversationId", "message")]
    if not all(isinstance(value, str) for value in values):
        return JSONResponse({"error": "conversationId and message must be strings"}, 400)
    return None if all(values) else JSONResponse({"error": "conversationId and message required"}, 400)


async def _held(scar: Scar, text: str) -> None:
    """Until the tests let it go on; they may kill its sender first."""
    go = asyncio.Event()
    scar.held, scar.go = text, go
    await go.wait()
    if scar.go is go:
        scar.held = ""


async def messages(request: Request) -> Response:
    scar: Scar = request.app.state.scar
    id = unquote(request.scope["raw_path"].decode().partition("?")[0].removeprefix("/test/messages/"))
    if request.method == "DELETE":
        scar.transcripts.pop(id, None)
        return JSONResponse({"success": True})
    return JSONResponse({"conversationId": id, "messages": scar.transcripts.get(id, [])})


async def forget(request: Request) -> Response:
    request.app.state.scar.transcripts.clear()
    return JSONResponse({"success": True})


async def mode(request: Request) -> Response:
    given = (await request.json()).get("mode")
    if given not in ("stream", "batch"):
        return JSONResponse({"error": "mode must be stream or batch"}, 400)
    request.app.state.scar.batch = given == "batch"
    return JSONResponse({"success": True, "mode": given})


async def health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def database(_: Request) -> Response:
    return JSONResponse({"status": "ok", "database": "connected"})


async def concurrency(request: Request) -> Response:
    scar: Scar = request.app.state.scar
    if left := int(str(scar.core.switches.get("broken") or 0)):
        scar.core.switches["broken"] = left - 1
        return JSONResponse({"error": "Internal server error"}, 500)
    queued = [{"conversationId": id, "queuedMessages": len(texts)} for id, texts in scar.queues.items()]
    total = sum(each["queuedMessages"] for each in queued)
    running = {"active": len(scar.active), "queuedTotal": total, "queuedByConversation": queued}
    ids = sorted(scar.active)
    return JSONResponse({"status": "ok", **running, "maxConcurrent": scar.most, "activeConversationIds": ids})


async def control(request: Request) -> Response:
    """For the tests: look, and change what is named."""
    scar: Scar = request.app.state.scar
    if request.method == "POST":
        given = await request.json()
        scar.core.switches |= given.get("switches", {})
        scar.core.scripts += given.get("scripts", [])
        if most := given.get("switches", {}).get("most"):
            scar.most, scar.slots = most, asyncio.Semaphore(most)
        if given.get("release"):
            scar.go.set()
    return JSONResponse(
        {"accepted": scar.accepted, "runs": scar.core.runs, "held": scar.held, "active": sorted(scar.active)}
    )


def application(folder: Path) -> Starlette:
    routes = [
        Route("/test/message", message, methods=["POST"]),
        Route("/test/messages/{id:path}", messages, methods=["GET", "DELETE"]),
        Route("/test/messages", forget, methods=["DELETE"]),
        Route("/test/mode", mode, methods=["PUT"]),
        Route("/health", health),
        Route("/health/db", database),
        Route("/health/concurrency", concurrency),
        Route("/control", control, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes)
    app.state.scar = Scar(folder)
    return app


def main(port: int, folder: Path, host: str) -> None:
    """Ends at once when it is asked to: what runs dies, and nobody is told."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    server = uvicorn.Server(
        uvicorn.Config(application(folder), host=host, port=port, log_level="warning", lifespan="off")
    )
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    server.capture_signals = _none  # type: ignore[method-assign]
    server.run()


def _none() -> Any:
    from contextlib import nullcontext

    return nullcontext()


class ScarProcess:
    """`async with ScarProcess(folder) as scar:` has one that listens at `scar.url`."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder, self.port, self.host = folder, ports.free(), host
        self.url = f"http://{host}:{self.port}"
        self.http = httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False)
        self.child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        command = (sys.executable, "-m", "ground.scar_server", str(self.port), str(self.folder), self.host)
        with (self.folder / "scar.log").open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=env, stdout=log, stderr=log
            )
        await until(self._listens, 60)

    async def _listens(self) -> bool:
        try:
            return (await self.http.get("/health")).is_success
        except httpx.TransportError:
            return False

    async def end(self) -> None:
        """As SIGTERM does: at once, with all that runs."""
        if self.child and self.child.returncode is None:
            self.child.terminate()
            await self.child.wait()

    async def restart(self) -> None:
        await self.end()
        await self.start()

    async def set(self, *scripts: dict[str, Any], **switches: Any) -> None:
        await self.http.post("/control", json={"scripts": scripts, "switches": switches})

    async def seen(self) -> dict[str, Any]:
        return dict((await self.http.get("/control")).json())

    async def release(self) -> None:
        await self.http.post("/control", json={"release": True})

    async def invoked(self) -> list[str]:
        """The commands for its agent that it has taken, in order."""
        accepted = (await self.seen())["accepted"]
        return [text for _, text in accepted if text.startswith("/command-invoke")]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self.end()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
