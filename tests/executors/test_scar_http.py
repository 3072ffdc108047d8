"""A builder that is a running SCAR, over HTTP: every pitfall that a real one has, through the builder's own door."""

import asyncio
import contextlib

import httpx
import pytest
from scar_place import QUICK, Place, made

from ground.scar_server import ScarProcess
from ground.until import until
from orchestrator.domain.run import Report, RunKind
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors.scar import commands, http, outcome, replies, run, setup, talk
from orchestrator.executors.scar.run import ScarHttp
from orchestrator.forge import remote

KINDS = [RunKind.PRIME, RunKind.PLAN, RunKind.EXECUTE, RunKind.REPAIR]


@pytest.fixture(scope="module")
async def scar(tmp_path_factory):
    async with ScarProcess(tmp_path_factory.mktemp("scar")) as started:
        yield started


@pytest.fixture
async def place(tmp_path) -> Place:
    return await made(tmp_path)


@pytest.fixture
async def switched(scar):
    """Pitfalls that are on for one test; `await switched(twice=True)`."""
    on = set()

    async def switch(**switches):
        on.update(switches)
        await scar.set(**switches)

    yield switch
    await scar.set(**dict.fromkeys(on, None))


async def does(scar, place, kind=RunKind.EXECUTE, limits=QUICK, hear=None, **job) -> Report:
    builder = ScarHttp(scar.url, place.git, place.notes, limits)
    more = {"hear": hear} if hear else {}
    return await builder.run(place.job(kind, **job), place.tell, **more)


async def invoked(scar, place) -> list[str]:
    """The commands for SCAR's agent in our conversation."""
    accepted = (await scar.seen())["accepted"]
    return [text for id, text in accepted if text.startswith("/command-invoke") and place.project in id]


async def taken(scar, place) -> bool:
    return bool(await invoked(scar, place))


@contextlib.asynccontextmanager
async def at_work(scar, place, kind=RunKind.EXECUTE, **more):
    """A run of ours that SCAR has taken, let go of when this ends."""
    doing = asyncio.create_task(does(scar, place, kind, **more))
    await until(lambda: taken(scar, place))
    try:
        yield doing
    finally:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_work_is_done_and_brought_back(scar, place, kind):
    report = await does(scar, place, kind)

    assert report.ok, report
    assert report.sentence == replies.FINISHED
    assert place.work == (kind is not RunKind.PRIME)
    assert len(await invoked(scar, place)) == 1


async def test_what_is_looked_at_is_told_by_our_playbook_and_leaves_nothing_in_the_app(scar, place):
    assert (await does(scar, place, RunKind.PRIME, prompt="Look at everything twice.\n")).ok
    assert (await does(scar, place, RunKind.PLAN)).ok

    runs = [each["text"] for each in (await scar.seen())["runs"] if place.project in each["at"]]
    assert runs[0] == "Look at everything twice.\n"
    named = {path.stem for path in (place.copy / ".agents" / "commands").iterdir()}
    assert named & {"prime", "plan-feature", "execute", "repair", "validate"} == set()


async def test_plan_and_building_share_a_conversation_and_what_scar_does_is_told_in_plain_words(scar, place):
    assert (await does(scar, place, RunKind.PLAN)).ok
    assert (await does(scar, place, RunKind.EXECUTE)).ok

    accepted = (await scar.seen())["accepted"]
    assert {id for id, _ in accepted if place.project in id} == {f"orchestrator/{place.project}/feature-1-the-list"}
    assert run.BEGINS in place.sentences
    assert {"Is trying something out.", "Is reading.", "Explains what it is doing."} <= set(place.sentences)
    assert not [text for text in place.sentences if "Unknown command" in text or "Switched" in text]
    assert {activity.kind for activity in place.told} == {"note", "tool", "text"}


async def test_silence_is_told_as_normal_and_is_not_the_end(scar, place):
    await scar.set({"gap": 2})

    assert (await does(scar, place)).ok
    said = [text for text in place.sentences if "which is normal" in text]
    assert said[0] == talk.PATIENCE.format(long="1 second")
    assert place.work == 1


async def test_a_run_that_says_nothing_at_all_has_failed(scar, place):
    await scar.set({"mood": "mute"})

    report = await does(scar, place)

    assert (report.ok, report.sentence) == (False, replies.NOTHING)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"mood": "error"}, "SCAR’s AI did not accept the work."),
        ({"mood": "late-error", "gap": 1.9}, "SCAR’s AI does not answer at the moment. Try again later."),
        ({"mood": "killed"}, replies.CRASHED),
        ({"mood": "lie"}, outcome.NOT_BUILT),
        ({"mood": "unpushed"}, outcome.NOT_BUILT),
    ],
)
async def test_a_run_that_did_not_do_its_work_is_told_so(scar, place, script, sentence):
    await scar.set(script)

    report = await does(scar, place)

    assert (report.ok, report.sentence) == (False, sentence)
    assert place.work == 0
    assert await does(scar, place) == report  # asked again for the same, it has nothing to do
    assert len(await invoked(scar, place)) == 1


