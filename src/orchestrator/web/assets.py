"""The files that pages load: each under an address that names its content, so that it may be kept for ever."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, Request, Response

from orchestrator.errors import NotFound

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PACKED = {".css", ".js", ".svg"}  # fonts are compressed already
REFERENCE = re.compile(r"url\((?!data:)[\"']?([^)\"']+)[\"']?\)")
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Asset:
    url: str
    type: str
    body: bytes
    packed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, by the name that templates use: `url("app.js")`."""

    by_name: Mapping[str, Asset]
    by_url: Mapping[str, Asset] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_url", {asset.url: asset for asset in self.by_name.values()})

    def url(self, name: str) -> str:
        """The address of a file. A name that does not exist is a mistake in a template."""
        return self.by_name[name].url


def load(folder: Path = STATIC) -> Assets:
    """Reads everything once. Style sheets come last, because they name the others."""
    paths = sorted((path for path in folder.rglob("*") if path.suffix in TYPES), key=lambda path: path.suffix == ".css")
    made: dict[str, Asset] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        made[name] = _asset(name, path.read_bytes(), made)
    return Assets(made)


def router(assets: Assets) -> APIRouter:
    """Serves them; an address whose content has changed is not found rather than wrong."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route(PREFIX + "{path:path}", methods=["GET", "HEAD"])
    async def static(path: str, request: Request) -> Response:
        asset = assets.by_url.get(PREFIX + path)
        if asset is None:
            raise NotFound("There is no such file.")
        return _response(asset, request.headers.get("accept-encoding", ""))

    return routes


def _asset(name: str, body: bytes, known: Mapping[str, Asset]) -> Asset:
    suffix = Path(name).suffix
    if suffix == ".css":
        body = _pointed(name, body.decode(), known).encode()
    mark = hashlib.sha256(body).hexdigest()[:12]
    packed = gzip.compress(body, mtime=0) if suffix in PACKED else None
    return Asset(f"{PREFIX}{name.removesuffix(suffix)}.{mark}{suffix}", TYPES[suffix], body, packed)


def _pointed(name: str, css: str, known: Mapping[str, Asset]) -> str:
    """The style sheet with the addresses of the files it names; they stand relative to it."""
    folder = Path(name).parent
    return REFERENCE.sub(lambda found: f"url({known[(folder / found[1]).as_posix()].url})", css)


def _response(asset: Asset, accepted: str) -> Response:
    if asset.packed is not None and "gzip" in accepted:
        return Response(asset.packed, headers={**HEADERS, "Content-Encoding": "gzip"}, media_type=asset.type)
    return Response(asset.body, headers=HEADERS, media_type=asset.type)
