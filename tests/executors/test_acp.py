"""A builder in all its moods, as a real process: what is said about it, and that nothing of it is left."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import processes
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.run import Ask, Job, Rule, RunKind, Wish
from orchestrator.errors import BuilderLost, Unreachable
from orchestrator.executors import session, starter, troubles, watch
from orchestrator.executors.acp import WROTE, Acp
from orchestrator.executors.permissions import ASKS, OUTSIDE, READ_ONLY
from orchestrator.executors.watch import AgentLimits
from orchestrator.ports import silence

AGENT = (sys.executable, "-I", "-S", str(Path(__file__).with_name("scripted_agent.py")))
QUICK = AgentLimits(start_s=20, stall_s=20, hard_s=30, grace_s=0.3, repeats=6)
KEY = "sk-very-secret"


def git(where, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


@pytest.fixture
def worktree(tmp_path):
    where = tmp_path / "a worktree"
    where.mkdir()
    git(where, "init", "-q", "-b", "main")
    (where / "seed.txt").write_text("seed\n")
    git(where, "add", ".")
    git(where, "commit", "-q", "-m", "first")
    return where


class Builder:
    def __init__(self, folder, worktree):
        self.folder, self.worktree, self.told = folder, worktree, []

    async def tell(self, activity):
        self.told.append(activity)

    def does(
        self,
        prompt,
        *,
        words=(),
        limits=QUICK,
        read_only=False,
        command=None,
        tell=None,
        rules=(),
        hear=silence,
        **more,
    ):
        agent = Acp(command or (*AGENT, *words), "A scripted builder.", self.folder / "home", limits=limits, **more)
        kind = RunKind.PRIME if read_only else RunKind.EXECUTE
        job = Job(
            key="k-1-building", kind=kind, worktree=self.worktree, prompt=prompt, read_only=read_only, rules=rules
        )
        return agent.run(job, tell or self.tell, hear)

    @property
    def sentences(self):
        return [activity.sentence for activity in self.told]

    @property
    def words(self):
        return "".join(activity.details["said"] for activity in self.told if activity.kind == "text")


@pytest.fixture
def builder(tmp_path, worktree):
    yield (builder := Builder(tmp_path, worktree))
    assert processes.of(builder.folder) == []


async def test_that_nobody_can_write_down_what_it_tells_is_not_the_builders_fault(builder):
    """Taken for a builder that was lost, it would end in a question to a person; put off, it ends in nothing at all."""

    async def tell(_activity):
        raise Unreachable("The database does not answer.")

    with pytest.raises(Unreachable):
        await builder.does("ok", tell=tell)


async def test_work_is_told_in_plain_sentences_and_in_order(builder):
    report = await builder.does("ok")

    assert (report.ok, report.sentence) == (True, "The builder says that it has finished.")
    assert builder.sentences == [
        "Works on: Make the start page",
        "Changed a file.",
        "Changed 2 files.",
        "Is running the tests.",
        "Something it tried did not work.",
        "Has spent 0.42 EUR so far.",
        "Explains what it is doing.",
    ]
    assert builder.words == "all is done."
    assert (builder.worktree / "hello.txt").read_text() == "hi\n"


async def test_the_technical_side_is_in_the_details(builder):
    report = await builder.does("ok")

    plan, edit = builder.told[:2]
    assert plan.details["entries"][1] == {"title": "Test it", "status": "pending"}
    assert edit.details == {"title": "Write hello.txt", "kind": "edit", "status": "completed", "paths": ["hello.txt"]}
    assert report.details["stop_reason"] == "end_turn"
    assert report.details["usage"]["total_tokens"] == 3
    assert report.details["cost"]["currency"] == "EUR"
    assert report.details["said"] == "all is done."
    assert report.details["changed"] == ["hello.txt", "other.txt"]


async def test_a_lie_is_reported_as_what_the_builder_says(builder):
    report = await builder.does("lie")

    assert report.sentence == "The builder says that it has finished."
    assert not (builder.worktree / "hello.txt").exists()


@pytest.mark.parametrize("reason", ["refusal", "max_tokens", "max_turn_requests", "cancelled"])
async def test_every_other_end_has_its_own_sentence(builder, reason):
    report = await builder.does(reason)

    assert (report.ok, report.sentence) == (False, watch.ENDS[reason])
    assert len(set(watch.ENDS.values())) == 5


async def test_a_crash_is_told_with_its_last_words_but_without_the_key(builder):
    with pytest.raises(BuilderLost, match="stopped in the middle of its work") as lost:
        await builder.does("crash", env={"SOME_API_KEY": KEY})

    assert lost.value.more == {"exit_code": 17, "last_errors": "the last words, with the key …\n"}
    assert builder.sentences == ["Is reading."]


async def test_a_builder_that_ends_before_it_began_is_lost(builder):
    with pytest.raises(BuilderLost, match="stopped before it had begun") as lost:
        await builder.does("ok", words=["early"])

    assert lost.value.more["exit_code"] == 3


@pytest.mark.parametrize("mood", ["exit", "hangup"])
async def test_a_builder_that_hangs_up_is_lost(builder, mood):
    with pytest.raises(BuilderLost, match="stopped in the middle of its work"):
        await builder.does(mood)


async def test_a_builder_that_is_not_installed_is_named(builder):
    with pytest.raises(BuilderLost) as lost:
        await builder.does("ok", command=("no-such-builder", "--acp"))

    assert str(lost.value) == (
        "The builder could not be started. The program “no-such-builder” is not installed on this machine."
    )


async def test_a_builder_that_does_not_answer_our_greeting_is_lost(builder):
    with pytest.raises(BuilderLost, match="did not answer when we greeted it"):
        await builder.does("ok", words=["mute"], limits=AgentLimits(start_s=0.3))


@pytest.mark.parametrize("mood", ["garbage", "endless"])
async def test_garbage_is_recognised_as_such(builder, mood):
    with pytest.raises(BuilderLost, match="does not speak the language"):
        await builder.does(mood)


async def test_an_answer_that_means_nothing_is_recognised_as_such(builder):
    with pytest.raises(BuilderLost, match="does not speak the language"):
        await builder.does("ok", words=["strange"])


async def test_a_few_words_before_it_begins_do_no_harm(builder):
    assert (await builder.does("ok", words=["noisy"])).ok


async def test_single_messages_that_cannot_be_understood_do_no_harm(builder):
    assert (await builder.does("deaf")).ok
    assert builder.words == "still here"


async def test_a_builder_that_is_not_signed_in_says_so(builder):
    report = await builder.does("ok", words=["sign-in"])

    assert (report.ok, report.sentence) == (False, troubles.SAYS[troubles.Kind.SIGN_IN].format(name="The builder"))


async def test_a_problem_of_the_builder_may_be_tried_again(builder):
    with pytest.raises(BuilderLost, match="met a problem of its own") as lost:
        await builder.does("problem", env={"AUTH_TOKEN": KEY})

    assert lost.value.more["problem"] == "confused, key …"


@pytest.mark.parametrize("mood", ["stderr", "bigline"])
async def test_much_at_once_does_no_harm(builder, mood):
    assert (await builder.does(mood)).ok


async def test_ten_thousand_signs_of_life_are_all_told_in_order_even_slowly(builder):
    began = time.monotonic()

    async def tell(activity):
        builder.told.append(activity)
        if len(builder.told) % 20 == 0:
            await asyncio.to_thread(len, builder.told)  # slower than the builder, who has to wait

    assert (await builder.does("flood", tell=tell)).ok
    assert [activity.details["title"] for activity in builder.told] == [f"thought {n}" for n in range(10_000)]
    assert time.monotonic() - began < 60


async def test_crumbs_of_words_are_collected(builder):
    assert (await builder.does("chatter")).ok

    assert builder.words == "".join(f"{n} " for n in range(2000))
    assert len(builder.told) < 50
    assert max(len(activity.details["said"]) for activity in builder.told) < 4100


async def test_silence_is_ended(builder):
    report = await builder.does("hang", limits=AgentLimits(stall_s=1, grace_s=0.1))

    assert (report.ok, report.details["said"]) == (False, "hanging")
    assert report.sentence == "The builder gave no sign of life for 1 second, so we stopped it."


async def test_what_takes_too_long_is_ended_and_may_end_by_itself(builder):
    began = time.monotonic()
    report = await builder.does("slow", limits=AgentLimits(hard_s=1, grace_s=20))

    assert report.sentence == "The builder took longer than 1 second, so we stopped it."
    assert builder.words.startswith("tick tick")
    assert time.monotonic() - began < 10


async def test_a_loop_is_ended(builder):
    report = await builder.does("loop")

    assert report.sentence == "The builder did the same thing 6 times and nothing changed, so we stopped it."


async def test_the_same_thing_again_and_again_is_no_loop_while_something_changes(builder):
    assert (await builder.does("busy")).ok


async def test_too_much_memory_ends_it(builder):
    report = await builder.does("memory", limits=AgentLimits(memory_mb=150))

    assert report.sentence == "The builder was stopped. It used more memory than it may, so we ended it."


async def test_what_it_leaves_running_does_not_outlive_its_answer(builder):
    assert (await builder.does("daemon")).ok


@pytest.mark.parametrize("mood", ["hang", "slow"])
@pytest.mark.parametrize("namespaces", [True, False])
async def test_stopped_nothing_of_it_is_left_and_soon(builder, mood, namespaces):
    running = asyncio.create_task(builder.does(mood, namespaces=namespaces, limits=AgentLimits(grace_s=30)))
    await processes.until(lambda: builder.told)

    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert processes.of(builder.folder) == []
    assert time.monotonic() - began < processes.SOON


@pytest.mark.parametrize("moment", range(10))
async def test_stopped_at_any_moment_nothing_of_it_is_left(builder, moment):
    running = asyncio.create_task(builder.does("hang"))
    await asyncio.wait({running}, timeout=moment * 0.015)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert processes.of(builder.folder) == []


async def test_when_telling_fails_the_builder_is_ended(builder):
    async def tell(activity):
        raise LookupError(activity.sentence)

    with pytest.raises(LookupError, match="Works on"):
        await builder.does("ok", tell=tell)


async def test_permissions_follow_the_kind_and_the_place(builder):
    assert (await builder.does("permissions", rules=(Rule(Wish.OUTSIDE, "", allowed=False),))).ok

    assert builder.words.split() == [
        "id-allow_once",
        "id-reject_once",
        "id-allow_once",
        "id-allow_once",
        "id-reject_always",
        "cancelled",
        "id-reject_once",
        "id-reject_once",
    ]
    refused = [activity for activity in builder.told if activity.kind == "permission"]
    assert {activity.sentence for activity in refused} == {OUTSIDE}
    assert refused[0].details["paths"] == ["/etc/passwd"]


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("wish execute git push origin main", Ask(Wish.PUSH, "git push origin main")),
        ("wish execute cd . && pip install flask", Ask(Wish.INSTALL, "pip install flask")),
        ("wish execute git reset --hard", Ask(Wish.DELETE, "git reset --hard")),
        ("wish edit /etc/hosts", Ask(Wish.OUTSIDE, "/etc/hosts")),
    ],
)
async def test_what_it_may_not_do_by_itself_ends_its_turn_with_a_wish(builder, words, ask):
    report = await builder.does(words)

    assert (report.ok, report.ask, report.sentence) == (False, ask, ASKS[ask.wish])
    assert [told.sentence for told in builder.told if told.kind == "permission"] == [ASKS[ask.wish]]
    assert "wished for it once more" not in builder.words

    allowed = await builder.does(words, rules=(Rule(ask.wish, ask.subject, allowed=True),))
    assert (allowed.ok, allowed.ask) == (True, None)
    assert "id-allow_once" in builder.words
    denied = await builder.does(words, rules=(Rule(ask.wish, "", allowed=False),))
    assert (denied.ok, denied.ask) == (True, None)
    assert "id-reject_once" in builder.words


async def test_many_files_are_those_that_have_a_save_point(builder):
    for name in ("kept", "fresh"):
        (builder.worktree / name).mkdir()
        for number in range(30):
            (builder.worktree / name / f"{number}.txt").write_text("x")
    git(builder.worktree, "add", "kept")
    git(builder.worktree, "commit", "-q", "-m", "second")

    assert (await builder.does("wish execute rm -rf fresh kept/1.txt")).ok
    for line in ("rm -r kept", "rm kept/*", 'rm -rf "$PWD"'):
        assert (await builder.does(f"wish execute {line}")).ask == Ask(Wish.DELETE, line)
    elsewhere = str(builder.folder / "elsewhere")
    assert (await builder.does(f"wish execute rm -r {elsewhere}")).ask == Ask(Wish.OUTSIDE, elsewhere)


async def test_a_builder_that_shall_only_read_may_not_change_anything(builder):
    assert (await builder.does("permissions", read_only=True, walls=Sandbox("off"))).ok

    assert builder.words.split()[:4] == ["id-reject_once", "id-reject_once", "id-allow_once", "id-reject_once"]
    assert next(activity.sentence for activity in builder.told if activity.kind == "permission") == READ_ONLY


@pytest.mark.parametrize("deed", ["write", "rewrite"])
async def test_a_builder_that_changed_something_while_it_should_only_read_is_found_out(builder, deed):
    report = await builder.does(deed, read_only=True, walls=Sandbox("off"))

    assert (report.ok, report.sentence) == (False, WROTE)


async def test_a_builder_that_only_read_is_fine(builder):
    assert (await builder.does("lie", read_only=True)).ok


async def test_its_environment_is_its_own(builder):
    await builder.does("env", env={"GIVEN": "yes"})

    env = json.loads(builder.words)
    assert env["GIVEN"] == "yes"
    assert env["HOME"].startswith(str(builder.folder / "home"))
    assert env["TMPDIR"].startswith(env["HOME"])
    assert "PYTEST_CURRENT_TEST" not in env


async def test_what_it_kept_only_for_a_moment_is_removed(builder):
    assert (await builder.does("temporary")).ok

    assert list((builder.folder / "home").rglob("left")) == []


async def test_a_second_builder_in_the_same_worktree_waits_and_then_gives_up(builder):
    first = asyncio.create_task(builder.does("hang"))
    await processes.there(builder.folder, "sleep 30", count=3)

    with pytest.raises(BuilderLost, match="has not ended yet"):
        await builder.does("ok", limits=AgentLimits(lock_s=0.2))

    second = asyncio.create_task(builder.does("ok"))
    await asyncio.wait({second}, timeout=0.1)
    first.cancel()
    assert (await second).ok


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (3600, "60 minutes")]
)
def test_times_are_spelled(seconds, words):
    assert watch.spell(seconds) == words


async def test_the_builder_that_we_ship_is_driven_like_any_other(builder):
    report = await builder.does("/prime", command=starter.COMMAND, read_only=True)

    assert report.ok
    assert builder.words


async def test_a_builder_is_described_in_a_sentence(tmp_path):
    assert Acp(AGENT, "A scripted builder.", tmp_path).describe() == "A scripted builder."


async def stumbles(builder, *words):
    """What a builder says that dies the first time: of which conversation it is, and what it was asked."""
    with pytest.raises(BuilderLost):
        await builder.does("stumble", words=words)
    first = json.loads(next((builder.folder / "home").glob("*.json")).read_text())["session"]
    builder.told.clear()
    assert (await builder.does("stumble", words=words)).ok
    return first, *builder.words.split(": ", 1)


async def test_a_builder_that_can_goes_on_in_the_conversation_that_was_cut_off(builder):
    first, second, asked = await stumbles(builder, "remembers")

    assert second == first
    assert asked == f"{session.CUT_OFF}\n\nstumble"


@pytest.mark.parametrize("words", [(), ("remembers", "forgot")])
async def test_one_that_cannot_is_asked_anew(builder, words):
    first, second, asked = await stumbles(builder, *words)

    assert second != first
    assert asked == "stumble"


async def test_who_came_to_the_end_begins_anew_next_time(builder):
    assert (await builder.does("chatter", words=("remembers",))).ok

    assert not list((builder.folder / "home").glob("*.json"))


async def test_silence_is_called_normal_before_it_is_ended(builder):
    await builder.does("hang", limits=AgentLimits(quiet_s=1, stall_s=3, grace_s=0.1))

    said = [activity.sentence for activity in builder.told if activity.kind == "quiet"]
    assert said[0].startswith("Nothing was heard for 1 second. That is normal")
    assert len(said) == 2


async def test_what_people_say_meanwhile_is_told_when_it_has_come_to_an_end(builder):
    words = iter(["chatter", "lie", ""])

    async def hear():
        return next(words)

    assert (await builder.does("ok", hear=hear)).ok
    assert builder.words.endswith("1999 I have written everything and all tests pass.")