async def test_questions_instead_of_a_plan_are_handed_on(scar, place):
    await scar.set({"mood": "ask"})

    report = await does(scar, place, RunKind.PLAN)

    assert (report.ok, report.sentence) == (False, replies.ASKS)
    assert "Who may see the list?" in report.details["said"]


async def test_a_plan_that_was_only_claimed_is_none(scar, place):
    await scar.set({"mood": "lie"})

    assert (await does(scar, place, RunKind.PLAN)).sentence == outcome.NOT_PLANNED


async def test_a_plan_in_another_place_on_another_branch_is_found_and_put_where_plans_are(scar, place):
    await scar.set({"mood": "elsewhere"})

    report = await does(scar, place, RunKind.PLAN)

    assert report.ok, report
    assert (place.copy / commands.plan(1)).read_text() == "# A plan\n"
    assert report.details["claims"]["branch"] == "feature-of-its-own"


async def test_work_that_does_not_go_on_from_ours_is_not_taken(scar, place):
    await scar.set({"mood": "strange"})
    report = await does(scar, place)

    assert (report.ok, report.sentence, place.work) == (False, remote.ASTRAY, 0)
    assert await does(scar, place) == report
    assert (await does(scar, place, key="tried-again")).ok


async def test_looking_around_that_changes_something_has_failed(scar, place):
    await scar.set({"mood": "writes"})

    assert (await does(scar, place, RunKind.PRIME)).sentence == outcome.WROTE


async def test_answers_that_come_twice_confuse_nobody(scar, place, switched):
    await switched(twice=True)
    await scar.set({"twice": True})

    assert (await does(scar, place)).ok
    assert place.work == 1
    texts = [activity.details["said"] for activity in place.told if activity.kind == "text"]
    assert len(texts) == len(set(texts))


async def test_a_busy_conversation_is_waited_for(scar, place):
    assert (await does(scar, place, RunKind.PLAN)).ok
    conversation = f"orchestrator/{place.project}/feature-1-the-list"
    await scar.set({"gap": 1.5})
    by_hand = "/command-invoke execute-github .agents/asked/phase-1.md feature-1-the-list"
    await scar.http.post("/test/message", json={"conversationId": conversation, "message": by_hand})

    assert (await does(scar, place)).ok
    assert talk.EARLIER in place.sentences
    assert place.work == 3


async def test_when_all_places_are_taken_our_turn_comes_later(scar, place, tmp_path, switched):
    places = [place, *[await made(tmp_path / str(number)) for number in range(2)]]
    await switched(most=1)
    try:
        reports = await asyncio.gather(*(does(scar, each) for each in places))
    finally:
        await switched(most=10)

    assert all(report.ok for report in reports)
    assert [each.work for each in places] == [1, 1, 1]


async def test_a_scar_that_does_not_answer_for_a_moment_is_not_given_up(scar, place, switched):
    await scar.set({"gap": 1})
    async with at_work(scar, place) as doing:
        await switched(broken=3)
        assert (await doing).ok

        await switched(broken=1000)
        with pytest.raises(BuilderLost, match="does not answer"):
            await does(scar, place, key="another")


async def test_at_its_deadline_a_run_is_unknown_and_the_same_job_waits_for_it(scar, place):
    await scar.set({"gap": 6})
    soon = talk.ScarLimits(hard_s=4.5, shortest_s=0.02, longest_s=0.1)

    report = await does(scar, place, limits=soon)
    assert (report.ok, report.sentence) == (False, run.STILL.format(long="4 seconds"))
    assert await taken(scar, place)

    again = await does(scar, place, key="another-key")
    assert again.ok
    assert run.JOINS in place.sentences
    assert (place.work, len(await invoked(scar, place))) == (1, 1)


async def test_a_stop_lets_go_at_once_and_the_next_run_waits_for_what_still_runs(scar, place):
    await scar.set({"gap": 1.5})
    async with at_work(scar, place) as doing:
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(doing, 1)
    assert run.BEGINS in place.sentences  # which says that SCAR cannot be stopped

    wish = "Build phase 1.\n\n## What the person asked for\n\n> green\n"
    assert (await does(scar, place, key="after-the-stop", prompt=wish)).ok

    assert talk.EARLIER in place.sentences
    runs = [each for each in (await scar.seen())["runs"] if place.project in each["at"]]
    assert (len(runs), place.work) == (2, 2)
    assert (place.copy / "built.txt").read_text().startswith(wish)


