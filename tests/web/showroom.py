"""A small server that shows the example pages, keeps what forms send to it, and speaks to open pages when told to."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import uvicorn
from examples import PAGES
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from ground import ports
from ground.until import until
from orchestrator.web import assets, drawing
from orchestrator.web.headers import Headers

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 480"><path d="M0 0h320v480H0z" fill="#999"/></svg>'
FILES = assets.load()
TEMPLATES = drawing.environment(FILES.url, lambda: secrets.token_hex(8))


@dataclass
class Showroom:
    """`shown` is the example at the address of the project; `answer` makes what a form gets back."""

    url: str
    shown: str = "brainstorm"
    answer: Callable[[dict[str, str]], Response] = lambda _: Response(status_code=204)
    connected: bool = True
    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    streams: dict[asyncio.Queue[str | None], str] = field(default_factory=dict)
    refusal: int = 503

    def draw(self, name: str, theme: str = "") -> str:
        template, around, view = PAGES[name]
        if theme and around.person:
            around = replace(around, person=replace(around.person, theme=theme))
        return drawing.page(TEMPLATES, template, around, view)

    def part(self, name: str, *views: object) -> str:
        return drawing.part(TEMPLATES, name, *views)

    async def tell(self, name: str, *views: object) -> None:
        """Put a part into all open pages."""
        lines = self.part(name, *views).split("\n")
        await self.send("".join(f"data: {line}\n" for line in lines) + "\n")

    async def send(self, message: str) -> None:
        await until(lambda: self.streams)
        for queue in self.streams:
            queue.put_nowait(message)

    def hang_up(self) -> None:
        for queue in self.streams:
            queue.put_nowait(None)


def application(room: Showroom) -> FastAPI:
    app = FastAPI()
    app.include_router(assets.router(FILES))
    app.add_middleware(Headers, https=False)

    @app.get("/pages/{name}")
    async def example(name: str, theme: str = "") -> HTMLResponse:
        return HTMLResponse(room.draw(name, theme))

    @app.get("/projects/supper-sorted")
    async def project() -> HTMLResponse:
        return HTMLResponse(room.draw(room.shown))

    @app.get("/stream")
    @app.get("/projects/supper-sorted/stream")
    async def stream(request: Request) -> Response:
        if not room.connected:
            return Response(status_code=room.refusal)
        return StreamingResponse(_messages(room, request), media_type="text/event-stream")

    @app.get("/preview.svg")
    async def picture() -> Response:
        return Response(PICTURE, media_type="image/svg+xml")

    @app.post("/{path:path}")
    async def post(path: str, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).multi_items() if value}
        room.posts.append((f"/{path}", form))
        if "hx-request" in request.headers:
            return room.answer(form)
        return RedirectResponse("/projects/supper-sorted", 303)

    return app


async def _messages(room: Showroom, request: Request) -> AsyncIterator[str]:
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    room.streams[queue] = request.headers.get("last-event-id", "")
    try:
        yield ": here\n\n"
        while (message := await queue.get()) is not None:
            yield message
    finally:
        del room.streams[queue]


@asynccontextmanager
async def open_room() -> AsyncIterator[Showroom]:
    port = ports.free()
    room = Showroom(f"http://127.0.0.1:{port}")
    config = uvicorn.Config(application(room), port=port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield room
    finally:
        room.hang_up()
        server.should_exit = True
        await serving
