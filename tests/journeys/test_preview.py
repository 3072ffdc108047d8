"""A prototype that people try: behind a link that stays, in a sandbox, and never longer than the server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def server(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Server]:
    async with nursery.server(tmp_path / "data", rate_limits="off") as started:
        yield started
    assert processes.of(tmp_path) == []


async def tried(me: Caller, name: str) -> str:
    """A project whose first phase waits to be tried; where its prototype is."""
    project = await walk.planned(me, name)
    await walk.answer(me, project, f"{name}-plan", "PHASE_START")
    await me.gate(project, "PHASE_COMPLETE")
    return str((await me.see(f"/projects/{project}"))["preview_url"])


async def test_the_link_stays_and_so_does_what_was_entered_whatever_becomes_of_the_server(
    server: Server, tmp_path: Path
):
    me = Caller(server)
    url = await tried(me, "stay")
    async with server.client() as guest:  # whoever has the link may look
        first = await guest.get(url)
        assert first.status_code == 200, first.text
        assert "Meal planning app" in first.text
        said = await guest.post(f"{url}feedback", data={"text": "Tell me when to cook."}, follow_redirects=True)
        assert "Tell me when to cook." in said.text

        await server.kill()
        await processes.gone(tmp_path, within=10)
        await server.start()
        assert await server.ready(within=60)

        again = await guest.get(url)
        assert (again.status_code, again.text) == (200, first.text)
        assert "Tell me when to cook." in (await guest.get(f"{url}feedback")).text
    project = url.split("/")[2]
    await walk.answer(me, project, "stay-result", "PHASE_COMPLETE")

    async def tried_by() -> str:
        found = (await me.see(f"/projects/{project}/readiness"))["items"]
        return next((one["sentence"] for one in found if one["id"] == "F2" and one["state"] == "attested"), "")

    assert "tried on its trial copy before the yes to it, the last one by Owner" in await me.until(tried_by, "a word")
    seen = [one for one in await walk.timeline(me, project) if one["kind"] == "preview.opened"]
    assert len(seen) == 1  # once, however often it is opened
    await me.close()


async def test_it_is_shut_off_from_us_and_from_those_without_the_link(server: Server):
    me = Caller(server)
    url = await tried(me, "sandbox")
    async with server.client(server.token, cookies={"orchestrator": "secret"}) as guest:
        answer = await guest.get(url)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-forms allow-scripts; default-src 'none'")
        assert "allow-same-origin" not in policy
        assert "set-cookie" not in answer.headers
        project, key = url.strip("/").split("/")[1:]
        for wrong in (f"/preview/{project}/{key[::-1]}/", f"/preview/{project[::-1]}/{key}/"):
            assert (await guest.get(wrong)).status_code == 404
        beyond = await guest.get(f"{url}..%2f..%2fsecret.key")
        assert beyond.status_code == 404
    await me.close()
