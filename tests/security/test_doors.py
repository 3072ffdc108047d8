"""The ways in and out, through a real server: set-up, sign-in, sign-out."""

import asyncio
import re
from datetime import timedelta

import argon2
import pytest

from ground.site import PASSWORD, Site, shown
from orchestrator import passwords
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.store import links, people, sessions, tokens
from orchestrator.web.doors import NO_MATCH

NADIA = {"name": "Nadia Rahman", "email": "Nadia@example.org", "password": PASSWORD}


async def test_the_set_up_link_makes_the_owner_once(site: Site):
    key = await site.link(links.SETUP)
    browser = site.browser()

    for _ in range(2):  # looking does not use it
        name, values = shown(await browser.get("/setup", params={"key": key}))
        assert (name, values["key"], values["wrong"]) == ("setup.html", key, {})
    done = await browser.post("/setup", data={"key": key, **NADIA})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert (await browser.get("/who")).json()["name"] == "Nadia Rahman"

    for again in (await browser.get("/setup", params={"key": key}), await browser.post("/setup", data={"key": key})):
        assert again.status_code == 409
        assert "was used already" in shown(again)[1]["problem"]
    assert await site.store.kinds() == ["link.created", "link.used", "user.created", "session.opened"]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_of_two_people_with_the_same_link_one_becomes_the_owner(start, kind: str):
    site = await start(kind)
    key = await site.link(links.SETUP)
    forms = [{"key": key, **NADIA, "email": f"{name}@example.org"} for name in ("a", "b", "c")]
    answers = await asyncio.gather(*(site.browser().post("/setup", data=form) for form in forms))

    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    assert len(await site.store.read(people.all)) == 1


async def test_a_form_with_something_wrong_says_what_and_keeps_the_link(site: Site):
    key = await site.link(links.SETUP)
    browser = site.browser()
    answer = await browser.post("/setup", data={"key": key, "name": " ", "email": "nadia", "password": "supper"})

    assert answer.status_code == 422
    wrong = shown(answer)[1]["wrong"]
    assert wrong["name"] == "Please tell us your name."
    assert wrong["password"].startswith("Six characters so far: please use at least 12.")
    assert "name@example.org" in wrong["email"]
    assert "supper" not in answer.text
    assert (await browser.post("/setup", data={"key": key, **NADIA})).status_code == 303


async def test_a_set_up_link_that_is_wrong_or_old_says_so(site: Site):
    key = await site.link(links.SETUP)
    browser = site.browser()

    wrong = await browser.get("/setup", params={"key": key + "x"})
    assert (wrong.status_code, "do not know this link" in wrong.text) == (404, True)
    site.later(minutes=61)
    old = await browser.post("/setup", data={"key": key, **NADIA})
    assert (old.status_code, "has run out" in old.text) == (409, True)
    assert (await browser.get("/setup")).headers["location"] == "/sign-in"


async def test_somebody_who_was_added_chooses_a_password_by_link(site: Site):
    await site.owner()
    tom = await site.store.tx(people.create, ORCHESTRATOR, "tom@example.org", "Tom", site.now())
    key = await site.link(links.SETUP, tom)
    browser = site.browser()

    values = shown(await browser.get("/setup", params={"key": key}))[1]
    assert (values["name"], values["email"]) == ("Tom", "tom@example.org")
    taken = await browser.post("/setup", data={"key": key, **NADIA})
    assert shown(taken)[1]["wrong"] == {"email": "Somebody with this email is here already."}
    assert (await browser.post("/setup", data={"key": key, **NADIA, "email": "tom@example.org"})).status_code == 303
    assert (await site.store.read(people.get, tom.id)).password


