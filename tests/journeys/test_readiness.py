"""How ready a project is: asked on its page and over the API, proven on its very content, stale by itself."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ground.nursery import Nursery
from ground.server import Server
from journeys import walk
from journeys.caller import Caller
from journeys.killed import QUICK

MIT = (Path(__file__).parents[2] / "LICENSE").read_text()
SENTENCE = "It keeps no data of people at all, as I saw in the tables."


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def saved(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
async def server(nursery: Nursery, tmp_path: Path) -> AsyncIterator[Server]:
    async with nursery.server(tmp_path / "data", **QUICK) as one:
        yield one


@pytest.fixture
async def me(server: Server) -> AsyncIterator[Caller]:
    caller = Caller(server)
    yield caller
    await caller.close()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    saved(folder, LICENSE=MIT, README__md="# Shop\n")
    return folder


async def asked(me: Caller, project: str, item: str, key: str) -> dict[str, dict]:
    await me.do(f"/projects/{project}/readiness/{item}/prove", key)
    return await answered(me, project)


async def answered(me: Caller, project: str) -> dict[str, dict]:
    async def over() -> dict[str, dict]:
        report = await me.see(f"/projects/{project}/readiness")
        return {} if report["asking"] else {one["id"]: one for one in report["items"]}

    return await me.until(over, "an answer")


async def test_it_is_proven_of_its_content_and_out_of_date_when_that_changes(me: Caller, repository: Path):
    project = await walk.planned(me, "ready", str(repository))
    items = await asked(me, project, "C1", "1")
    assert (items["C1"]["state"], items["C1"]["sentence"]) == ("proven", "LICENSE is the MIT licence.")
    assert items["C1"]["evidence"][0]["commit"] == git(repository, "rev-parse", "HEAD")
    assert items["S8"]["state"] == "not_checked"
    page = await me.page(f"/projects/{project}/ready")
    assert "Not ready" in page
    assert "production-ready" not in page.lower()

    saved(repository, notes__txt="a change of any file is a change of what was looked at")
    assert (await answered(me, project))["C1"]["state"] == "out_of_date"
    git(repository, "reset", "-q", "--hard", "HEAD^")
    assert (await answered(me, project))["C1"]["state"] == "proven"
    saved(repository, LICENSE="All rights reserved.\n")
    assert (await answered(me, project))["C1"]["state"] == "out_of_date"
    assert (await asked(me, project, "C1", "2"))["C1"]["state"] == "failed"
    saved(repository, LICENSE=MIT)
    assert (await answered(me, project))["C1"]["state"] == "out_of_date"


async def test_a_person_vouches_only_for_what_no_program_can_settle(me: Caller, repository: Path):
    project = await walk.planned(me, "vouch", str(repository))
    where = f"/api/v1/projects/{project}/readiness"
    refused = await me.ask("POST", f"{where}/S8/attest", json={"sentence": SENTENCE})
    assert refused.status_code == httpx.codes.CONFLICT
    assert "has to be proven" in refused.json()["detail"]
    short = await me.ask("POST", f"{where}/C3/attest", json={"sentence": "ok"})
    assert short.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    report = await me.do(f"/projects/{project}/readiness/C3/attest", "word", sentence=SENTENCE)
    [item] = [one for one in report["items"] if one["id"] == "C3"]
    assert (item["state"], item["attested"]["sentence"]) == ("attested", SENTENCE)
    assert SENTENCE in (await me.ask("GET", f"{where}.md")).text


@pytest.mark.parametrize("point", ["look:began", "look:found", "look:stored"])
async def test_a_look_that_was_cut_off_is_begun_again(point: str, me: Caller, server: Server, repository: Path):
    project = await walk.planned(me, "cut", str(repository))
    await server.terminate()
    await server.start(crash_at=point)
    assert await server.ready(120)
    asking = asyncio.create_task(me.do(f"/projects/{project}/readiness/C1/prove", "1"))
    assert server.child
    await server.child.wait()
    await server.start()
    await asking
    assert (await answered(me, project))["C1"]["state"] == "proven"


async def test_before_there_is_anything_to_look_at_it_says_so(me: Caller):
    project = await walk.begin(me, "early")
    refused = await me.ask("POST", f"/api/v1/projects/{project}/readiness/prove")
    assert refused.status_code == httpx.codes.CONFLICT
    assert "Nothing is part of your app yet" in refused.json()["detail"]
    assert "Not checked yet" in await me.page(f"/projects/{project}/ready")
