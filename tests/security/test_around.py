"""What is around every request: headers, names, problems, ids, figures."""

import asyncio
import re
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.responses import PlainTextResponse
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from ground.logs import logged
from ground.site import Site, shown
from ground.until import until
from orchestrator.errors import WrongSetting
from orchestrator.web import address
from orchestrator.web.headers import ALWAYS


async def raw(site: Site, request: str) -> str:
    """Say something to the server that no decent client would, and hear all that it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
    writer.write(request.replace("\n", "\r\n").encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer.decode()


async def test_every_answer_carries_the_headers_errors_too(site: Site):
    browser = await site.signed_in(await site.owner())
    answers = [await browser.get(path) for path in ("/who", "/nowhere", "/api/v1/nowhere", "/broken", "/api/v1/broken")]
    answers += [await browser.get("/refused"), await browser.get("/metrics"), await browser.put("/write")]
    answers += [await browser.get("/who", headers={"host": "evil.example"}), await site.browser().get("/who")]
    answers += [await browser.post("/upload", content=b"x" * 2_000_001)]

    assert [answer.status_code for answer in answers] == [200, 404, 404, 500, 500, 403, 200, 405, 400, 303, 413]
    for answer in answers:
        assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
        assert re.fullmatch(r"[\w.-]{8,64}", answer.headers["x-request-id"])
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert "strict-transport-security" not in answer.headers


async def test_an_answer_that_has_its_own_policy_keeps_it(start):
    own = {"content-security-policy": "sandbox", "cache-control": "max-age=60"}
    site = await start()
    site.app.get("/preview")(lambda: PlainTextResponse("", headers=own))

    answer = await site.browser().get("/preview")
    assert {name: answer.headers[name] for name in own} == own
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("app.localhost:3000", 200),
        ("192.168.1.5:8000", 200),
        ("PLAN.example.org", 200),
        ("internal", 200),
        ("evil.example", 400),
        ("plan.example.org.evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
        ("[::1", 400),
        ("a b", 400),
    ],
)
async def test_we_answer_to_our_names_only(start, host: str, status: int):
    site = await start(public_url="http://plan.example.org:8000", hosts=frozenset({"internal"}))
    answer = await raw(site, f"GET /sign-in HTTP/1.1\nHost: {host}\nConnection: close\n\n")

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert status == 200 or "not known under this name" in answer


async def test_where_we_are_known_by_https_nothing_goes_without(start):
    site = await start(public_url="https://plan.example.org", trusted_proxies=address.networks(["10.0.0.0/8"]))
    plain, secure = (site.browser(host="plan.example.org", **{"x-forwarded-proto": p}) for p in ("http", "https"))

    moved = await plain.get("/sign-in?next=/who")
    assert (moved.status_code, moved.headers["location"]) == (308, "https://plan.example.org/sign-in?next=/who")
    sent = await plain.post("/sign-in", data={"password": "x"})
    assert (sent.status_code, "has to be sent securely" in sent.text) == (403, True)
    assert (await site.browser().get("/sign-in")).status_code == 308
    assert (await plain.get("/metrics")).status_code == 200
    answer = await secure.get("/sign-in")
    assert (answer.status_code, answer.headers["strict-transport-security"]) == (200, "max-age=31536000")


async def test_a_problem_is_a_document_for_programs_and_a_page_for_people(site: Site):
    program = await site.program().get("/api/v1/refused")
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json() == {
        "type": "urn:project-orchestrator:problem:not-allowed",
        "title": "Not allowed",
        "status": 403,
        "detail": "You are not the cook here.",
        "cook": "Tom",
        "reference": program.headers["x-request-id"],
    }
    person = await site.browser().get("/refused")
    assert (person.status_code, shown(person)[0]) == (403, "problem.html")
    assert "You are not the cook here." in shown(person)[1]["problem"]
    assert shown(person)[1]["reference"] == person.headers["x-request-id"]
    assert (await site.program().get("/refused")).headers["content-type"] == "application/problem+json"
    assert shown(await site.browser(accept="*/*").get("/refused"))[0] == "problem.html"


async def test_an_address_that_is_none_and_a_wrong_kind_of_request(site: Site):
    nowhere, wrong = await site.program().get("/api/nowhere"), await site.program().put("/api/v1/write")

    assert (nowhere.status_code, nowhere.json()["detail"]) == (404, "There is nothing at this address.")
    assert nowhere.json()["type"] == "urn:project-orchestrator:problem:not-found"
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert (await site.program().get("/api/v1/away")).json()["detail"] == "The oven does not answer."


async def test_a_fault_of_ours_is_logged_and_not_shown(site: Site):
    with logged(("swordfish",)) as lines:
        answers = await site.program().get("/api/v1/broken"), await site.browser().get("/broken")
    for answer in answers:
        assert answer.status_code == 500
        assert "swordfish" not in answer.text
        assert "ValueError" not in answer.text
        assert answer.headers["x-request-id"] in answer.text
        (line,) = [one for one in lines() if one["event"] == "request.failed" and one["request"] in answer.text]
        assert "ValueError: the password is [hidden]" in line["exception"]


async def test_a_page_of_problems_that_itself_fails_leaves_the_sentence(start):
    def fails(*_args, **_values):
        raise LookupError("no such template")

    site = await start()
    object.__setattr__(site.security, "render", fails)
    answer = await site.browser().get("/refused")
    assert (answer.status_code, answer.text) == (
        403,
        f"You are not the cook here. ({answer.headers['x-request-id']})",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "“name” is missing. “servings” is missing."),
        ({"name": "x", "servings": 1}, "“name” is too short: it needs at least 2 characters."),
        ({"name": "toolong", "servings": 1}, "“name” is too long: it may have at most 5 characters."),
        ({"name": "pie", "servings": 0}, "“servings” must be at least 1."),
        ({"name": "pie", "servings": 21}, "“servings” must be at most 20."),
        ({"name": "pie", "servings": "many"}, "“servings” must be a whole number."),
        ({"name": 7, "servings": 1}, "“name” must be text."),
        ([], "What was sent must be a JSON object."),
        ("{", "What was sent is not readable as JSON."),
    ],
)
async def test_what_cannot_be_read_is_told_by_its_field(site: Site, body: object, said: str):
    program = site.program((await site.token(await site.owner())).raw)
    how = {"content": body, "headers": {"content-type": "application/json"}} if body == "{" else {"json": body}
    answer = await program.post("/api/v1/recipes", **how)

    assert (answer.status_code, answer.json()["detail"]) == (422, said)
    assert " ".join(one["sentence"] for one in answer.json()["errors"]) == said


async def test_a_wrong_query_is_told_by_its_field_too(site: Site):
    answer = await site.program().get("/api/v1/pages", params={"limit": "11"})
    assert answer.json()["errors"] == [{"field": "limit", "sentence": "“limit” must be at most 10."}]


async def test_words_to_choose_from_are_told_and_reasons_of_ours_are_not(site: Site):
    answer = await site.program().get("/api/v1/day/friday", params={"at": "noon"})
    assert answer.json()["detail"] == "“day” must be 'monday' or 'sunday'. “at” could not be read."


async def test_an_answer_that_breaks_in_the_middle_is_logged_and_seen_as_broken(site: Site):
    with logged() as lines, pytest.raises(httpx.RemoteProtocolError):
        await site.program().get("/api/v1/torn")
    assert "request.failed" in [line["event"] for line in lines()]


async def test_starting_and_ending_passes_through_all_of_it(site: Site):
    heard, sent = ["lifespan.startup", "lifespan.shutdown"], []

    async def receive():
        return {"type": heard.pop(0)}

    async def send(message):
        sent.append(message["type"])

    await site.app({"type": "lifespan", "state": {}}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123.DEF_45", True), ("short", False), ("x" * 65, False), ("a b c d e", False)]
)
async def test_the_id_of_a_proxy_is_kept_if_it_is_one(site: Site, given: str, kept: bool):
    answer = await site.browser().get("/sign-in", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


async def test_each_request_is_one_line_and_one_figure(site: Site):
    user = await site.owner()
    program = site.program((await site.token(user)).raw)
    with logged() as lines:
        for path in ("/api/v1/who", "/nowhere/at/all", "/api/v1/stream", "/metrics"):
            answer = await program.get(path)
        figures = (await program.get("/metrics")).text
    first, second, third = lines()

    assert (first["route"], first["status"], first["user"], first["level"]) == ("/api/v1/who", 200, user.id, "info")
    assert second["route"] == "unmatched"
    assert "user" not in second
    assert len({line["request"] for line in (first, second, third)}) == 3
    assert 'http_requests_total{method="GET",route="/api/v1/who",status="200"} 1.0' in figures
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in figures
    assert 'http_request_seconds_count{method="GET",route="/api/v1/who"} 1.0' in figures
    assert 'http_request_seconds_count{method="GET",route="/api/v1/stream"}' not in figures
    assert "process_resident_memory_bytes" in figures
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_figure_is_named_by_the_whole_template_and_not_by_ids(site: Site):
    for path in ("/api/v1/houses/h1/rooms/r1", "/api/v1/houses/h2/rooms/r2", "/sign-in"):
        await site.program().get(path)
    figures = site.security.metrics.text().decode()
    assert 'http_requests_total{method="GET",route="/api/v1/houses/{house}/rooms/{id}",status="200"} 2.0' in figures
    assert 'route="/sign-in"' in figures


async def test_who_goes_away_in_the_middle_is_no_fault(site: Site):
    with logged() as lines:
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
        writer.write(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()
        (line,) = await until(lines)
    assert (line["event"], line["method"]) == ("http.request", "POST")


@pytest.mark.parametrize("method", ["BREW", "PROPFIND"])
async def test_a_method_that_nobody_uses_makes_no_figure_of_its_own(site: Site, method: str):
    await raw(site, f"{method} /who HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    assert method not in site.security.metrics.text().decode()
    assert ('method="other"' in site.security.metrics.text().decode()) == (method == "PROPFIND")  # the other is no HTTP


def connection(peer: str | None, **headers: str) -> HTTPConnection:
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return HTTPConnection(
        {"type": "http", "scheme": "http", "path": "/", "headers": named, "client": peer and (peer, 1)}
    )


@pytest.mark.parametrize(
    ("peer", "said", "found"),
    [
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("8.8.8.8", "1.2.3.4", "8.8.8.8"),
        ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (None, "1.2.3.4", "local"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str | None, said: str, found: str):
    trusted = address.networks(["10.0.0.0/8"])
    assert address.client(connection(peer, x_forwarded_for=said), trusted) == found


@given(said=st.text(st.characters(max_codepoint=255)))
def test_no_header_breaks_the_search_for_the_address(said: str):
    assert address.client(connection("10.0.0.1", x_forwarded_for=said), address.networks(["10.0.0.0/8"]))


@pytest.mark.parametrize(
    ("peer", "said", "secure"),
    [("127.0.0.1", "https", True), ("8.8.8.8", "https", False), ("10.0.0.1", "http, https", True), (None, "", False)],
)
def test_https_is_believed_of_those_who_could_know(peer: str | None, said: str, secure: bool):
    assert address.https(connection(peer, x_forwarded_proto=said), address.networks(["10.0.0.0/8"])) is secure


def test_a_proxy_that_is_no_address_stops_the_start():
    with pytest.raises(WrongSetting, match="ORCHESTRATOR_TRUSTED_PROXIES"):
        address.networks(["proxy.example"])
