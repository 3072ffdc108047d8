"""A builder that is a SCAR on GitHub: asked once in an issue, whatever is lost, doubled or late on the way."""

import asyncio
import contextlib
import json
from datetime import timedelta

import pytest
from scar_place import Place, adopted

from ground.github_scar import HubProcess
from ground.until import until
from orchestrator import clock
from orchestrator.domain.run import Report, RunKind
from orchestrator.errors import BuilderLost
from orchestrator.executors.scar import github, github_api, outcome, replies, run, talk
from orchestrator.executors.scar.github import Account, ScarGithub

KINDS = [RunKind.PRIME, RunKind.PLAN, RunKind.EXECUTE, RunKind.REPAIR]
SOON = talk.ScarLimits(hard_s=60, answer_s=5, quiet_s=0.5, shortest_s=0.02, longest_s=0.1, ack_s=1.5, settle_s=1)


@pytest.fixture(scope="module")
async def running(tmp_path_factory):
    async with HubProcess(tmp_path_factory.mktemp("hub")) as started:
        yield started


@pytest.fixture
async def hub(running, tmp_path):
    await running.fresh(tmp_path / "hub")
    return running


@pytest.fixture
async def place(hub, tmp_path) -> Place:
    return await adopted(tmp_path / "us", hub.origin)


def builder(hub, place, limits=SOON, **account) -> ScarGithub:
    given = {"url": hub.url, "token": "our-token", "mention": "scar", "bot": "scar-bot", **account}
    return ScarGithub(Account(**given), place.git, place.notes, limits)


async def does(hub, place, kind=RunKind.EXECUTE, limits=SOON, **job) -> Report:
    return await builder(hub, place, limits).run(place.job(kind, **job), place.tell)


async def commented(hub) -> bool:
    return bool(await hub.asked())


async def begun(hub) -> bool:
    """SCAR has shown that it noticed us."""
    return len((await hub.seen())["comments"]) > 1


async def test_a_whole_phase_is_asked_for_in_one_issue_one_command_after_the_other(hub, place):
    for kind in KINDS:
        assert (report := await does(hub, place, kind)).ok, report

    assert place.work == 3
    seen, asked = await hub.seen(), await hub.asked()
    assert [issue["title"] for issue in seen["issues"]] == ["Look around in main", "Phase 1: feature-1-the-list"]
    assert [text.split()[:3] for text in asked] == [
        ["@scar", "/command-invoke", "prime"],
        ["@scar", "/command-invoke", "plan-feature-github"],
        ["@scar", "/command-invoke", "execute-github"],
        ["@scar", "/command-invoke", "execute-github"],
    ]
    assert not [text for text in asked if "\n" in text]
    assert not [issue for issue in seen["issues"] if "@scar" in f"{issue['title']}{issue['body']}"]
    assert {line.split()[0] for line in seen["asked"]} == {"GET", "POST"}  # nothing is edited, nothing is deleted
    assert "SCAR has begun." in place.sentences


async def test_looking_again_costs_nothing_while_nothing_changes(hub, place):
    await hub.set({"gap": 1})

    assert (await does(hub, place)).ok
    assert (await hub.seen())["unchanged"] > 3


async def test_heartbeats_are_no_answer(hub, place):
    await hub.set({"gap": 1.2}, beat_s=0.3)

    assert (await does(hub, place)).ok
    assert "SCAR is still at work." in place.sentences
    assert place.work == 1


async def test_our_account_and_the_bots_must_differ(hub, place):
    report = await builder(hub, place, bot="Orchestrator-Account").run(place.job(), place.tell)

    assert (report.ok, report.sentence) == (False, github.SAME.format(bot="Orchestrator-Account"))
    assert await hub.asked() == []


async def test_where_nobody_notices_a_person_is_asked_and_nothing_is_asked_twice(hub, place):
    await hub.set(deaf=True)
    report = await does(hub, place)

    assert not report.ok
    assert report.sentence.startswith("SCAR has not noticed our comment on GitHub for 2 seconds: acme/shop, issue 1.")
    assert len(await hub.asked()) == 1
    same = await does(hub, place)
    assert (same.ok, len(await hub.asked())) == (False, 1)

    await hub.set(deaf=False)
    assert (await does(hub, place, key="a-person-said-try-again")).ok
    assert (place.work, len(await hub.asked())) == (1, 2)


