"""kill -9 at every point at which we speak with GitHub, twice each: everything is there once."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

import processes
from ground.github_api import TOKEN, Fault, GithubApi, limited
from ground.nursery import Nursery
from journeys import killed, points, walk
from journeys.caller import Caller
from journeys.killing import Killer

pytestmark = pytest.mark.timeout(300)
TWICE = 2
FAULTS = [
    Fault("POST .*/git-receive-pack", times=2, status=502),
    Fault("POST .*/git-receive-pack", times=1, drop=True, after=True),
    Fault("POST .*/pulls$", times=1, status=502, after=True),
    Fault("PUT .*/merge$", times=1, slow=0.3),
    limited("GET .*/pulls", seconds=1, times=1),
    Fault("PUT .*/merge$", times=1, drop=True, after=True),
]


BEHIND = {"hub:merged", "hub:brought"}  # it is on GitHub: who dies there finds it, and does not come by again


@pytest.mark.parametrize(("behind", "faults"), [("hub:merged", []), ("hub:brought", FAULTS)], ids=["well", "badly"])
async def test_what_is_done_on_github_is_done_once(nursery: Nursery, tmp_path, behind, faults):
    deaths = Counter(dict.fromkeys(points.on_github() - BEHIND, TWICE)) + Counter({behind: 1})
    async with GithubApi(tmp_path) as github:
        github.world.account("acme", "Organization")
        github.faults += [replace(fault) for fault in faults]
        where = {"github_api_url": github.url, "github_url": github.url, "github_token": TOKEN, "github_poll_s": 0.5}
        server = nursery.server(tmp_path / "data", None, **killed.QUICK, **where)
        me, killer = Caller(server, within=120), Killer(server, deaths, Counter(), 1)
        try:
            async with killed.working(killer.keep_alive()), asyncio.timeout(me.within):
                project = await merged(me)
                phase = (await me.see(f"/projects/{project}/phases/1"))["merged"]
                said = (await me.see(f"/projects/{project}/messages?limit=200"))["items"]
        finally:
            await me.close()
            await server.kill()
            await server.http.aclose()
            await processes.gone(tmp_path, within=20)

        assert killer.hit == deaths
        (repo,) = github.world.repos.values()
        assert [pull["state"] for pull in repo.pulls.values()] == ["closed"]
        assert repo.pulls[1]["merged"] == phase
        saved = repo.git.messages("main")
        assert [sum(trailer in each for each in saved) for trailer in ("Project-Phase:", "Project-Report:")] == [1, 1]
        assert "Project-Report:" in saved[0]
        assert repo.git.heads().keys() == {"main", repo.pulls[1]["head"]}
        assert sum("on GitHub now" in each["text"] for each in said) == 1


async def merged(me: Caller) -> str:
    """From an idea to the first phase in the app on GitHub."""
    made = await me.do("/projects", "create", idea=walk.IDEA, hub="new:acme/supper")
    project = str(made["id"])
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", "write")
    await walk.answer(me, project, "vision", "VISION_DOC")
    await walk.answer(me, project, "roadmap", "ROADMAP")
    await walk.phase(me, project, "1")
    await me.reaches(project, "completed")
    return project
