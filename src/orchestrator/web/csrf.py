"""Whether a form was sent from a page of ours, by the person who was shown it."""

import hmac
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from orchestrator.errors import NotAllowed
from orchestrator.web.context import of

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
ELSEWHERE: Final = "This was sent from another site, so we did nothing. Open the page here and do it again."
OLD_PAGE: Final = "This page is older than your session, so we did nothing. Load it again, then repeat your last step."


def same_origin(request: Request) -> None:
    """Raise NotAllowed for what a browser says comes from elsewhere. Programs say nothing, and carry no cookies."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(ELSEWHERE)
    origin = request.headers.get("origin")
    if origin is not None and not _ours(request, origin):
        raise NotAllowed(ELSEWHERE)


async def require(request: Request, csrf: str) -> None:
    """Raise NotAllowed unless a request that changes something carries the secret of its session's pages."""
    same_origin(request)
    given = request.headers.get("x-csrf-token") or await _in_form(request)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf.encode()):
        raise NotAllowed(OLD_PAGE)


async def _in_form(request: Request) -> str:
    if not request.headers.get("content-type", "").startswith(FORMS):
        return ""
    given = (await request.form()).get("csrf", "")
    return given if isinstance(given, str) else ""


def _ours(request: Request, origin: str) -> bool:
    """An origin is ours if it is the public one, or where the request itself went: Hosts has checked that name."""
    security = of(request)
    public = urlsplit(security.public_url)
    if origin.lower() == f"{public.scheme}://{public.netloc}".lower():
        return True
    return not security.https and origin.lower() == f"http://{request.headers.get('host', '')}".lower()
