"""Who asks, and whether they meant to: sessions, tokens, and requests forged elsewhere."""

from datetime import timedelta

import pytest

from ground.site import Site
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import people, tokens


async def test_a_program_without_a_key_is_told_what_is_missing(site: Site):
    for headers in (
        {},
        {"authorization": "Bearer po_wrong"},
        {"authorization": "Bearer"},
        {"cookie": "orchestrator=x"},
    ):
        answer = await site.program(**headers).get("/api/v1/who")

        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer ")
        assert answer.json()["detail"] == "Please sign in first."


async def test_a_token_opens_the_api_without_a_secret_for_forms(site: Site):
    program = site.program((await site.token(await site.owner())).raw)

    assert (await program.get("/api/v1/who")).json() == {
        "name": "Nadia", "csrf": "", "via": "token", "channel": "api"
    }  # fmt: skip
    assert (await program.post("/api/v1/write", data={"text": "hello"})).json()["text"] == "hello"


async def test_a_token_that_is_changed_over_revoked_or_old_is_known_at_once(site: Site):
    user = await site.owner()
    old = await site.token(user, lifetime=timedelta(days=1))
    new = await site.store.tx(tokens.rotate, user.acts(), old.token.id, site.now())
    programs = [site.program(fresh.raw) for fresh in (old, new)]

    async def known() -> list[int]:
        return [(await program.get("/api/v1/who")).status_code for program in programs]

    assert await known() == [200, 200]
    site.later(hours=25)
    assert await known() == [401, 200]
    await site.store.tx(tokens.revoke, user.acts(), new.token.id, site.now())
    assert await known() == [401, 401]


async def test_the_use_of_a_token_is_noted_at_most_once_a_minute(site: Site):
    user = await site.owner()
    program = site.program((await site.token(user)).raw)

    async def used() -> object:
        await program.get("/api/v1/who")
        return (await site.store.read(tokens.all))[0].used_at

    first = await used()
    assert first is not None
    assert await used() == first
    site.later(seconds=61)
    assert await used() > first


async def test_a_wrong_token_is_not_made_good_by_a_cookie(site: Site):
    browser = await site.signed_in(await site.owner())

    assert (await browser.get("/api/v1/who", headers={"authorization": "Bearer po_wrong"})).status_code == 401
    assert (await browser.get("/api/v1/who", headers={"authorization": "Basic cHJveHk6eA=="})).status_code == 200


@pytest.mark.parametrize("path", ["/write", "/api/v1/write"])
async def test_a_form_needs_the_secret_of_its_session(site: Site, path: str):
    browser = await site.signed_in(await site.owner())
    secret = browser.headers.pop("x-csrf-token")
    other = await site.signed_in(await site.store.read(people.by_email, "nadia@example.org"))

    for wrong in ({}, {"csrf": ""}, {"csrf": secret[:-1]}, {"csrf": "é"}, {"csrf": other.headers["x-csrf-token"]}):
        answer = await browser.post(path, data={"text": "x", **wrong})
        assert (answer.status_code, "older than your session" in answer.text) == (403, True)
    assert (await browser.post(path, headers={"x-csrf-token": "wrong"}, data={"csrf": secret})).status_code == 403
    assert (await browser.post(path, json={"csrf": secret})).status_code == 403
    assert (await browser.post(path, files={"csrf": ("c.txt", secret)})).status_code == 403

    assert (await browser.post(path, data={"text": "x", "csrf": secret})).json() == {"by": "Nadia", "text": "x"}
    assert (await browser.post(path, data={"text": "x"}, headers={"x-csrf-token": secret})).json()["text"] == "x"
    assert (await browser.post(path, files={"f": ("f.txt", b"x")}, data={"csrf": secret})).status_code == 200


async def test_what_another_site_sends_is_refused_even_with_the_secret(site: Site):
    browser = await site.signed_in(await site.owner())
    elsewhere = ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"})

    for headers in elsewhere:
        answer = await browser.post("/write", data={"text": "x"}, headers=headers)
        assert (answer.status_code, "another site" in answer.text) == (403, True)
    assert (await browser.post("/write", data={"text": "x"}, headers={"origin": site.url})).status_code == 200


async def test_behind_a_proxy_only_the_public_origin_is_ours(start):
    site = await start(public_url="https://plan.example.org")
    user = await site.owner()
    browser = site.browser(**{"x-forwarded-proto": "https", "host": "plan.example.org"})
    form = {"email": user.email, "password": "three blue teapots"}

    origins = ("http://plan.example.org", "https://plan.example.org")
    answers = [await browser.post("/sign-in", data=form, headers={"origin": origin}) for origin in origins]
    assert [answer.status_code for answer in answers] == [403, 303]


async def test_some_things_are_the_owners_of_the_installation(site: Site):
    owner = await site.owner()
    tom = await site.store.tx(people.create, ORCHESTRATOR, "tom@example.org", "Tom", site.now())
    answers = [await site.program((await site.token(who)).raw).get("/api/v1/owners") for who in (owner, tom)]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert "Only the owner" in answers[1].json()["detail"]


async def test_a_stranger_who_sends_something_comes_back_to_the_page_it_was_on(site: Site):
    browser = site.browser(referer=f"{site.url}/projects/abc?tab=1")
    sent = await browser.post("/write", data={"text": "x"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fprojects%2Fabc%3Ftab%3D1")

    part = await browser.get("/who", headers={"hx-request": "true", "hx-current-url": f"{site.url}/projects/abc"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?next=%2Fprojects%2Fabc")
    assert (await site.browser().post("/write")).headers["location"] == "/sign-in"
    assert (await site.browser(accept="text/event-stream").get("/who")).status_code == 401