async def test_a_scar_that_was_started_anew_is_asked_again_and_says_so(scar, place):
    await scar.set({"gap": 30})
    async with at_work(scar, place) as doing:
        await scar.restart()
        with pytest.raises(BuilderLost):
            await doing

    assert (await does(scar, place)).ok
    assert (place.work, len(await invoked(scar, place))) == (1, 1)


async def test_a_plan_that_was_saved_before_scar_was_started_anew_is_taken(scar, place):
    await scar.set({"gap": 0})
    job = does(scar, place, RunKind.PLAN)
    assert (await job).ok
    note = place.notes.read(f"orchestrator/{place.project}/feature-1-the-list")
    place.notes.write(f"orchestrator/{place.project}/feature-1-the-list", note.now(state="sent"))
    await scar.restart()

    report = await does(scar, place, RunKind.PLAN)

    assert (report.ok, report.sentence) == (True, outcome.STOPPED)
    assert await invoked(scar, place) == []


async def test_a_transcript_that_somebody_empties_is_not_taken_for_the_end(scar, place):
    await scar.set({"gap": 1.5})
    async with at_work(scar, place) as doing:
        await scar.http.delete(f"/test/messages/orchestrator%2F{place.project}%2Ffeature-1-the-list")
        with pytest.raises(BuilderLost, match="nobody knows how that ended"):
            await doing
    runs = [each for each in (await scar.seen())["runs"] if place.project in each["at"]]
    assert [each["over"] for each in runs] == [True]
    assert place.work == 1  # what was saved is here, and the next try goes on from it


async def test_a_command_that_was_taken_without_an_answer_is_not_sent_again(scar, place, switched):
    await switched(slow=1.5)
    quick = talk.ScarLimits(hard_s=60, answer_s=0.7, shortest_s=0.02, longest_s=0.1)

    assert (await does(scar, place, limits=quick)).ok
    assert (place.work, len(await invoked(scar, place))) == (1, 1)


@pytest.mark.parametrize("code", [400, 413])
async def test_a_page_instead_of_data_is_a_refusal(scar, place, switched, code):
    await switched(html=code)

    report = await does(scar, place)

    assert (report.ok, report.sentence, report.details["code"]) == (False, http.FOREIGN, code)


async def test_where_our_commands_are_not_loaded_nothing_is_begun(scar, place, switched):
    await switched(**{"not loaded": True})

    report = await does(scar, place)

    assert (report.ok, report.sentence) == (False, setup.SPOILT)
    assert await invoked(scar, place) == []


async def test_a_copy_that_cannot_be_pulled_is_brought_up_to_date_by_the_command_itself(scar, place, switched):
    assert (await does(scar, place, RunKind.PLAN)).ok
    await switched(**{"no pull": True})

    assert (await does(scar, place)).ok
    assert place.work == 2


async def test_a_copy_that_was_left_on_another_branch_is_used_again(scar, place):
    await scar.set({"mood": "elsewhere"})
    assert (await does(scar, place, RunKind.PLAN)).ok

    assert (await does(scar, place)).ok
    assert (place.copy / "built.txt").exists()


async def test_commands_of_the_same_name_for_somebody_else_are_not_taken_for_ours(scar, place):
    """SCAR loads the first folder that it finds, and forgets ours each time."""
    theirs = {".claude/commands/prime.md": "Say hello.\n", ".claude/commands/execute-github.md": "Say hello.\n"}
    await place.git.write(place.copy, theirs, "Commands of the person's own")

    assert (await does(scar, place, RunKind.PLAN)).ok
    assert (await does(scar, place, RunKind.EXECUTE)).ok
    assert not [each for each in (await scar.seen())["runs"] if "Say hello" in each["text"]]


async def test_scar_in_batch_mode_is_understood_too(scar, place):
    await scar.http.put("/test/mode", json={"mode": "batch"})
    try:
        assert (await does(scar, place, RunKind.PLAN)).ok
        await scar.set({"mood": "error"})
        failed = await does(scar, place)
    finally:
        await scar.http.put("/test/mode", json={"mode": "stream"})

    assert (failed.ok, failed.sentence) == (False, replies.TROUBLE)
    assert "SCAR has begun." in place.sentences


async def test_what_people_say_meanwhile_is_done_after_it(scar, place):
    waiting = ["make it green", ""]

    async def hear():
        return waiting.pop(0)

    assert (await does(scar, place, hear=hear)).ok

    assert (place.work, len(await invoked(scar, place))) == (2, 2)
    assert "> make it green" in (place.copy / "built.txt").read_text()


