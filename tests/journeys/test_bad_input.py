"""What people and programs send that they should not: each time a clear sentence, and nothing is lost or half done."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from ground.nursery import Nursery
from ground.postgres import Cluster
from ground.server import Server
from journeys import people, walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
NOWHERE = "zzzzzzzzzzzzzzzz"
RACES = 20
CROWD = 50
RTL = "אני רוצה לתכנן ארוחות, وأريد قائمة"
EMOJI = "A plan for 👩‍👩‍👧‍👦 and 🏳️‍🌈, 𝔲𝔫𝔡 Zoë"
OF_A_PROJECT = [
    ("GET", ""),
    *(
        ("GET", f"/{part}")
        for part in ("vision", "vision.md", "vision/versions", "phases", "phases/1", "runs", "gates")
    ),
    *(("GET", f"/{part}") for part in ("messages", "events", "timeline", "export", "cost", "phases/1/evidence")),
    *(("POST", f"/{verb}") for verb in ("pause", "resume", "cancel", "reset", "vision", "phases/1/undo")),
    ("POST", "/messages"),
    ("PATCH", ""),
]


@dataclass
class Site:
    server: Server
    me: Caller
    stranger: httpx.AsyncClient
    project: str

    async def say(self, text: str, **more: Any) -> httpx.Response:
        return await self.server.http.post(f"/api/v1/projects/{self.project}/messages", json={"text": text}, **more)

    async def said(self) -> list[str]:
        found = (await self.me.see(f"/projects/{self.project}/messages?limit=200"))["items"]
        return [message["text"] for message in found if message["role"] == "user"]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    nursery: Nursery,
    postgres_cluster: Cluster,
) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("input")
    url = await postgres_cluster.create("bad_input") if request.param == "postgres" else None
    async with nursery.server(folder / "data", url, rate_limits="off", repairs=0) as server:
        me = Caller(server)
        project = await walk.begin(me)
        await walk.replied(me, project)
        async with server.client(await people.token(server, "eve@example.org")) as stranger:
            yield Site(server, me, stranger, project)
        await me.close()


def sentence(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.json()["detail"]


@pytest.mark.parametrize("text", ["", "   \n\t ", "\0", "\u202e"])
async def test_a_message_without_a_word_is_refused(site: Site, text: str):
    before = await site.said()

    answer = await site.say(text)

    assert answer.status_code == 422
    assert sentence(answer) == "The message was empty. Write a few words and send it again."
    assert await site.said() == before


async def test_a_message_of_a_megabyte_is_refused_with_its_size_and_not_cut(site: Site):
    before = await site.said()

    answer = await site.say("word " * 200_000)

    assert answer.status_code == 422
    assert sentence(answer) == (
        "That message has 999,999 characters; we can read 20,000 at once. Nothing was stored. Please send it in parts."
    )
    assert await site.said() == before


async def test_three_megabytes_are_not_even_read(site: Site):
    answer = await site.say("word " * 600_000)

    assert answer.status_code == 413
    assert sentence(answer)


@pytest.mark.parametrize("text", [RTL, EMOJI, "before\0after", "<script>alert(1)</script> & “quotes”"])
async def test_every_writing_is_kept_and_shown_as_it_is(site: Site, text: str):
    answer = await site.say(text)

    assert answer.status_code == 202
    shown = text.replace("\0", "")
    assert (await site.said())[-1] == shown
    await walk.replied(site.me, site.project)
    page = await site.me.page(f"/projects/{site.project}")
    assert "<script>alert(1)" not in page
    assert shown in page or "<script>" in shown


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"text": 5}', b'{"text": "\xff"}', b'{"txt": "hello"}', b"\0" * 50]
)
async def test_what_is_not_understood_at_all_is_said_so(site: Site, body: bytes):
    answer = await site.server.http.post(f"/api/v1/projects/{site.project}/messages", content=body)

    assert answer.status_code in (400, 422)
    assert sentence(answer)[0] in "“W"


HUGE = "9" * 30
COUNTED = (
    *(
        "/api/v1/projects/{}/events?after=",
        "/api/v1/projects/{}/messages?after=",
        "/api/v1/projects/{}/timeline?after=",
    ),
    *("/api/v1/projects/{}/vision?version=", "/projects/{}/vision?version=", "/projects/{}/stream?after="),
)


@pytest.mark.parametrize("path", COUNTED)
async def test_a_number_that_no_database_takes_is_refused_before_anything_is_answered(site: Site, path: str):
    answer = await site.server.http.get(f"{path.format(site.project)}{HUGE}")
    assert answer.status_code == 422, answer.text
    if path.endswith("events?after="):
        last = await site.server.http.get(path.format(site.project)[:-7], headers={"Last-Event-ID": HUGE})
        assert last.status_code == 422


@pytest.mark.parametrize(("method", "path"), OF_A_PROJECT)
async def test_a_project_of_somebody_else_looks_like_none_at_all(site: Site, method: str, path: str):
    body = {"json": {"text": "hello", "name": "Mine"}} if method != "GET" else {}
    theirs = await site.stranger.request(method, f"/api/v1/projects/{site.project}{path}", **body)
    none = await site.stranger.request(method, f"/api/v1/projects/{NOWHERE}{path}", **body)

    assert theirs.status_code == none.status_code == 404
    assert sentence(theirs) == sentence(none)


async def test_a_decision_of_somebody_else_looks_like_none_at_all(site: Site):
    gate = await decision(site)
    for path in ("/gates/{}", "/gates/{}/answer"):
        method, body = ("POST", {"json": {"decision": "approve"}}) if path.endswith("answer") else ("GET", {})
        theirs, none = [
            await site.stranger.request(method, f"/api/v1{path.format(id)}", **body) for id in (gate["id"], NOWHERE)
        ]
        assert theirs.status_code == none.status_code == 404
    assert (await site.me.see(f"/gates/{gate['id']}"))["status"] == "PENDING"


async def decision(site: Site) -> dict[str, Any]:
    """An open decision about a vision, of a project of its own."""
    number = len(site.me.asked)
    project = str((await site.me.do("/projects", f"decision-{number}", idea=walk.IDEA))["id"])
    await walk.replied(site.me, project)
    await site.me.do(f"/projects/{project}/vision", f"decision-{number}-vision")
    return await site.me.gate(project, "VISION_DOC")


async def test_an_answer_to_a_version_that_is_not_there_any_more_decides_nothing(site: Site):
    gate = await decision(site)

    answer = await site.server.http.post(
        f"/api/v1/gates/{gate['id']}/answer", json={"decision": "approve", "version": gate["version"] + 1}
    )

    assert answer.status_code == 409
    assert sentence(answer) == (
        "The vision moved on while you were reading. You looked at version 2; version 1 is here. Nothing was decided."
    )
    assert (await site.me.see(f"/gates/{gate['id']}"))["status"] == "PENDING"


async def test_of_two_answers_at_once_one_counts_and_the_other_learns_whose(site: Site):
    """Talking on and writing the vision again and again gives one decision after the other."""
    project = (await decision(site))["project_id"]
    for number in range(RACES):
        gate = await site.me.gate(project, "VISION_DOC")
        path, json = f"/api/v1/gates/{gate['id']}/answer", {"decision": "reject", "version": gate["version"]}
        both = await asyncio.gather(*(site.server.http.post(path, json=json) for _ in range(2)))

        winner, loser = sorted(both, key=lambda answer: answer.status_code)
        assert (winner.status_code, loser.status_code) == (200, 409)
        assert sentence(loser).startswith("Owner was faster: Owner rejected this at ")
        assert sentence(loser).endswith(", on api.")
        await site.me.do(f"/projects/{project}/vision", f"race-{project}-{number}")
    moves = [event for event in await walk.timeline(site.me, project) if event["kind"] == "gate.answered"]
    assert len(moves) == RACES


async def test_fifty_at_once_are_all_heard_and_numbered(site: Site):
    project = await walk.begin(site.me, f"crowd-{site.project}")
    said = [f"It is for person number {number}." for number in range(CROWD)]

    answers = await asyncio.gather(
        *(site.server.http.post(f"/api/v1/projects/{project}/messages", json={"text": text}) for text in said)
    )

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["sequence"] for answer in answers}) == CROWD
    await walk.replied(site.me, project)
    listed = (await site.me.see(f"/projects/{project}/timeline?limit=200"))["items"]
    assert [event["number"] for event in listed] == list(range(1, len(listed) + 1))
    stored = (await site.me.see(f"/projects/{project}/messages?limit=200"))["items"]
    assert sorted(message["text"] for message in stored if message["role"] == "user") == sorted([walk.IDEA, *said])


async def test_the_same_key_is_for_the_same_thing_only(site: Site):
    first = await site.say("Once only, please.", headers={"Idempotency-Key": "one"})
    again = await site.say("Once only, please.", headers={"Idempotency-Key": "one"})
    other = await site.say("Something else.", headers={"Idempotency-Key": "one"})

    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 409
    assert sentence(other) == "This key was already used for something else. Nothing was done."
