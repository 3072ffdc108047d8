"""How much anybody may ask for at once, and how much of it we read."""

import asyncio
from urllib.parse import urlsplit

import pytest

from ground.site import PASSWORD, Site
from orchestrator.errors import TooMany
from orchestrator.web import address
from orchestrator.web.body import BodyLimit
from orchestrator.web.limits import Limits


async def tell_when_refused(client, method: str, path: str, at_most: int, **what) -> int:
    """Ask until it is too much; returns how often it was not."""
    for count in range(at_most + 1):
        answer = await client.request(method, path, **what)
        if answer.status_code == 429:
            wait = int(answer.headers["retry-after"])
            assert 1 <= wait <= 60
            assert f"Please wait {wait} second" in answer.text
            return count
    return at_most + 1


async def test_guessing_passwords_is_stopped_by_address(site: Site):
    browser = site.browser()
    count = 0
    while (await browser.post("/sign-in", data={"email": f"{count}@example.org", "password": "x"})).status_code == 422:
        count += 1
    assert count == 10
    assert await tell_when_refused(browser, "POST", "/sign-in", 0) == 0


async def test_guessing_one_persons_password_is_stopped_from_wherever(start):
    site = await start(trusted_proxies=address.networks(["127.0.0.0/8"]))
    user = await site.owner()

    async def guess(number: int, password: str = "guess") -> int:
        browser = site.browser(**{"x-forwarded-for": f"10.0.0.{number}"})
        return (await browser.post("/sign-in", data={"email": user.email.upper(), "password": password})).status_code

    assert [await guess(number) for number in range(5)] == [422] * 5
    assert await guess(6, PASSWORD) == 429


async def test_strangers_are_stopped_and_people_behind_the_same_address_are_not(site: Site):
    person = site.program((await site.token(await site.owner())).raw)

    assert await tell_when_refused(site.program("po_guess"), "GET", "/api/v1/who", 60) == 60
    assert await tell_when_refused(site.browser(), "GET", "/sign-in", 0) == 0
    assert (await person.get("/api/v1/who")).status_code == 200


async def test_what_one_says_about_its_own_address_does_not_help(site: Site):
    answers = [await site.program(**{"x-forwarded-for": f"10.0.0.{number}"}).get("/api/v1/who") for number in range(61)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]


async def test_each_person_has_limits_for_writing_reading_and_following(site: Site):
    user = await site.owner()
    program = site.program((await site.token(user)).raw)
    again = site.program((await site.token(user)).raw)

    assert await tell_when_refused(program, "POST", "/api/v1/write", 120) == 120
    assert await tell_when_refused(again, "POST", "/api/v1/write", 0) == 0
    assert await tell_when_refused(program, "GET", "/api/v1/stream", 30) == 30
    assert (await program.get("/api/v1/who")).status_code == 200


def test_reading_has_a_limit_too_and_people_do_not_share_it():
    counted = Limits()
    for _ in range(1200):
        counted.check("read", "nadia")
    with pytest.raises(
        TooMany, match=r"That was a lot at once\. Please wait \d+ seconds? before the next\."
    ) as refused:
        counted.check("read", "nadia")
    counted.check("read", "tom")
    assert 1 <= refused.value.wait <= 60


async def test_limits_can_be_off(start):
    site = await start(limits=Limits(on=False))
    assert await tell_when_refused(site.program(), "GET", "/api/v1/who", 80) == 81


async def test_a_body_within_the_limit_is_read_whole(start):
    site = await start(body_limit=10_000)
    assert (await site.program().post("/upload", content=b"x" * 10_000)).json() == 10_000
    assert (await site.program().post("/upload", content=pieces(10))).json() == 10_000


async def pieces(count: int):
    for _ in range(count):
        yield b"x" * 1000


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(start):
    site = await start(body_limit=10_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
    writer.write(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10001\r\n\r\n")  # and not a byte of it
    answer = (await asyncio.wait_for(reader.readuntil(b"10 kB"), 10)).decode()
    writer.close()

    assert answer.startswith("HTTP/1.1 413 ")
    assert "connection: close" in answer.lower()


async def test_we_do_not_hang_up_on_who_is_still_sending(start):
    """Or they would see a broken connection instead of the answer."""
    site = await start(body_limit=10_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
    writer.write(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10001\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"10 kB"), 10)
    rest = asyncio.create_task(reader.read())
    done, _ = await asyncio.wait({rest}, timeout=0.2)
    assert not done

    writer.write(b"x" * 10_001)
    assert b"HTTP/1.1" not in await asyncio.wait_for(rest, 10)
    writer.close()


async def test_who_sends_far_too_much_hears_so_nevertheless(start):
    site = await start(body_limit=10_000)
    answers = [await site.program().post("/upload", content=b"x" * size) for size in (10_001, 3_000_000)]
    assert [answer.status_code for answer in answers] == [413, 413]


async def test_who_sends_without_end_is_not_listened_to_for_ever(start):
    site = await start(body_limit=10_000)
    _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
    writer.write(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def send_on() -> None:
        for _ in range(10_000):
            writer.write(b"186a0\r\n" + b"x" * 100_000 + b"\r\n")
            await writer.drain()

    with pytest.raises(ConnectionError):
        await send_on()
    writer.close()


async def test_a_length_that_is_no_number_is_refused(site: Site):
    """Servers see to that, but which one is in front of us is not ours to say."""
    sent, heard = [], [{"type": "http.request", "body": b"x"}]

    async def send(message):
        sent.append(message)

    async def receive():
        return heard.pop()

    async def never(*_):
        raise AssertionError("the application must not be asked")

    scope = {"type": "http", "method": "POST", "path": "/api/x", "query_string": b"", "app": site.app}
    await BodyLimit(never, 10)({**scope, "headers": [(b"content-length", b"-1")]}, receive, send)
    assert sent[0]["status"] == 422
    assert b"not a number" in sent[1]["body"]


async def test_half_a_body_never_becomes_an_answer(site: Site):
    """Whatever the application makes of it, also when there is nothing left to be thrown away."""
    sent, heard = [], [{"type": "http.request", "body": b"x" * 11, "more_body": False}]

    async def send(message):
        sent.append(message)

    async def receive():
        return heard.pop()

    async def app(_scope, receive, send):
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 200, "headers": []})

    scope = {"type": "http", "method": "POST", "path": "/api/x", "query_string": b"", "app": site.app, "headers": []}
    await BodyLimit(app, 10)(scope, receive, send)
    assert [message.get("status") for message in sent if message["type"] == "http.response.start"] == [413]