async def test_nobody_at_the_address_is_a_lost_builder(place):
    builder = ScarHttp("http://127.0.0.1:9", place.git, place.notes, QUICK)

    with pytest.raises(BuilderLost, match="SCAR cannot be reached"):
        await builder.run(place.job(), place.tell)


@pytest.mark.parametrize(
    "url",
    ["http://93.184.216.34:3000", "http://169.254.169.254", "http://0.0.0.0:3000", "http://[2606:2800:220:1::1]:3"],
)
async def test_a_scar_that_others_could_reach_is_not_spoken_to(place, url):
    with pytest.raises(NotPossible, match="neither"):
        await ScarHttp(url, place.git, place.notes, QUICK).run(place.job(), place.tell)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_this_machine_and_private_networks_are_spoken_to(address):
    assert http.is_private(address)


ROWS = [
    ("/status", "Platform: test\nAI Assistant: claude\n\nNo codebase configured. Use /clone <repo-url> to get started"),
    ("/commands", "No codebase configured."),
    ("/load-commands x", "No codebase configured."),
    ("/command-invoke prime", "No codebase configured. Use /clone "),
    ("/repo", "Usage: /repo "),
    ("/clone file:///nowhere/x", "Failed to clone repository: "),
    ("/clone {url}", "Repository cloned successfully!\n\nCodebase: app-{project}-1\nPath: "),
    ("/clone {url}", "Repository already cloned.\n\nLinked to existing codebase: app-{project}-1"),
    ("/repo nobody", "Repository not found: nobody"),
    (
        "/repo app-{project}",
        "Switched to: app-{project}-1\n✓ Pulled latest changes\n✓ Loaded 2 commands\n\nReady to work!",
    ),
    ("/load-commands nowhere", "Failed: ENOENT"),
    ("/load-commands .agents/plans", "Failed: ENOENT"),
    ("/load-commands .agents/commands", "Loaded 2 commands recursively: execute-github, plan-feature-github"),
    ("/commands", "Registered Commands:\n\n"),
    ("/templates", "Command Templates:\n\n/"),
    ("/command-invoke nobody", "Command 'nobody' not found. Use /commands to see available."),
    ("/worktree create a/b", "Branch name must"),
    (
        "/worktree create {project}",
        "Worktree created!\n\nBranch: {project}\nPath: worktrees/{project}\nAllocated Port: 80",
    ),
    ("/worktree create other", "Already using worktree: worktrees/{project}"),
    ("/worktree list", "Worktrees:\n\n"),
    ("/worktree orphans", "All worktrees (from git):"),
    ("/worktree remove", "Worktree removed: worktrees/{project}"),
    ("/worktree create {project}", "Branch '{project}' already exists"),
    ("/setcwd /etc", "Path must be within "),
    ("/setcwd app-{project}-1/not-there", "Working directory set to: "),
    ("/getcwd", "Current working directory: "),
    ("/reset", "No active session to reset."),
    ("/reset-context", "No active session to reset."),
    ("/nobody", "Unknown command: /nobody\n\nType /help for available commands or /templates for command templates."),
]


async def test_the_stand_in_knows_the_commands_as_they_were_observed(scar, place):
    meeting = await place.git.meet(place.project, place.copy, here=True)
    await place.git.publish(place.project, place.copy, meeting, {}, commands.lacking())
    names = {"url": meeting.url, "project": place.project}

    for sent, _ in ROWS:
        await scar.http.post("/test/message", json={"conversationId": place.project, "message": sent.format(**names)})

    async def answers() -> list[str]:
        said = (await scar.http.get(f"/test/messages/{place.project}")).json()["messages"]
        return [each["message"] for each in said] if len(said) >= len(ROWS) else []

    for (sent, answer), said in zip(ROWS, await until(answers), strict=True):
        assert said.startswith(answer.format(**names)), sent


async def test_the_stand_in_answers_as_it_was_observed(scar):
    """What the other tests stand on, row by row."""

    async def post(**given):
        return await scar.http.post("/test/message", **given)

    assert (await post(json={"conversationId": "x"})).json() == {"error": "conversationId and message must be strings"}
    assert (await post(json={"conversationId": "x", "message": ""})).status_code == 400
    broken = await post(content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.text[:15]) == (400, "<!DOCTYPE html>")
    long = await post(json={"conversationId": "x", "message": "m" * 103_000})
    assert (long.status_code, long.text[:15]) == (413, "<!DOCTYPE html>")
    assert (await post(content=b"x")).status_code == 500
    assert (await scar.http.get("/test/messages/acme%2Fdemo%231")).json() == {
        "conversationId": "acme/demo#1",
        "messages": [],
    }
    assert (await scar.http.put("/test/mode", json={"mode": "loud"})).status_code == httpx.codes.BAD_REQUEST
