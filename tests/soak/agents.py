"""Every real coding agent that npm has, through everything that can happen to it, each time with the same sentences."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import processes
from ground.agents import Bench, bench, by_results, does
from ground.model_values import Gives
from orchestrator.errors import BuilderLost

AGENTS = ("claude", "codex", "opencode")
DONE = Gives(text="All done.")
SLEEP = "setsid sleep 300"
STATUS = {401: "has to be signed in", 429: "has used up its limit", 529: "has too much to do"}
QUIET = {"opencode": {429, 529}}  # it tries again without a word, until our own clock ends it


async def works(real: Bench) -> None:
    hand = real.hand
    commit = hand.run("git add -A && git commit -qm 'say hi'")
    real.api.answers = by_results(does(hand.write(real.worktree / "hello.txt", "hi")), does(commit), DONE)
    report = await real.run()
    assert report.ok, report
    assert real.git("show", "HEAD:hello.txt").strip() == "hi"
    assert "Is making a save point." in real.sentences, real.sentences


async def only_reads(real: Bench) -> None:
    real.api.answers = by_results(does(real.hand.run("touch changed.txt")), DONE)
    report = await real.run(read_only=True)
    assert not report.ok, report
    assert "only meant to read" in report.sentence


async def is_stopped(real: Bench) -> None:
    running = await _sleeping(real)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await processes.gone(real.folder) < 1


async def is_killed(real: Bench) -> None:
    running = await _sleeping(real)
    real.kill()
    [lost] = await asyncio.gather(running, return_exceptions=True)
    assert isinstance(lost, BuilderLost), lost
    real.api.answers = lambda _: DONE
    assert (await real.run()).ok


async def hangs(real: Bench) -> None:
    real.api.answers = lambda _: Gives(hang=True)
    report = await real.run(stall_s=5)
    assert "gave no sign of life" in report.sentence, report


async def breaks_off(real: Bench) -> None:
    """Its model goes away in the middle of a sentence, and comes back."""
    broken = iter([Gives(text="I was just about to say", cut_after=1)])
    real.api.answers = lambda asked: next(broken, DONE) if asked.tools else DONE
    assert (await real.run()).ok


def is_refused(status: int) -> Callable[[Bench], Awaitable[None]]:
    async def refused(real: Bench) -> None:
        real.api.answers = lambda _: Gives(status=status)
        report = await real.run(hard_s=20)
        quiet = status in QUIET.get(real.agent.id, ())
        assert ("took longer than" if quiet else STATUS[status]) in report.sentence, report

    return refused


async def _sleeping(real: Bench) -> "asyncio.Task[object]":
    real.api.answers = by_results(does(real.hand.run(SLEEP)), DONE)
    running: asyncio.Task[object] = asyncio.create_task(real.run())
    await processes.there(real.folder, "sleep 300", within=60)
    return running


HAPPENS: dict[str, Callable[[Bench], Awaitable[None]]] = {
    "works": works,
    "only reads": only_reads,
    "is stopped": is_stopped,
    "is killed": is_killed,
    "hangs": hangs,
    "is broken off": breaks_off,
    **{f"is refused with {status}": is_refused(status) for status in STATUS},
}


async def once(name: str, what: str) -> str:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            async with bench(name, Path(folder)) as real:
                await HAPPENS[what](real)
            assert processes.of(Path(folder)) == []
        except (AssertionError, BuilderLost, ExceptionGroup, TimeoutError) as wrong:
            return f"WRONG  {name} {what}: {wrong}"
    return f"ok     {name} {what}, {time.monotonic() - began:.1f} s"


async def main() -> int:
    wanted = [(name, what) for name in AGENTS for what in HAPPENS if not sys.argv[1:] or name in sys.argv[1:]]
    wrong = 0
    for name, what in wanted:
        said = await once(name, what)
        print(said, flush=True)
        wrong += said.startswith("WRONG")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