async def test_an_answer_that_came_after_we_had_given_up_is_taken(hub, place):
    await hub.set(deaf=True)
    assert not (await does(hub, place)).ok
    await hub.says(1, "scar-bot", "The agent is on the case...")
    await hub.says(1, "scar-bot", "⚠️ AI rate limit reached. Please wait.")

    report = await does(hub, place, key="a-person-said-try-again")

    assert report.sentence == replies.LIMIT
    assert run.JOINS in place.sentences
    assert len(await hub.asked()) == 1


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"mood": "error"}, replies.TROUBLE),
        ({"mood": "killed"}, replies.CRASHED),
        ({"mood": "lie"}, outcome.NOT_BUILT),
    ],
)
async def test_a_run_that_did_not_do_its_work_is_told_so(hub, place, script, sentence):
    await hub.set(script)

    report = await does(hub, place)

    assert (report.ok, report.sentence, place.work) == (False, sentence, 0)


@pytest.mark.parametrize("pitfall", [{"no final": True}, {"mood": "long"}])
async def test_a_final_comment_that_never_comes_ends_at_our_deadline_as_unknown(hub, place, pitfall):
    await (hub.set(**pitfall) if "no final" in pitfall else hub.set(pitfall))
    limits = talk.ScarLimits(hard_s=5, shortest_s=0.02, longest_s=0.1, ack_s=4, settle_s=0.1)

    report = await does(hub, place, limits=limits)

    assert (report.ok, report.sentence) == (False, run.STILL.format(long="5 seconds"))


async def test_a_notice_that_came_twice_ends_when_both_runs_are_over(hub, place):
    await hub.set({"gap": 0.2}, {"gap": 0.8}, redelivered=True)

    assert (await does(hub, place)).ok
    assert (await hub.seen())["busy"] == 0


async def test_a_scar_that_hears_itself_is_waited_for_before_the_next_command(hub, place):
    await hub.set(loop=True, late_s=0.5, loop_s=0.8)
    assert (await does(hub, place, RunKind.PLAN)).ok

    assert (await does(hub, place)).ok

    bot = [each["body"] for each in (await hub.seen())["comments"] if each["user"]["login"] == "scar-bot"]
    starts = [place for place, text in enumerate(bot) if replies.is_start(text)]
    assert starts == [0, 2, 4]  # one after the other, never two at once
    assert place.work == 2


async def test_an_edit_by_somebody_else_while_we_wait_confuses_nobody(hub, place):
    await hub.set({"gap": 0.6})
    doing = asyncio.create_task(does(hub, place))
    await until(lambda: begun(hub))
    comment = (await hub.seen())["comments"][0]
    await hub.http.patch(f"/repos/acme/shop/issues/comments/{comment['id']}", json={"body": comment["body"]})

    assert (await doing).ok


async def test_comments_of_others_are_no_answers(hub, place):
    await hub.set({"gap": 1})
    doing = asyncio.create_task(does(hub, place))
    await until(lambda: commented(hub))
    await hub.says(1, "mallory", "## ✅ Implementation Complete")

    assert (await doing).ok
    assert place.work == 1


async def test_commands_that_are_not_in_the_main_version_are_asked_for(hub, tmp_path):
    place = await adopted(tmp_path / "us", hub.origin, with_commands=False)

    report = await does(hub, place)

    assert (report.ok, report.sentence) == (False, github.NO_COMMANDS.format(branch="feature-1-the-list"))
    assert (await does(hub, place, RunKind.PRIME)).sentence == github.NO_PRIME


async def test_what_github_tells_us_is_found_before_we_look(hub, place):
    slow = talk.ScarLimits(hard_s=40, answer_s=5, shortest_s=30, longest_s=30, ack_s=60, settle_s=0.1)
    one = builder(hub, place, slow)
    doing = asyncio.create_task(one.run(place.job(), place.tell))
    await until(lambda: commented(hub))

    async def final() -> list[dict]:
        return [each for each in (await hub.seen())["comments"] if "Complete" in each["body"]]

    found = (await until(final))[0]
    where = {"repository": {"full_name": "Acme/Shop"}, "issue": {"number": 1}}
    start = {"id": found["id"] - 1, "body": "The agent is on the case...", "user": {"login": "scar-bot"}}
    for action, comment in (("created", start), ("created", found), ("created", found), ("deleted", found)):
        one.noticed({"action": action, "comment": comment, **where})
    one.noticed({"action": "created", "zen": "Keep it logically awesome."})
    one.noticed({"action": "created", "comment": found, **where, "issue": {"number": 99}})

    assert (await asyncio.wait_for(doing, 10)).ok