async def test_the_owner_of_a_scripted_set_up_chooses_name_and_email_by_link(site: Site):
    owner = await site.store.tx(tokens.bootstrap, "a token for scripts", site.now())
    key = await site.store.tx(links.first, site.now())
    browser = site.browser()

    values = shown(await browser.get("/setup", params={"key": key}))[1]
    assert (values["name"], values["email"]) == ("", "")
    await browser.post("/setup", data={"key": key, **NADIA})
    assert (await site.store.read(people.get, owner.id)).email == "nadia@example.org"
    assert (await site.program("a token for scripts").get("/api/v1/who")).json()["name"] == "Nadia Rahman"


async def test_who_signs_in_gets_a_key_that_scripts_and_other_sites_cannot_use(site: Site):
    user = await site.owner()
    answer = await site.browser().post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": "/who"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"orchestrator=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", cookie)


async def test_over_https_the_key_is_bound_to_https_and_to_this_host(start):
    site = await start(public_url="https://plan.example.org")
    user = await site.owner()
    browser = site.browser(**{"x-forwarded-proto": "https", "host": "plan.example.org"})
    answer = await browser.post("/sign-in", data={"email": user.email, "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-orchestrator=")
    assert "; Secure" in cookie
    assert (await browser.get("/who", headers={"cookie": cookie.split(";")[0]})).json()["name"] == "Nadia"


async def test_a_wrong_email_and_a_wrong_password_are_answered_alike(site: Site):
    user = await site.owner()
    browser = site.browser()
    tries = [("nobody@example.org", PASSWORD), (user.email, "wrong password"), ("\x00", ""), (user.email, "x" * 5000)]
    answers = [await browser.post("/sign-in", data={"email": e, "password": p}) for e, p in tries]

    assert {answer.status_code for answer in answers} == {422}
    assert {shown(answer)[1]["wrong"] for answer in answers} == {NO_MATCH}
    assert not browser.cookies
    refused = [event for event in await site.store.log() if event.kind == "session.refused"]
    assert [event.data["user"] for event in refused] == ["", user.id, "", user.id]
    assert "nobody" not in str(refused)


async def test_somebody_without_a_password_or_shut_out_cannot_sign_in(site: Site):
    owner = await site.owner()
    tom = await site.store.tx(people.create, ORCHESTRATOR, "tom@example.org", "Tom", site.now())
    browser = site.browser()

    assert (await browser.post("/sign-in", data={"email": tom.email, "password": ""})).status_code == 422
    key = await site.link(links.SIGN_IN, tom)
    await site.store.tx(people.set_password, owner.acts(), tom.id, await passwords.hashed(PASSWORD))
    await site.store.tx(people.disable, owner.acts(), tom.id, site.now())
    assert (await browser.post("/sign-in", data={"email": tom.email, "password": PASSWORD})).status_code == 422
    by_link = await browser.post("/sign-in", data={"key": key})
    assert (by_link.status_code, "cannot sign in here any more" in by_link.text) == (403, True)


async def test_signing_in_never_takes_over_a_key_that_was_there_before(site: Site):
    user = await site.owner()
    browser = site.browser()
    planted = {"cookie": "orchestrator=planted-by-somebody-else"}
    form = {"email": user.email, "password": PASSWORD}

    first = (await browser.post("/sign-in", data=form, headers=planted)).cookies["orchestrator"]
    second = (await browser.post("/sign-in", data=form)).cookies["orchestrator"]

    assert len({"planted-by-somebody-else", first, second}) == 3
    assert await site.store.read(sessions.by_cookie, first, site.now()) is None
    assert await site.store.read(sessions.by_cookie, second, site.now())


async def test_a_sign_in_link_works_once_and_only_by_the_button(site: Site):
    user = await site.owner()
    key = await site.link(links.SIGN_IN, user)
    browser = site.browser()

    for _ in range(2):
        assert shown(await browser.get("/sign-in", params={"key": key}))[1]["key"] == key
    both = [site.browser().post("/sign-in", data={"key": key, "next": "/who"}) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [303, 409]
    assert (await browser.get("/sign-in", params={"key": key})).status_code == 409


async def test_signing_out_ends_the_session_itself(site: Site):
    browser = await site.signed_in(await site.owner())
    cookie = browser.cookies["orchestrator"]
    answer = await browser.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "orchestrator" not in browser.cookies
    assert (await site.browser(cookie=f"orchestrator={cookie}").get("/who")).status_code == 303
    assert (await site.store.kinds())[-1] == "session.closed"


async def test_a_program_that_signs_out_keeps_its_token(site: Site):
    program = site.program((await site.token(await site.owner())).raw)

    assert (await program.post("/sign-out")).status_code == 303
    assert (await program.get("/api/v1/who")).status_code == 200


@pytest.mark.parametrize(
    ("next", "to"),
    [
        ("/projects/abc?tab=1", "/projects/abc?tab=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-out", "/"),
        ("", "/"),
    ],
)
async def test_after_signing_in_one_goes_on_here_and_nowhere_else(site: Site, next: str, to: str):
    user = await site.owner()
    browser = site.browser()

    assert shown(await browser.get("/sign-in", params={"next": next}))[1]["next"] == to
    answer = await browser.post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": next})
    assert answer.headers["location"] == to
    assert (await browser.get("/sign-in", params={"next": next})).headers["location"] == to


async def test_the_page_says_when_a_session_has_ended(site: Site):
    browser = await site.signed_in(await site.owner())
    site.later(hours=12)

    answer = await browser.get("/who?tab=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fwho%3Ftab%3D1")
    assert shown(await browser.get(answer.headers["location"]))[1]["away"] is True
    assert shown(await site.browser().get("/sign-in"))[1]["away"] is False


async def test_who_keeps_working_stays_signed_in(site: Site):
    browser = await site.signed_in(await site.owner())
    for _ in range(3):
        site.later(hours=11)
        assert (await browser.get("/who")).status_code == 200


async def test_nobody_can_be_signed_in_from_another_site(site: Site):
    user = await site.owner()
    form = {"email": user.email, "password": PASSWORD}
    port = site.url.rsplit(":", 1)[1]
    elsewhere = [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{int(port) + 1}"},
        {"origin": site.url, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ]
    here = [{"origin": site.url}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]

    for path in ("/sign-in", "/setup"):
        refused = [await site.browser().post(path, data=form, headers=headers) for headers in elsewhere]
        assert [answer.status_code for answer in refused] == [403] * 5
        assert "another site" in refused[0].text
    assert [(await site.browser().post("/sign-in", data=form, headers=h)).status_code for h in here] == [303] * 3


async def test_a_password_kept_with_older_parameters_is_kept_anew(site: Site):
    user = await site.owner()
    old = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    await site.store.tx(people.rehash, user.id, old)
    await site.signed_in(user)

    kept = (await site.store.read(people.get, user.id)).password
    assert not passwords.outdated(kept)
    assert await passwords.matches(PASSWORD, kept)
    assert "password.changed" not in await site.store.kinds()
    assert timedelta(days=7) == sessions.LONGEST


@pytest.mark.parametrize(
    "nasty", ["\x00", "\ufffd\u202e", "%00", "'; DROP TABLE users; --", "<script>", "😀" * 500, "-1"]
)
async def test_no_text_breaks_a_door(site: Site, nasty: str):
    key = await site.link(links.SETUP)
    forms = [
        ("/sign-in", {"email": f"{nasty}@example.org", "password": nasty, "next": nasty}),
        ("/sign-in", {"key": nasty}),
        ("/setup", {"key": nasty}),
        ("/setup", {**NADIA, "key": key, "email": f"{nasty}@example.org"}),
        ("/setup", {**NADIA, "key": key, "name": nasty}),
    ]
    browser = site.browser()
    statuses = [(await browser.post(path, data=form)).status_code for path, form in forms]
    statuses += [(await browser.get(path, params={"key": nasty, "next": nasty})).status_code for path, _ in forms[1:3]]
    statuses += [(await browser.get("/who", headers={"cookie": "orchestrator=%00", "authorization": "Bearer %00"}))]
    assert {303, 404, 409, 422} >= {getattr(status, "status_code", status) for status in statuses}
