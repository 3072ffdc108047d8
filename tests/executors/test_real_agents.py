"""Real coding agents, as people install them, do real work in a trial copy; only their model is a stand-in."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import processes
from ground.agents import KEY, Bench, bench, by_results, does
from ground.model_values import Gives
from ground.until import until
from orchestrator.delivery.pricing import priced
from orchestrator.domain.run import Ask, Wish
from orchestrator.errors import BuilderLost
from orchestrator.executors.session import CUT_OFF

AT_ONCE_S = 20  # with the few tries of its own that we leave it; minutes would be without
DONE = Gives(text="All done.", usage=(1200, 30, 800))
pytestmark = pytest.mark.timeout(400)  # the first test of each fetches it


@pytest.fixture(params=["claude", "codex"])
async def real(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(request.param, tmp_path) as one:
        yield one
    assert processes.of(tmp_path) == []


async def test_it_writes_a_file_and_makes_a_save_point(real: Bench):
    hand = real.hand
    real.api.answers = by_results(
        does(hand.write(real.worktree / "hello.txt", "hi"), "Let me write it."),
        does(hand.run("git add -A && git commit -qm 'say hi'")),
        DONE,
    )
    report = await real.run()

    assert (report.ok, report.sentence) == (True, "The builder says that it has finished.")
    assert real.git("show", "HEAD:hello.txt") == "hi"
    assert real.git("log", "-1", "--format=%s") == "say hi\n"
    assert "Is making a save point." in real.sentences
    assert report.details["said"].endswith("All done.")
    told = [activity.sentence for activity in real.told if activity.kind != "permission"]
    assert not any(word in sentence for sentence in told for word in ("git", "hello.txt", "{"))


async def test_what_it_cost_becomes_money(real: Bench):
    real.api.answers = by_results(does(real.hand.run("true")), DONE)
    report = await priced(real.agent.id, await real.run())

    told = report.details["cost"]
    assert (told["read"], told["written"], told["cached"]) == (2200, 80, 1000)
    assert told["model"]
    assert 0 < told["amount"] < 1
    assert told["currency"] == "USD"


async def test_it_has_its_own_key_and_nothing_else_of_ours(real: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORCHESTRATOR_TOKEN", "sk-of-the-orchestrator")
    real.api.answers = by_results(does(real.hand.run("env > environment.txt")), DONE)
    await real.run()

    seen = (real.worktree / "environment.txt").read_text()
    assert "sk-of-the-orchestrator" not in seen
    assert {asked.headers.get("x-api-key") or asked.headers["authorization"][7:] for asked in real.api.asked} == {KEY}


async def test_it_asks_before_it_writes_beside_its_trial_copy(tmp_path: Path):
    async with bench("claude", tmp_path) as claude:
        claude.api.answers = by_results(does(claude.hand.write(tmp_path / "beside.txt", "x")), DONE)
        report = await claude.run()

        assert not (tmp_path / "beside.txt").exists()
        assert report.ask == Ask(Wish.OUTSIDE, str(tmp_path / "beside.txt"))


@pytest.mark.parametrize(
    ("command", "wish"), [("git push origin main", Wish.PUSH), ("npm install left-pad", Wish.INSTALL)]
)
async def test_codex_asks_about_the_commands_that_our_rules_name(command: str, wish: Wish, tmp_path: Path):
    async with bench("codex", tmp_path) as codex:
        codex.api.answers = by_results(does(codex.hand.run(command)), DONE)
        report = await codex.run()

        assert report.ask == Ask(wish, command)


async def test_killed_it_is_lost_and_goes_on_where_it_was(real: Bench):
    real.api.answers = by_results(does(real.hand.run("setsid sleep 300")), DONE)
    running = asyncio.create_task(real.run())
    await processes.there(real.folder, "sleep 300", within=60)
    await until(lambda: _notes(real.folder, b"setsid sleep 300"))  # it writes its diary after it has begun
    real.kill()
    with pytest.raises(BuilderLost):
        await running
    await processes.gone(real.folder)

    real.api.answers, before = lambda _: DONE, len(real.api.asked)
    assert (await real.run()).ok
    told = ["\n".join(text for _, text in asked.said) for asked in real.api.asked[before:]]
    # Beside its work it may ask for a title and the like, in whatever order.
    assert any(CUT_OFF in text and "setsid sleep 300" in text for text in told), told


def _notes(folder: Path, what: bytes) -> bool:
    """Whether it has written this down in one of its files."""
    files = (path for path in folder.rglob("*.jsonl") if path.is_file())
    return any(what in path.read_bytes() for path in files)


async def test_stopped_nothing_of_it_is_left_within_a_second(real: Bench):
    real.api.answers = by_results(does(real.hand.run("setsid sleep 300")), DONE)
    running = asyncio.create_task(real.run())
    await processes.there(real.folder, "sleep 300", within=60)

    running.cancel()
    assert await processes.gone(real.folder, within=2) < 1
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "{name} has to be signed in first. Whoever runs this installation can do that."),
        (429, "{name} has used up its limit. It did not say when it goes on; try again in a while."),
        (529, "The AI model that {name} uses has too much to do at the moment. Nothing is lost; try again in a while."),
    ],
)
async def test_what_its_model_refuses_is_told_at_once(real: Bench, status: int, says: str):
    real.api.answers = lambda _: Gives(status=status)
    began = time.monotonic()
    report = await real.run()

    assert (report.ok, report.sentence) == (False, says.format(name=real.agent.title))
    assert time.monotonic() - began < AT_ONCE_S