async def test_limits_and_short_troubles_of_github_are_sat_out(hub, place):
    await hub.set({"gap": 0.5})
    doing = asyncio.create_task(does(hub, place))
    await until(lambda: commented(hub))
    await hub.set(limit=1, broken=2)

    assert (await doing).ok
    assert github.SLOW_DOWN.format(long="1 second") in place.sentences


async def test_a_long_limit_of_github_names_the_time_when_it_goes_on(hub, place):
    await hub.set({"gap": 1})
    doing = asyncio.create_task(does(hub, place))
    await until(lambda: commented(hub))
    await hub.set(limit=1, limit_s=600)

    report = await doing
    assert report.sentence in {github.LIMIT.format(long=f"{minutes} minutes") for minutes in (9, 10)}
    assert report.goes_on is not None
    assert timedelta(seconds=590) < report.goes_on - clock.now() < timedelta(seconds=601)
    assert (await does(hub, place)).ok
    assert len(await hub.asked()) == 1


async def test_a_comment_that_was_taken_without_an_answer_is_not_written_again(hub, place):
    await hub.set(slow=2)
    quick = talk.ScarLimits(hard_s=60, answer_s=1, quiet_s=9, shortest_s=0.02, longest_s=0.1, ack_s=5, settle_s=0.1)

    assert (await does(hub, place, limits=quick)).ok
    assert (place.work, len(await hub.asked())) == (1, 1)


async def test_a_comment_that_never_arrived_is_written_again(hub, place):
    await hub.set(drop=True)
    quick = talk.ScarLimits(hard_s=60, answer_s=0.5, quiet_s=9, shortest_s=0.02, longest_s=0.1, ack_s=5, settle_s=0.1)

    assert (await does(hub, place, limits=quick)).ok
    assert run.ONCE_MORE in place.sentences
    assert len(await hub.asked()) == 1


async def test_a_stop_lets_go_at_once_and_the_next_run_takes_the_answer(hub, place):
    await hub.set({"gap": 1.5})
    doing = asyncio.create_task(does(hub, place))
    await until(lambda: commented(hub))
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(doing, 1)

    await until(lambda: begun(hub))
    assert (await does(hub, place, key="resumed")).ok
    assert (place.work, len(await hub.asked())) == (1, 1)


async def test_a_key_that_github_does_not_accept_is_a_sentence(hub, place):
    report = await builder(hub, place, token="wrong").run(place.job(), place.tell)

    assert (report.ok, report.sentence) == (False, github_api.KEY)


async def test_a_github_that_is_not_there_is_a_lost_builder(hub, place):
    with pytest.raises(BuilderLost, match="GitHub cannot be reached"):
        await builder(hub, place, url="http://127.0.0.1:9").run(place.job(), place.tell)


async def test_all_can_be_said_in_one_issue_that_was_given(hub, place):
    one = builder(hub, place, issue=1)
    await hub.http.post(
        "/repos/acme/shop/issues", json={"title": "Ours"}, headers={"authorization": "Bearer our-token"}
    )

    for kind in (RunKind.PLAN, RunKind.EXECUTE):
        assert (await one.run(place.job(kind), place.tell)).ok
    seen = await hub.seen()
    assert [issue["title"] for issue in seen["issues"]] == ["Ours"]
    assert {comment["issue"] for comment in seen["comments"]} == {1}


async def test_the_token_stands_in_no_note_and_no_repository(hub, place):
    assert (await does(hub, place)).ok

    for path in place.folder.rglob("*"):
        with contextlib.suppress(OSError):
            assert path.is_dir() or b"our-token" not in path.read_bytes(), path
    assert "our-token" not in json.dumps([activity.details for activity in place.told])
