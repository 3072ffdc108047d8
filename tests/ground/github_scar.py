"""A stand-in for the part of GitHub that SCAR needs, with SCAR behind it: `... -m ground.github_scar PORT FOLDER`.

Issues and comments, strict about who asks; and a SCAR that does what was observed on a real one: it hears edited
comments again, has no lock, hears itself, and says nothing where it broke. The repository is the bare one in
FOLDER/acme/shop.git.
"""

import asyncio
import ctypes
import hashlib
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ground import ports
from ground.scar_core import Codebase, Conversation, Core, git
from ground.until import until

ACCOUNTS = {"our-token": "orchestrator-account", "bot-token": "scar-bot"}
BOT, NAME = "scar-bot", "The agent"
MENTION = re.compile(r"@scar(?=[\s,:;]|$)", re.IGNORECASE)
PR_SET_PDEATHSIG = 1


class Hub:
    """`switches` and `scripts` are those of SCAR; `asked` counts requests, `unchanged` those that cost nothing."""

    def __init__(self, folder: Path) -> None:
        self.core, self.origin = Core(folder / "scar"), folder / "acme" / "shop.git"
        self.issues: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.unchanged = 0
        self.held, self.go, self.one = "", asyncio.Event(), asyncio.Lock()
        self.tasks: set[asyncio.Task[None]] = set()
        self.deliveries: list[str] = []

    def comment(self, issue: int, author: str, body: str) -> dict[str, Any]:
        assert len(body) <= 65_536
        made = {"id": 1000 + len(self.comments), "issue": issue, "body": body, "user": {"login": author}}
        self.comments.append(made)
        times = 2 if self.core.switches.get("redelivered") and author != BOT else 1
        for _ in range(times):
            self.deliver(made)
        return made

    def deliver(self, comment: dict[str, Any]) -> None:
        """No difference between a new comment, an edited one, and one of its own."""
        switches = self.core.switches
        if switches.get("deaf") or (comment["user"]["login"] == BOT and not switches.get("loop")):
            return
        if not MENTION.search(comment["body"]):
            return
        self.deliveries.append(comment["body"])
        task = asyncio.create_task(self.scar(comment["issue"], MENTION.sub("", comment["body"]).strip()))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def scar(self, issue: int, text: str) -> None:
        """No lock: comments on one issue are worked on at once."""
        async with self.one:  # a real one would break where two notices of a new issue come at once
            conversation = await asyncio.to_thread(self.worktree, issue)
        if not text.startswith("/"):
            await asyncio.sleep(float(str(self.core.switches.get("late_s", 0))))
            self.comment(issue, BOT, f"{NAME} is on the case...")
            await asyncio.sleep(float(str(self.core.switches.get("loop_s", 0.1))))
            self.comment(issue, BOT, "I looked at it, and there is nothing for me to do.")
            return
        texts: list[str] = []
        before = len(self.core.runs)
        handling = asyncio.ensure_future(self.core.handle(f"issue-{issue}", text.partition("\n")[0], texts.append))
        while not handling.done() and len(self.core.runs) == before:
            await asyncio.sleep(0.01)
        if len(self.core.runs) > before:
            self.comment(issue, BOT, f"{NAME} is on the case...")
            await self.beats(issue, handling)
        await handling
        assert conversation
        self.answer(issue, texts)

    async def beats(self, issue: int, handling: "asyncio.Future[None]") -> None:
        every = float(str(self.core.switches.get("beat_s", 60)))
        while not handling.done():
            done, _ = await asyncio.wait({handling}, timeout=every)
            if not done:
                self.comment(issue, BOT, "⏱️ Still working... (1m 0s, 3 tool calls)")

    def answer(self, issue: int, texts: list[str]) -> None:
        if self.core.switches.get("no final"):
            return
        errors = [text for text in texts if text.startswith("⚠️")]
        said = [text for text in texts if not text.startswith(("🔧", "⚠️", "API Error"))]
        for text in errors or ["\n\n---\n\n".join(said)] * bool(said):
            if len(text) <= 65_536:  # what is longer GitHub refuses, and nobody is told
                self.comment(issue, BOT, text)

    def worktree(self, issue: int) -> Conversation:
        """Each issue has a worktree of its own; a new one first resets the copy that all share."""
        id, core = f"issue-{issue}", self.core
        if id in core.conversations:
            return core.conversations[id]
        main = core.workspace / "shop"
        if not main.exists():
            code, said = git(core.workspace, "clone", "-q", str(self.origin), str(main))
            assert not code, said
        git(main, "fetch", "-q")
        git(main, "reset", "-q", "--hard", "origin/main")
        places = [path for part in (".claude", ".agents") for path in sorted((main / part / "commands").glob("*.md"))]
        known = {path.stem: str(path.relative_to(main)) for path in places}
        core.codebases["shop"] = Codebase("shop", "https://github.com/acme/shop", known)
        folder = core.workspace / "worktrees" / "shop" / id
        git(main, "worktree", "add", str(folder), "-b", id)
        core.conversations[id] = Conversation("shop", str(main), str(folder))
        return core.conversations[id]


def author(request: Request) -> str:
    return ACCOUNTS.get(request.headers.get("authorization", "").removeprefix("Bearer "), "")


async def held(hub: Hub, what: str) -> None:
    """Until the tests let it go on; they may kill its sender first."""
    go = asyncio.Event()
    hub.held, hub.go = what, go
    await go.wait()
    if hub.go is go:
        hub.held = ""


