"""Show a running prototype below our own address, in a sandbox: it cannot see who is signed in, nor act for them."""

import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from orchestrator.delivery import promised
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import NotFound, NotPossible
from orchestrator.runtime import read, runtime
from orchestrator.store import phases, projects
from orchestrator.store.pages import Standing
from orchestrator.store.tables import PhaseRow, ProjectRow

if TYPE_CHECKING:
    import httpx

router = APIRouter(include_in_schema=False)
TRYING = frozenset({Step.RESULT, Step.REPAIRING, Step.MERGING})
POLICY = (
    "sandbox allow-forms allow-scripts; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; script-src 'self' 'unsafe-inline'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
OWN = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",  # in the sandbox its own style sheet is somebody else's
}
PASSED_ON = {"accept", "accept-language", "content-type", "user-agent"}
PASSED_BACK = {"content-type", "location", "content-language", "last-modified"}
NONE = "There is nothing to try yet."


def url_of(found: Standing) -> str | None:
    """Where the newest state that can be tried is shown; the same address for ever."""
    return f"/preview/{found.project.id}/{token(found.project.id)}/" if newest(found.project, found.phases) else None


def token(project_id: str) -> str:
    """The secret part of the address: who has the link may look, and only at this."""
    return hmac.new(runtime().vault.derive("preview"), project_id.encode(), "sha256").hexdigest()[:32]


def newest(project: ProjectRow, found: tuple[PhaseRow, ...] | list[PhaseRow]) -> str:
    """The save point to show: of the phase that waits to be tried, or what is in the app."""
    at_hand = next((phase for phase in found if phase.number == project.phase), None)
    trying = project.paused_from if project.step is Step.PAUSED else project.step
    if at_hand and at_hand.commit and trying in TRYING:
        return at_hand.commit
    merged = [phase.merged for phase in found if phase.status is PhaseStatus.COMPLETED and phase.merged]
    return merged[-1] if merged else ""


@router.get("/preview/{project_id}/{key}")
async def without_slash(project_id: str, key: str) -> RedirectResponse:
    """Lead to the preview, under the address that its links need."""
    return RedirectResponse(f"/preview/{project_id}/{key}/", 308)


@router.api_route("/preview/{project_id}/{key}/{path:path}", methods=["GET", "HEAD", "POST"])
async def show(project_id: str, key: str, path: str, request: Request) -> Response:
    """Pass a request on to the running prototype, without cookies or anything else of ours."""
    if not hmac.compare_digest(token(project_id), key):
        raise NotFound(NONE)
    row = await read(projects.row, project_id)
    commit = newest(row, await read(phases.of, project_id))
    if not commit:
        raise NotFound(NONE)
    port = await runtime().previews.at(project_id, Path(row.repository), commit)
    if request.method == "GET" and not path:
        await promised.opened(project_id, commit)
    return await passed_on(request, port, path)


async def passed_on(request: Request, port: int, path: str) -> Response:
    """What the prototype at this port answers, as it comes: it may be without an end. Raises NotPossible."""
    headers = {name: value for name, value in request.headers.items() if name in PASSED_ON}
    import httpx  # noqa: PLC0415 - only when somebody looks at a prototype

    async with AsyncExitStack() as stack:
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15, trust_env=False)
        asked = client.build_request(
            request.method, f"/{path}", params=request.query_params, content=await request.body(), headers=headers
        )
        asked.headers["accept-encoding"] = "identity"
        await stack.enter_async_context(client)
        try:
            answer = await client.send(asked, stream=True)
        except httpx.HTTPError:
            raise NotPossible("The prototype did not answer. Load the page again to start it anew.") from None
        stack.push_async_callback(answer.aclose)
        shown = {name: value for name, value in answer.headers.items() if name in PASSED_BACK}
        return _Passing(_parts(answer), answer.status_code, shown | OWN, stack.pop_all())


async def _parts(answer: "httpx.Response") -> AsyncIterator[bytes]:
    import httpx  # noqa: PLC0415

    with suppress(httpx.HTTPError):  # what came before it broke off is shown
        async for part in answer.aiter_bytes():
            yield part


class _Passing(StreamingResponse):
    """Holds the connection to the prototype for as long as somebody looks, and not longer."""

    def __init__(self, parts: AsyncIterator[bytes], status: int, headers: dict[str, str], held: AsyncExitStack) -> None:
        super().__init__(parts, status, headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await super().__call__(scope, receive, send)
