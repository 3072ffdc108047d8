"""What whoever runs the installation can have tried again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import RedirectResponse

from orchestrator.runtime import tx
from orchestrator.store import arrivals, posts
from orchestrator.web.auth import Owner

router = APIRouter(include_in_schema=False)
SEE_OTHER = 303


@router.post("/operations/posts/{id}/again")
async def post(id: Annotated[str, Path(max_length=64)], who: Owner) -> Response:  # noqa: ARG001 - it lets in
    """Try to deliver a message once more."""
    await tx(posts.again, id)
    return RedirectResponse("/operations?saved=1", SEE_OTHER)


@router.post("/operations/arrivals/{number}/again")
async def arrival(number: Annotated[int, Path(ge=1, le=2**62)], who: Owner) -> Response:  # noqa: ARG001
    """Take up once more what came."""
    await tx(arrivals.again, number)
    return RedirectResponse("/operations?saved=1", SEE_OTHER)
