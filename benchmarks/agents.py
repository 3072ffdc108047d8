"""What a run of a real coding agent takes through us, beside the same work through its own command line."""

import asyncio
import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from _measure import Figure, median, publish, slowest

import processes
from ground.agents import Bench, bench, by_results, does, fetched, repository
from ground.model_values import Gives
from orchestrator.domain.run import Activity, Job, RunKind
from orchestrator.executors import installed
from orchestrator.executors.agents import AGENTS, kit

TIMES = int(os.environ.get("RUNS", "10"))
AT_ONCE = 4
MB = 1 << 20
DONE = Gives(text="All done.")


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        async with bench("claude", Path(temporary)) as claude:
            bare, ours = [], []
            for number in range(-1, TIMES):  # the first only warms up
                taken = await through_its_own(claude, number), await through_us(claude, number)
                if number >= 0:
                    bare.append(taken[0])
                    ours.append(taken[1])
            memory = await of_our_side(claude)
    over = [one - other for one, other in zip(ours, bare, strict=True)]
    beside = f"`claude -p` {median(bare):.2f} s, through us {median(ours):.2f} s"
    publish(
        "agents",
        [
            Figure("what a run takes longer", "1 s", f"{median(over):.2f} s", f"{slowest(over):.2f} s", beside),
            Figure("our memory per run", "30 MB", f"{memory:.0f} MB", "", f"{AT_ONCE} runs at once"),
        ],
    )


async def through_us(claude: Bench, number: int) -> float:
    where = claude.folder / f"ours-{number}"
    asked(claude, where)
    began = time.perf_counter()
    report = await run(claude, where)
    took = time.perf_counter() - began
    assert report.ok, report
    assert (where / "hello.txt").exists()
    return took


async def through_its_own(claude: Bench, number: int) -> float:
    """The same work, the same settings, nothing of ours between."""
    where = claude.folder / f"bare-{number}"
    asked(claude, where)
    [program] = fetched(AGENTS["claude"]).glob("@anthropic-ai/claude-agent-sdk-*/claude")
    words = ("-p", "Please do it.", "--permission-mode", "acceptEdits", "--allowedTools", "Write", "Bash")
    env = kit.environment(AGENTS["claude"], claude.settings, program)
    home = claude.folder / "bare-home"
    home.mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HOME": str(home), **env}
    began = time.perf_counter()
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.DEVNULL)
    process = await asyncio.create_subprocess_exec(str(program), *words, cwd=where, env=own, **quiet)
    assert await process.wait() == 0
    took = time.perf_counter() - began
    assert (where / "hello.txt").exists()
    return took


async def of_our_side(claude: Bench) -> float:
    """By how much we grow, and what holds the agent on its leash, in the middle of the work; for each of the runs."""
    me = psutil.Process()
    claude.api.answers = by_results(does(claude.hand.run("setsid sleep 300")), DONE)
    before = me.memory_info().rss
    places = [claude.folder / f"held-{number}" for number in range(AT_ONCE)]
    for place in places:
        repository(place)
    running = [asyncio.create_task(run(claude, place)) for place in places]
    await processes.there(claude.folder, "sleep 300", AT_ONCE, within=120)
    held = sum(_own(child) for child in me.children(recursive=True))
    grown = me.memory_info().rss - before
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return (grown + held) / AT_ONCE / MB


def _own(child: psutil.Process) -> int:
    """What a process of ours around the agent holds for itself; nothing where it is the agent's, or has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if "leash.py" in " ".join(child.cmdline()):
            return int(child.memory_full_info().uss)
    return 0


def asked(claude: Bench, where: Path) -> None:
    """A trial copy, and a model that has one file written and a save point made of it."""
    repository(where)
    hand = claude.hand
    commit = hand.run("git add -A && git commit -qm 'say hi'")
    claude.api.answers = by_results(does(hand.write(where / "hello.txt", "hi")), does(commit), DONE)


async def run(claude: Bench, where: Path) -> Any:
    async def tell(_: Activity) -> None:
        pass

    job = Job(where.name, RunKind.EXECUTE, where, "Please do it.")
    return await installed.builders(claude.settings)["claude"].run(job, tell)


if __name__ == "__main__":
    asyncio.run(main())
