"""The API for people to read, made from the same description that programs get; nothing comes from elsewhere."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from orchestrator.web import auth, rendering
from orchestrator.web.views import reference
from orchestrator.web.views.shell import Shell

router = APIRouter(include_in_schema=False)


@router.get("/docs", dependencies=[Depends(auth.limited("stranger"))])
async def docs(request: Request) -> HTMLResponse:
    """Show the description of the API for people to read."""
    return HTMLResponse(rendering.page("reference", Shell(csrf=""), reference.page(request.app.openapi())))
