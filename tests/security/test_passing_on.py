"""What a prototype answers goes through us as it comes, and no longer than somebody looks."""

from fastapi import Request, Response

from ground.endless import PIECE, endless
from ground.loopback import Asked, HangUp, Loopback
from ground.site import Site
from orchestrator.web import preview


def passes_on(site: Site, port: int) -> None:
    async def show(request: Request, path: str) -> Response:
        return await preview.passed_on(request, port, path)

    site.app.add_api_route("/passed/{path:path}", show, methods=["GET"])


async def test_what_has_no_end_is_passed_on_piece_by_piece_and_let_go(site: Site):
    async with endless(more=b"set-cookie: a=b\r\n") as app:
        passes_on(site, app.port)
        async with site.program().stream("GET", "/passed/film") as answer:
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
            assert answer.headers["content-security-policy"] == preview.POLICY
            came = 0
            async for part in answer.aiter_bytes():
                came += len(part)
                if came > 100 * len(PIECE):
                    break
        while app.open:
            await next(iter(app.open))
        assert app.asked[0].startswith(b"GET /film ")


async def test_what_does_not_answer_is_a_sentence(site: Site):
    async def answers(_: Asked) -> tuple[int, str, bytes]:
        raise HangUp

    async with Loopback(answers) as app:
        passes_on(site, app.port)
        answer = await site.program().get("/passed/")
        assert answer.status_code == 503
        assert "The prototype did not answer." in answer.text
