"""Our stand-in of GitHub answers as an independent one does, and its own git, rules and webhooks are real."""

import asyncio
import base64
import subprocess
from pathlib import Path

import pytest

from ground import github_emulate
from ground.github_api import SECRET, TOKEN, GithubApi, limited, signed
from orchestrator import clock
from orchestrator.forge.hub import Client, Later, Refused, pulls, repositories, talk


async def told(client: Client, slug: str) -> dict[str, object]:
    """What one of them answers, by the same calls; numbers and times are its own."""
    issue = await talk.open_issue(client, slug, "Bug", "It is broken.")
    said = await talk.say(client, slug, issue.number, "/plan")
    edited = await talk.edit(client, slug, said.id, "edited")
    listed = await talk.comments(client, slug, issue.number)
    repo = await repositories.find(client, slug)
    assert repo
    found: dict[str, object] = {
        "login": await client.login(),
        "issue": (issue.number, issue.title, issue.body, issue.state, issue.author.login, issue.pull_request),
        "comment": (said.body, said.issue, said.author.login, said.author.type),
        "edited": (edited.id == said.id, edited.body, edited.updated_at >= said.created_at),
        "listed": [each.body for each in listed],
        "open": [each.number for each in await talk.open_issues(client, slug)],
        "since": len((await talk.issues_since(client, slug, clock.now().replace(year=2020))).issues),
        "may": await talk.permission(client, slug, await client.login()),
        "repository": (repo.full_name, repo.default_branch, repo.archived, repo.permissions["push"]),
        "nowhere": await repositories.find(client, f"{slug}-2"),
    }
    pull = await pulls.opened(client, slug, "feat", "main", "PR", "Body", draft=False)
    found["pull"] = (pull.number, pull.state, pull.draft, pull.is_merged, pull.head.ref, pull.base.ref, pull.body)
    found["by branch"] = getattr(await pulls.of_branch(client, slug, "feat"), "number", None)
    found["reviews"] = await pulls.reviews(client, slug, pull.number)
    with pytest.raises(Refused) as refused:
        await pulls.merge(client, slug, pull.number, "0" * 40, "T", "M")
    found["moved"] = str(refused.value)  # one says so with 409, as GitHub's pages do, the other with 422
    merged = await pulls.merge(client, slug, pull.number, pull.head.sha, "T", "M")
    now = await pulls.get(client, slug, pull.number)
    found["merged"] = (now.is_merged, now.state, now.merge_commit_sha == merged, now.merged_by)
    found["missing"] = await _code(talk.issue(client, slug, 99))
    return found


async def _code(asking) -> int:
    with pytest.raises(Refused) as refused:
        await asking
    return refused.value.code


async def test_another_stand_in_answers_the_same(tmp_path):
    async with github_emulate.emulate(tmp_path) as url, GithubApi(tmp_path) as ours:
        theirs = Client(url, url, github_emulate.TOKEN)
        main = (await theirs.get("/repos/octo/demo/git/ref/heads/main")).data["object"]["sha"]
        await theirs.send("POST", "/repos/octo/demo/git/refs", ref="refs/heads/feat", sha=main)
        expected = await told(theirs, "octo/demo")

        repo = ours.repository("octo/demo", {"README.md": "# Demo\n"}, private=False)
        repo.people["octo"] = "admin"
        ours.tokens["tok"] = ours.world.account("octo")
        ours.person("octo").pushes(repo, "feat", {"a": "b"})
        mine = Client(ours.url, ours.url, "tok")
        found = await told(mine, "octo/demo")
        for client in (theirs, mine):
            await client.close()
    assert found["merged"][3].login == expected["merged"][3].login == "octo"
    assert {**found, "merged": found["merged"][:3]} == {**expected, "merged": expected["merged"][:3]}


@pytest.fixture
async def github(tmp_path):
    async with GithubApi(tmp_path) as api:
        yield api


def git(where: Path, *words: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    extra = ["-c", f"http.extraHeader=Authorization: Basic {basic(token)}"] if token else []
    env = {"PATH": "/usr/bin:/bin", "GIT_TERMINAL_PROMPT": "0", "HOME": str(where)}
    return subprocess.run(["git", *extra, *words], cwd=where, env=env, check=False, capture_output=True, text=True)


def basic(token: str) -> str:
    return base64.b64encode(f"x-access-token:{token}".encode()).decode()


async def test_its_git_lets_in_who_may_and_tells_of_pushes(github, tmp_path):
    repo = github.repository("acme/shop", {"a.txt": "1"})
    clone = lambda name, token: git(tmp_path, "clone", "-q", f"{github.url}/acme/shop.git", name, token=token)
    assert (await asyncio.to_thread(clone, "none", "")).returncode
    assert (await asyncio.to_thread(clone, "wrong", "ghp_wrong")).returncode
    done = await asyncio.to_thread(clone, "copy", TOKEN)
    assert (tmp_path / "copy" / "a.txt").read_text() == "1", done.stderr

    push = lambda to: git(tmp_path / "copy", "push", "-q", "origin", f"HEAD:refs/heads/{to}")
    assert not (await asyncio.to_thread(push, "feature")).returncode
    assert repo.git.head("feature")
    assert [(each.event, each.payload["ref"]) for each in github.world.happened] == [("push", "refs/heads/feature")]

    repo.protect("feature")
    repo.git.commit("feature", {"b": "c"}, "x", "y")
    assert (await asyncio.to_thread(push, "feature")).returncode


async def test_webhooks_are_signed_and_come_in_any_order_as_often_as_a_test_likes(github):
    from githubkit.webhooks import verify

    repo = github.repository("acme/shop", {"a.txt": "1"})
    ana = github.person("ana", repo, "write")
    ana.says(repo, ana.opens(repo, "Hello"), "@bot hi")
    events = [(each.event, each.payload["action"], each.payload["sender"]["login"]) for each in github.world.happened]
    assert events == [("issues", "opened", "ana"), ("issue_comment", "created", "ana")]
    for each in github.world.happened:
        assert verify(SECRET, each.body, signed(each)["x-hub-signature-256"])
        assert not verify(SECRET, each.body, signed(each, "another")["x-hub-signature-256"])


async def test_a_fault_comes_as_often_as_it_is_asked_for(github):
    github.repository("acme/shop", {"a.txt": "1"})
    github.faults.append(limited("GET /user", seconds=3, times=2))
    client = Client(github.url, github.url, TOKEN)
    for _ in range(2):
        with pytest.raises(Later):
            await client.login()
    assert await client.login()
    await client.close()


async def test_what_is_sent_wrongly_is_refused(github):
    github.repository("acme/shop", {"a.txt": "1"})
    client = Client(github.url, github.url, TOKEN)
    for given in ({"title": 3}, {"titel": "x"}, {}, {"title": "x", "labels": 1}):
        with pytest.raises(Refused) as refused:
            await client.send("POST", "/repos/acme/shop/issues", **given)
        assert refused.value.code == 422
    await client.close()
