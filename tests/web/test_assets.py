"""Static files: found by name, kept for ever, changed by content."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from orchestrator.errors import NotFound
from orchestrator.web import assets

FILES = assets.load()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(assets.router(FILES))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


@pytest.mark.parametrize("name", sorted(FILES.by_name))
async def test_every_file_is_sent_whole_with_its_type_and_may_be_kept(http: httpx.AsyncClient, name: str):
    answer = await http.get(FILES.url(name))
    assert answer.status_code == 200
    assert answer.content == FILES.by_name[name].body
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].split(";")[0] in {
        "text/css",
        "text/javascript",
        "image/svg+xml",
        "font/woff2",
    }


async def test_text_travels_packed_to_who_can_unpack_it(http: httpx.AsyncClient):
    url = FILES.url("components.css")
    packed = await http.get(url, headers={"accept-encoding": "gzip"})
    plain = await http.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.content == plain.content
    assert gzip.decompress(FILES.by_name["components.css"].packed or b"") == plain.content


async def test_an_old_address_is_not_found(http: httpx.AsyncClient):
    with pytest.raises(NotFound):
        await http.get("/static/app.000000000000.js")
    with pytest.raises(NotFound):
        await http.get("/static/%2e%2e%2fassets.py")


async def test_a_look_at_the_headers_costs_no_body(http: httpx.AsyncClient):
    answer = await http.head(FILES.url("app.js"))
    assert answer.status_code == 200


def test_another_content_has_another_address(tmp_path: Path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"one")
    (tmp_path / "a.css").write_text("@font-face { src: url('fonts/a.woff2'); } i { background: url(data:,x); }")
    first = assets.load(tmp_path)
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"two")
    second = assets.load(tmp_path)
    assert first.url("a.css") != second.url("a.css")
    assert second.url("fonts/a.woff2") in second.by_name["a.css"].body.decode()
    assert b"url(data:,x)" in second.by_name["a.css"].body


def test_a_style_sheet_cannot_name_what_is_not_there(tmp_path: Path):
    (tmp_path / "a.css").write_text("i { background: url(gone.svg); }")
    with pytest.raises(KeyError, match=r"gone\.svg"):
        assets.load(tmp_path)


def test_what_others_wrote_has_its_licence_beside_it():
    for folder in (assets.STATIC / "vendor", assets.STATIC / "fonts", Path(__file__).parent / "vendor"):
        assert [path for path in folder.iterdir() if "LICENSE" in path.name or "OFL" in path.name]