async def guarded(request: Request) -> Response | None:
    hub: Hub = request.app.state.hub
    hub.asked.append(f"{request.method} {request.url.path}")
    if not author(request):
        return JSONResponse({"message": "Bad credentials"}, 401)
    if left := int(str(hub.core.switches.get("limit", 0))):
        hub.core.switches["limit"] = left - 1
        headers = {
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(int(time.time()) + int(str(hub.core.switches.get("limit_s", 1)))),
        }
        return JSONResponse({"message": "API rate limit exceeded"}, 403, headers)
    if int(str(hub.core.switches.get("broken", 0))):
        hub.core.switches["broken"] = int(str(hub.core.switches["broken"])) - 1
        return Response("<html>Unicorn!</html>", 502)
    if "/repos/" in request.url.path and not request.url.path.startswith("/repos/acme/shop/"):
        return JSONResponse({"message": "Not Found"}, 404)
    return None


def tagged(request: Request, data: Any) -> Response:
    tag = f'W/"{hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        request.app.state.hub.unchanged += 1
        return Response(status_code=304, headers={"etag": tag})
    return JSONResponse(data, headers={"etag": tag, "x-ratelimit-remaining": "4999"})


async def user(request: Request) -> Response:
    return await guarded(request) or tagged(request, {"login": author(request)})


def page(request: Request, items: list[Any]) -> list[Any]:
    size, number = int(request.query_params.get("per_page", 30)), int(request.query_params.get("page", 1))
    return items[(number - 1) * size : number * size]


async def issues(request: Request) -> Response:
    if refused := await guarded(request):
        return refused
    hub: Hub = request.app.state.hub
    if request.method == "GET":
        creator = request.query_params.get("creator")
        return tagged(request, page(request, [each for each in hub.issues if creator in (None, each["user"]["login"])]))
    given = await request.json()
    await hold(hub, "before", given["title"])
    made = {"number": len(hub.issues) + 1, "user": {"login": author(request)}, **given}
    hub.issues.append(made)
    await hold(hub, "after", given["title"])
    return JSONResponse(made, 201)


async def comments(request: Request) -> Response:
    if refused := await guarded(request):
        return refused
    hub: Hub = request.app.state.hub
    issue = int(request.path_params["number"])
    if request.method == "GET":
        return tagged(request, page(request, [each for each in hub.comments if each["issue"] == issue]))
    body = (await request.json())["body"]
    await hold(hub, "before", body)
    if hub.core.switches.pop("drop", None):
        return Response("never arrived", 502)
    made = hub.comment(issue, author(request), body)
    await hold(hub, "after", body)
    if slow := hub.core.switches.pop("slow", 0):
        await asyncio.sleep(float(str(slow)))
    return JSONResponse(made, 201)


async def hold(hub: Hub, when: str, what: str) -> None:
    if hub.core.switches.get("hold"):
        await held(hub, f"{when} {what}")


async def edit(request: Request) -> Response:
    """An edited comment is heard again; we never do that, and people do."""
    hub: Hub = request.app.state.hub
    comment = next(each for each in hub.comments if each["id"] == int(request.path_params["id"]))
    comment["body"] = (await request.json()).get("body", comment["body"])
    hub.deliver(comment)
    return JSONResponse(comment)


async def control(request: Request) -> Response:
    hub: Hub = request.app.state.hub
    if request.method == "POST":
        given = await request.json()
        if folder := given.get("folder"):
            for task in hub.tasks:
                task.cancel()
            hub = request.app.state.hub = Hub(Path(folder))
        hub.core.switches |= given.get("switches", {})
        hub.core.scripts += given.get("scripts", [])
        if said := given.get("says"):
            hub.comment(*said)
        if given.get("release"):
            hub.go.set()
    return JSONResponse(
        {
            "issues": hub.issues, "comments": hub.comments, "asked": hub.asked, "unchanged": hub.unchanged,
            "held": hub.held, "runs": hub.core.runs, "deliveries": hub.deliveries, "busy": len(hub.tasks),
        }
    )  # fmt: skip


def application(folder: Path) -> Starlette:
    routes = [
        Route("/user", user),
        Route("/repos/{owner}/{name}/issues", issues, methods=["GET", "POST"]),
        Route("/repos/{owner}/{name}/issues/{number:int}/comments", comments, methods=["GET", "POST"]),
        Route("/repos/{owner}/{name}/issues/comments/{id:int}", edit, methods=["PATCH"]),
        Route("/control", control, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes)
    app.state.hub = Hub(folder)
    return app


def main(port: int, folder: Path) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    uvicorn.run(application(folder), port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)


class HubProcess:
    """`async with HubProcess(folder) as hub:` has one that listens at `hub.url`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, ports.free()
        self.url = f"http://127.0.0.1:{self.port}"
        self.origin = folder / "acme" / "shop.git"
        self.http = httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False)

    async def fresh(self, folder: Path) -> None:
        """As if nobody had been here, with another repository."""
        self.origin = folder / "acme" / "shop.git"
        await self.http.post("/control", json={"folder": str(folder)})

    async def set(self, *scripts: dict[str, Any], **switches: Any) -> None:
        await self.http.post("/control", json={"scripts": scripts, "switches": switches})

    async def says(self, issue: int, author: str, body: str) -> None:
        await self.http.post("/control", json={"says": [issue, author, body]})

    async def release(self) -> None:
        await self.http.post("/control", json={"release": True})

    async def seen(self) -> dict[str, Any]:
        return dict((await self.http.get("/control")).json())

    async def asked(self) -> list[str]:
        """Our comments, in order."""
        return [each["body"] for each in (await self.seen())["comments"] if each["user"]["login"] != BOT]

    async def _listens(self) -> bool:
        try:
            return (await self.http.get("/control")).is_success
        except httpx.TransportError:
            return False

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        command = (sys.executable, "-m", "ground.github_scar", str(self.port), str(self.folder))
        with (self.folder / "hub.log").open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=env, stdout=log, stderr=log
            )
        await until(self._listens, 60)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        self.child.kill()
        await self.child.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
