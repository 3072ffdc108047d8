"""The ways in for GitHub and Telegram: signed or nothing, kept before it is acknowledged, and kept once."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from ground import site as sites
from ground.site import Site
from ground.stores import Originals, Store
from orchestrator.errors import NotPossible
from orchestrator.store import arrivals
from orchestrator.store.arrivals import Arrival
from orchestrator.web import address, hooks
from orchestrator.web.intake import Intake
from orchestrator.web.limits import RULES
from orchestrator.web.senders import Senders

SECRET = "what only GitHub and we know"
COMMENT = {
    "action": "created",
    "issue": {"number": 12},
    "comment": {"id": 1, "body": "@orchestrator hello", "user": {"login": "ana", "id": 7}},
    "repository": {"full_name": "Acme/shop"},
    "sender": {"login": "ana", "id": 7, "type": "User"},
}
UPDATE = {"update_id": 7, "message": {"chat": {"id": -5}, "text": "hello"}}


@pytest.fixture(scope="session")
def originals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Originals:
    return Originals(tmp_path_factory.mktemp("stores"), lambda: request.getfixturevalue("postgres_cluster"))


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, originals: Originals) -> AsyncIterator[Store]:
    async with originals.copy(request.param) as store:
        yield store


@pytest.fixture
async def lite(originals: Originals) -> AsyncIterator[Store]:
    async with originals.copy("sqlite") as store:
        yield store


@pytest.fixture
def settings() -> SimpleNamespace:
    return SimpleNamespace(
        github_webhook_secret=SecretStr(SECRET),
        telegram_webhook_secret=SecretStr("a-secret"),
        github_hook_addresses="off",
        webhooks_from="",
        github_api_url="http://127.0.0.1:1",
        scar_bot="",
    )


@pytest.fixture
async def site(lite: Store, settings: SimpleNamespace) -> AsyncIterator[Site]:
    async with serving(lite, settings) as site:
        yield site


def serving(store: Store, settings: SimpleNamespace, **given: Any) -> Any:
    def routes(app: FastAPI) -> None:
        hooks.install(app, lambda: settings, store.tx)

    return sites.running(store, routes, **given)


def headers(body: bytes, secret: str = SECRET, **more: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "x-github-event": "issue_comment",
        "x-github-delivery": "one",
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


async def send(site: Site, content: Any = COMMENT, **more: str) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await site.program().post("/webhooks/github", content=body, headers=headers(body, **more))


async def kept(store: Store) -> list[Arrival]:
    channels = ("github", "telegram")
    found = [waiting for channel in channels for waiting in await store.read(arrivals.open, channel)]
    return [await store.read(arrivals.get, waiting.id) for waiting in found]


async def test_what_is_signed_is_kept_and_then_acknowledged_and_known_when_it_comes_again(
    store: Store, settings: SimpleNamespace
):
    async with serving(store, settings) as site:
        codes = [(await send(site)).status_code for _ in range(3)]
        body = json.dumps(COMMENT).encode()

        assert codes == [202, 200, 200]
        assert await kept(store) == [Arrival("github", "one", "issue_comment", "acme/shop#12", body)]
        assert store.woken == [arrivals.WAKES]


async def test_the_figures_know_it_by_its_path(site: Site):
    await send(site)
    assert 'route="/webhooks/github"' in site.security.metrics.text().decode()


async def test_many_at_once_are_each_kept_once_also_when_they_are_the_same(store: Store, settings: SimpleNamespace):
    async with serving(store, settings) as site:
        answers = await asyncio.gather(*(send(site, x_github_delivery=f"{n % 20}") for n in range(60)))

    assert sorted(answer.status_code for answer in answers) == [200] * 40 + [202] * 20
    assert len(await kept(store)) == 20


WRONG = ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "sha256=ä", "x" * 5000]


@pytest.mark.parametrize("signature", WRONG)
async def test_without_the_right_signature_nothing_is_even_read(site: Site, lite: Store, signature: str):
    wrong = headers(b"{}") | {"x-hub-signature-256": signature}
    sent = {name: value.encode() for name, value in wrong.items() if value}
    answer = await site.program().post("/webhooks/github", content=b"\xff{not json", headers=sent)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert await kept(lite) == []


async def test_a_signature_is_of_the_very_body_and_of_our_secret(site: Site, lite: Store):
    body = json.dumps(COMMENT).encode()
    for sent, how in ((body + b" ", headers(body)), (body, headers(body, "another secret"))):
        assert (await site.program().post("/webhooks/github", content=sent, headers=how)).status_code == 401
    assert await kept(lite) == []


@pytest.mark.parametrize("kind", ["ping", "star", "push", "check_run", "deployment_status"])
async def test_what_concerns_nobody_is_acknowledged_and_not_kept(site: Site, lite: Store, kind: str):
    assert (await send(site, x_github_event=kind)).status_code == 200
    assert await kept(lite) == []


QUIET = [
    COMMENT | {"action": "deleted"},
    COMMENT | {"comment": {"body": "thank you"}},
    COMMENT | {"comment": {"body": None}},
]


@pytest.mark.parametrize("payload", QUIET)
async def test_a_comment_that_can_be_for_nobody_is_not_kept(site: Site, lite: Store, payload: dict[str, Any]):
    assert (await send(site, payload)).status_code == 200
    assert await kept(lite) == []


STRANGE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b"[" * 100_000,
    b"{}",
    json.dumps(COMMENT | {"repository": None}).encode(),
    json.dumps(COMMENT | {"repository": {"full_name": "a\u0000b/c"}}).encode(),
    json.dumps(COMMENT | {"repository": {"full_name": "\ud800/c"}}).encode(),
    json.dumps(COMMENT | {"issue": {"number": "12"}}).encode(),
    json.dumps(COMMENT | {"issue": {"number": True}}).encode(),
    json.dumps(COMMENT | {"issue": []}).encode(),
    json.dumps(COMMENT | {"comment": "hello"}).encode(),
    json.dumps(COMMENT | {"action": 7}).encode(),
]


@pytest.mark.parametrize("body", STRANGE, ids=range(len(STRANGE)))
async def test_what_github_does_not_send_is_not_understood(site: Site, lite: Store, body: bytes):
    assert (await send(site, body)).status_code == 422
    assert await kept(lite) == []


@pytest.mark.parametrize("lacking", ["x-github-event", "x-github-delivery"])
async def test_without_its_name_or_its_number_a_delivery_is_not_understood(site: Site, lacking: str):
    body = json.dumps(COMMENT).encode()
    sent = {name: value for name, value in headers(body).items() if name != lacking}
    assert (await site.program().post("/webhooks/github", content=body, headers=sent)).status_code == 422


async def test_a_form_as_github_sends_it_is_taken_and_nothing_else_is(site: Site, lite: Store):
    body = urlencode({"payload": json.dumps(COMMENT)}).encode()
    assert (await send(site, body, content_type="application/x-www-form-urlencoded")).status_code == 202
    assert [json.loads(one.body) for one in await kept(lite)] == [COMMENT]
    assert (await send(site, b"a=b", content_type="application/x-www-form-urlencoded")).status_code == 422
    for kind in ("text/plain", "application/xml", ""):
        assert (await send(site, content_type=kind)).status_code == 415


async def test_thirty_megabytes_are_refused_before_they_are_read_whole(site: Site, lite: Store):
    body = b'{"a": "' + b"x" * 30_000_000 + b'"}'
    assert (await send(site, body)).status_code == 413
    assert await kept(lite) == []


@pytest.mark.parametrize("service", ["github", "telegram"])
async def test_without_a_secret_nothing_is_done(site: Site, settings: SimpleNamespace, lite: Store, service: str):
    settings.github_webhook_secret = settings.telegram_webhook_secret = None
    body = json.dumps(COMMENT).encode()
    answer = await site.program().post(f"/webhooks/{service}", content=body, headers=headers(body))
    assert answer.status_code == 503
    assert await kept(lite) == []


async def test_telegram_shows_its_secret_and_each_update_is_kept_once(site: Site, lite: Store):
    async def send(content: Any, secret: str = "a-secret", kind: str = "application/json") -> int:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {"content-type": kind, "x-telegram-bot-api-secret-token": secret}
        return (await site.program().post("/webhooks/telegram", content=body, headers=sent)).status_code

    assert [await send(UPDATE) for _ in range(2)] == [202, 200]
    assert [await send(UPDATE, secret) for secret in ("", "A-secret", "a-secret-")] == [401] * 3
    assert await send({"update_id": 8, "poll": {}}) == 200
    assert [await send(body) for body in (b"{", b"[]", b"{}", b'{"update_id": "7"}')] == [422] * 4
    assert await send(UPDATE, kind="text/plain") == 415
    [only] = await kept(lite)
    assert (only.channel, only.key, only.kind, only.lane) == ("telegram", "7", "message", "-5")


async def test_who_guesses_is_slowed_down_and_who_knows_the_secret_is_not(site: Site):
    most = RULES["webhook"].amount
    client = site.program()
    wrong = headers(b"{}", "guess")
    for _ in range(most):
        assert (await client.post("/webhooks/github", content=b"{}", headers=wrong)).status_code == 401
    assert (await client.post("/webhooks/github", content=b"{}", headers=wrong)).status_code == 429
    assert (await send(site)).status_code == 202


async def test_only_githubs_own_addresses_and_none_before_they_are_known(lite: Store, settings: SimpleNamespace):
    settings.github_hook_addresses = "on"
    trusted = address.networks(["127.0.0.0/8"])
    async with serving(lite, settings, trusted_proxies=trusted) as site:
        answer = await send(site)
        assert answer.status_code == 503
    assert await kept(lite) == []


async def test_whoever_runs_it_says_from_where_webhooks_may_come(lite: Store, settings: SimpleNamespace):
    trusted = address.networks(["127.0.0.0/8"])
    settings.webhooks_from = "192.0.2.0/24, 2001:db8::7"
    async with serving(lite, settings, trusted_proxies=trusted) as site:
        codes = [
            (await send(site, x_forwarded_for=sender, x_github_delivery=sender.replace(":", "-"))).status_code
            for sender in ("192.0.2.9", "2001:db8::7", "2001:db8::8", "192.0.2.9, 198.51.100.1")
        ]
    assert codes == [202, 202, 403, 403]


async def test_the_list_is_githubs_own_and_the_sender_is_found_behind_our_proxy(lite: Store, settings: SimpleNamespace):
    def lists(app: FastAPI) -> None:
        app.get("/meta")(lambda: {"hooks": ["192.30.252.0/22"], "web": ["10.0.0.0/8"]})

    settings.github_hook_addresses = "on"
    trusted = address.networks(["127.0.0.0/8"])
    async with (
        sites.running(lite, lists) as github,
        serving(lite, settings, trusted_proxies=trusted) as site,
    ):
        settings.github_api_url = github.url
        codes = [
            (await send(site, x_forwarded_for=sender, x_github_delivery=sender)).status_code
            for sender in ("192.30.253.7", "10.0.0.1", "192.30.253.7, 10.0.0.1")
        ]
    assert codes == [202, 403, 403]


async def test_the_list_of_addresses_is_asked_once_an_hour_and_an_old_one_is_better_than_none():
    now, asked, answers = (
        [0.0],
        [],
        [{"hooks": ["192.30.252.0/22", "2a0a:a440::/29"]}, ValueError(), {"hooks": ["10.0.0.0/8"]}],
    )

    async def ask() -> Any:
        asked.append(now[0])
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    senders = Senders(ask, lambda: now[0])
    assert await senders.include("192.30.253.7")
    assert await senders.include("2a0a:a447::")
    assert not await senders.include("10.0.0.1")
    assert not await senders.include("local")
    for later in (3601.0, 3620.0):
        now[0] = later
        await senders.include("10.0.0.1")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert await senders.include("10.0.0.1")
    assert len(asked) == 3


async def test_while_nobody_knows_the_addresses_it_is_refused():
    async def ask() -> Any:
        raise ConnectionError

    with pytest.raises(NotPossible):
        await Senders(ask).include("192.30.253.7")


async def test_those_that_come_during_a_commit_share_the_next_one_and_a_failure_is_told_to_each(lite: Store):
    batches: list[int] = []
    fails = True

    async def tx(fn: Any, found: list[Arrival]) -> Any:
        batches.append(len(found))
        if fails:
            raise NotPossible("The disk is full.")
        return await lite.tx(fn, found)

    intake = Intake(tx)
    arrival = lambda key: Arrival("github", key, "issue_comment", "a/b#1", b"{}")
    told = await asyncio.gather(*(intake.keep(arrival(f"{n}")) for n in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [NotPossible] * 3
    fails = False
    first = asyncio.create_task(intake.keep(arrival("a")))
    await asyncio.sleep(0)
    gone = asyncio.create_task(intake.keep(arrival("b")))
    await asyncio.sleep(0)
    gone.cancel()
    rest = await asyncio.gather(*(intake.keep(arrival(f"{n}")) for n in "cc"))
    assert (await first, rest) == (True, [True, False])
    assert batches == [3, 1, 3]
    assert sorted(one.key for one in await kept(lite)) == ["a", "b", "c"]
