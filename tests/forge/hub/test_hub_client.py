"""We speak with GitHub by the real client library: who we are, what is refused, what may work later."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import httpx
import pytest

from ground import ports
from ground.github_api import TOKEN, Fault, GithubApi, limited
from ground.github_world import Repo
from orchestrator import clock
from orchestrator.errors import NotUnderstood, WrongSetting
from orchestrator.forge import hub
from orchestrator.forge.hub import Client, Later, Refused, app, checks, pulls, repositories, talk
from orchestrator.settings import Settings


async def test_nobody_is_asked_without_a_key_and_an_app_comes_before_one(tmp_path, github):
    assert hub.client(Settings(_env_file=None)) is None
    assert hub.client(Settings(_env_file=None, GITHUB_TOKEN="x")).app is None

    (tmp_path / "key.pem").write_text("nonsense")
    with pytest.raises(WrongSetting, match="does not hold the private key"):
        hub.client(Settings(_env_file=None, github_app_id=1, github_app_key_file=str(tmp_path / "key.pem")))
    with pytest.raises(WrongSetting, match="cannot be read"):
        app.read(str(tmp_path / "nowhere.pem"))


async def test_our_own_name_is_asked_for_once(github, client):
    assert await client.login() == await client.login() == "orchestrator-bot"
    assert github.asked == ["GET /user"]


async def test_an_app_gets_a_key_for_each_owner_and_keeps_it_while_it_is_good(github, app, shop):
    github.install("acme")
    assert await app.login() == "orchestrator-app[bot]"
    for _ in range(2):
        await talk.open_issue(app, "acme/shop", "Idea", "Text")
    assert sum("access_tokens" in asked for asked in github.asked) == 1

    github.forget_keys()
    assert (await talk.issue(app, "acme/shop", 1)).author.is_bot
    assert sum("access_tokens" in asked for asked in github.asked) == 2


async def test_an_app_that_is_not_installed_says_for_whom(github, app, shop):
    with pytest.raises(Refused, match="not installed for “acme”"):
        await talk.issue(app, "acme/shop", 1)


async def test_comments_are_said_edited_and_found_again_since_a_time(github, either, shop):
    ana = github.person("ana", shop, "write")
    number = ana.opens(shop, "Please add a total", "At the bottom.")
    ana.says(shop, number, "soon?")
    github.world.shift = timedelta(seconds=10)
    since = clock.now() + timedelta(seconds=5)
    said = await talk.say(either, "acme/shop", number, "Yes.")
    await talk.edit(either, "acme/shop", said.id, "Yes, today.")

    found = await talk.comments_since(either, "acme/shop", since)
    assert [(each.body, each.issue) for each in found.comments] == [("Yes, today.", number)]
    again = await talk.comments_since(either, "acme/shop", since, found.etag)
    assert again.unchanged
    assert again.etag == found.etag
    assert [each.body for each in await talk.comments(either, "acme/shop", number)] == ["soon?", "Yes, today."]
    assert [each.author.login for each in (await talk.issues_since(either, "acme/shop", since)).issues] == ["ana"]


async def test_everything_is_read_however_many_pages_there_are(github, client, shop):
    ana = github.person("ana", shop, "read")
    number = ana.opens(shop, "Long")
    for word in range(230):
        ana.says(shop, number, str(word))
    assert [each.body for each in await talk.comments(client, "acme/shop", number)] == [str(n) for n in range(230)]


async def test_a_sign_is_shown_once_and_those_of_others_are_seen(github, either, shop):
    ana = github.person("ana", shop, "write")
    comment = ana.says(shop, ana.opens(shop, "Hello"), "@bot hello")
    for _ in range(2):
        await talk.react(either, "acme/shop", "eyes", comment=comment)
    ana.reacts(shop, "+1", comment=comment)
    seen = await talk.reactions(either, "acme/shop", comment=comment)
    assert [(each.content, each.author.login) for each in seen.reactions] == [
        ("eyes", await either.login()),
        ("+1", "ana"),
    ]
    assert (await talk.reactions(either, "acme/shop", comment=comment, etag=seen.etag)).unchanged
    await talk.react(either, "acme/shop", "rocket", issue=1)
    assert len(shop.reactions["issue", 1]) == 1


@pytest.mark.parametrize(
    ("role", "may"), [("admin", True), ("maintain", True), ("write", True), ("triage", False), ("read", False)]
)
async def test_only_who_may_write_commands(github, client, shop, role, may):
    github.person("ana", shop, role)
    assert await talk.writes(client, "acme/shop", "ana") is may


async def test_strangers_may_nothing(github, client, shop):
    github.person("mallory")
    assert await talk.permission(client, "acme/shop", "mallory") == "none"
    assert await talk.permission(client, "acme/shop", "who-is-that") == "none"


@pytest.mark.parametrize(
    ("fault", "seconds", "hush", "unsure"),
    [
        (limited(seconds=7), 7, True, False),
        (partial(limited, seconds=90, primary=True), 90, True, False),  # made when it is needed: it names a moment
        (Fault(status=403, message="You have exceeded a secondary rate limit."), 60, True, False),
        (Fault(status=429, message="slow down"), 60, True, False),
        (Fault(status=502), 5, False, True),
        (Fault(status=503, headers=(("retry-after", "12"),)), 12, False, True),
        (Fault(drop=True), 5, False, True),
    ],
)
async def test_what_may_work_later_says_when_and_is_tried_once(github, client, shop, fault, seconds, hush, unsure):
    fault = fault() if callable(fault) else fault
    github.faults.append(Fault(times=0))
    github.faults.append(fault)
    fault.times = 1
    with pytest.raises(Later) as told:
        await talk.open_issue(client, "acme/shop", "Idea", "Text")
    assert seconds - 10 <= told.value.seconds <= seconds
    assert (told.value.hush, told.value.unsure) == (hush, unsure)
    assert str(told.value).startswith("GitHub ")
    assert len(github.asked) == 1


async def test_an_answer_that_takes_too_long_is_not_waited_for(github):
    client = Client(github.url, github.url, TOKEN, patience=httpx.Timeout(0.2))
    stays = asyncio.Event()
    github.faults.append(Fault(go=stays))
    with pytest.raises(Later) as told:
        await client.login()
    assert told.value.unsure
    stays.set()
    await client.close()


async def test_nobody_there_is_told_and_nothing_can_have_been_done():
    client = Client(f"http://127.0.0.1:{ports.free()}", "", "x")
    with pytest.raises(Later, match="cannot be reached") as told:
        await client.login()
    assert not told.value.unsure


async def test_a_wrong_key_and_hidden_places_are_for_good(github, client, shop):
    wrong = Client(github.url, github.url, "wrong")
    with pytest.raises(Refused, match="does not accept our key"):
        await wrong.login()
    await wrong.close()
    shop.people["orchestrator-bot"] = "none"
    with pytest.raises(Refused, match="does not show us “acme/shop”"):
        await talk.issue(client, "acme/shop", 1)


async def test_somebody_else_at_that_address_is_noticed(github, client, shop):
    github.faults.append(Fault(status=200, message="hello"))
    with pytest.raises(Refused, match="is not GitHub"):
        await talk.issue(client, "acme/shop", 1)


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("nadia/supper", "nadia/supper"),
        (" https://github.com/nadia/supper.git ", "nadia/supper"),
        ("github.com/nadia/my.app/", "nadia/my.app"),
    ],
)
def test_a_repository_is_named_as_people_name_it(said, slug):
    assert repositories.slug(said) == slug


@pytest.mark.parametrize("said", ["", "supper", "a/b/c", "../x", "a/..", "-a/b", "a b/c", "a/b?x", "ü/x"])
def test_what_names_no_repository_is_told(said):
    with pytest.raises(NotUnderstood, match="owner/name"):
        repositories.slug(said)


async def test_a_repository_is_made_once_and_private(github, client):
    github.world.account("acme", "Organization")
    for slug in ("orchestrator-bot/supper", "acme/supper"):
        github.faults.append(Fault("POST .*/repos$", status=502, after=True))
        with pytest.raises(Later):
            await repositories.made(client, slug, "Dinner")
        assert (await repositories.made(client, slug, "Dinner")).private
    assert len(github.world.repos) == 2


async def test_an_app_makes_no_repository_for_a_person(github, app):
    github.install("nadia")
    github.world.account("nadia")
    with pytest.raises(Refused, match="for organizations only"):
        await repositories.made(app, "nadia/supper", "")


async def test_a_repository_in_which_we_may_not_work_is_told(github, client):
    github.repository("acme/read", {"a": "b"}, ours="read")
    github.repository("acme/old", {"a": "b"}).archived = True
    for slug, why in (("acme/read", "only read"), ("acme/old", "archived"), ("acme/none", "no repository")):
        with pytest.raises(Refused, match=why):
            await repositories.usable(client, slug)


async def opened(client, github, repo, **how):
    github.person("dev", repo, "write").pushes(repo, "feature-1", {"new.txt": "x"})
    return await pulls.opened(client, repo.slug, "feature-1", "main", "Phase 1", "Body", draft=True, **how)


async def test_a_pull_request_goes_from_draft_to_merged(github, either, shop):
    pull = await opened(either, github, shop)
    assert pull.draft
    with pytest.raises(Refused, match="still a draft"):
        await pulls.merge(either, "acme/shop", pull.number, pull.head.sha, "Phase 1", "Key: 1")
    await pulls.set_draft(either, "acme/shop", pull, draft=False)
    await pulls.edited(either, "acme/shop", pull.number, body="More")
    sha = await pulls.merge(either, "acme/shop", pull.number, pull.head.sha, "Phase 1", "Key: 1")

    now = await pulls.get(either, "acme/shop", pull.number)
    assert (now.is_merged, now.merge_commit_sha, now.body) == (True, sha, "More")
    assert now.merged_by.login == await either.login()
    assert shop.git.messages("main")[0] == "Phase 1\n\nKey: 1"
    assert shop.git.text("main", "new.txt") == "x"
    assert (await pulls.of_branch(either, "acme/shop", "feature-1")).number == pull.number


async def test_where_there_are_no_drafts_it_is_opened_without(github, client, shop):
    shop.drafts = False
    assert not (await opened(client, github, shop)).draft


async def test_where_only_squashing_is_allowed_it_is_squashed(github, client, shop):
    shop.methods = ("squash",)
    shop.drafts = False
    pull = await opened(client, github, shop)
    await pulls.merge(client, "acme/shop", pull.number, pull.head.sha, "Phase 1", "Key: 1")
    assert shop.git("rev-list", "--count", "main") == "2"


@dataclass
class Hand:
    github: GithubApi
    repo: Repo

    def pushes(self, branch, texts):
        self.github.person("x", self.repo, "write").pushes(self.repo, branch, texts)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda hand: hand.repo.protect("main", reviews=1), "asks for one more review before this can be merged"),
        (lambda hand: hand.repo.protect("main", reviews=2), "asks for two more reviews"),
        (lambda hand: hand.repo.protect("main", checks=("ci",)), "waits for the check “ci”"),
        (lambda hand: hand.pushes("main", {"new.txt": "y"}), "same places"),
        (lambda hand: hand.pushes("feature-1", {"z": "y"}), "not checked"),
        (lambda hand: hand.repo.people.update({"orchestrator-bot": "read"}), "does not let us merge"),
        (lambda hand: setattr(hand.repo, "methods", ("rebase",)), "neither merging nor squashing"),
    ],
)
async def test_why_it_cannot_be_merged_is_said_plainly(github, client, shop, prepare, sentence):
    shop.drafts = False
    pull = await opened(client, github, shop)
    prepare(Hand(github, shop))
    with pytest.raises(Refused, match=sentence):
        await pulls.merge(client, "acme/shop", pull.number, pull.head.sha, "Phase 1", "")
    assert not (await pulls.get(client, "acme/shop", pull.number)).is_merged


async def test_the_last_word_of_each_reviewer_counts(github, client, shop):
    pull = await opened(client, github, shop)
    ana, tom = github.person("ana", shop, "write"), github.person("tom", shop, "write")
    seen = []
    for who, state in ((ana, "CHANGES_REQUESTED"), (tom, "APPROVED"), (ana, "COMMENTED"), (ana, "APPROVED")):
        who.reviews(shop, pull.number, state)
        seen.append(pulls.opinion(await pulls.reviews(client, "acme/shop", pull.number)))
    assert seen == [("changes", ("ana",)), ("changes", ("ana",)), ("changes", ("ana",)), ("approved", ("ana", "tom"))]


async def test_a_check_is_one_run_however_often_it_is_shown(github, app, shop):
    github.install("acme")
    sha = shop.git.head("main")
    waits = checks.Check("Decision: Is this right?", sha, "waits", "Waits for an answer", "", "http://x", "gate-1")
    number = await checks.show(app, "acme/shop", waits)
    assert await checks.show(app, "acme/shop", waits) == number
    done = checks.Check(waits.name, sha, "success", "Approved by Ana", "", "http://x", "gate-1")
    await checks.show(app, "acme/shop", done, number)
    assert shop.checked(sha) == {"Decision: Is this right?": "success"}
    assert len(shop.runs) == 1


async def test_without_an_app_a_check_is_a_status_since_github_gives_runs_to_apps_only(github, client, shop):
    sha = shop.git.head("main")
    with pytest.raises(Refused):
        await client.send("POST", "/repos/acme/shop/check-runs", name="x", head_sha=sha, status="queued")
    await checks.show(client, "acme/shop", checks.Check("Decision", sha, "waits", "W" * 200, "", "http://x", "gate-1"))
    await checks.show(client, "acme/shop", checks.Check("Decision", sha, "failure", "No", "", "http://x", "gate-1"))
    assert shop.checked(sha) == {"Decision": "failure"}
