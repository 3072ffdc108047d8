import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from person import is_whole, types
from worker import away, story

from orchestrator.forge import remote

WORKER = Path(__file__).with_name("worker.py")
REAL = shutil.which("git")
COMMANDS, COMMANDS_AWAY = 59, 50  # as many as the stories take

# A git that kills the process which called it before, during or after the command of a certain number.
KILLER = """#!/bin/sh
n=$(($(cat {count}) + 1))
echo $n > {count}
if [ $n = {at} ]; then case {how} in
before) kill -9 $PPID; exit 1 ;;
during) {git} "$@" & sleep {delay}; kill -9 $!; kill -9 $PPID; exit 1 ;;
orphan) kill -9 $PPID; sleep {delay} ;;
after) {git} "$@"; kill -9 $PPID; exit 0 ;;
esac; fi
exec {git} "$@"
"""


@pytest.fixture(scope="module")
def server():
    with subprocess.Popen(
        [sys.executable, WORKER, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as server:
        yield server
        server.stdin.close()


def tell(server, home: Path, path: str, which: str = "story") -> int:
    """Has the story told by a process of its own, and gives its id."""
    server.stdin.write(f"{home} shop {path} {which}\n")
    return int(server.stdout.readline())


def kill_all(pid: int) -> None:
    """As when the machine's memory runs out: the process and every git that it has started."""
    family = [psutil.Process(pid)]
    family += family[0].children(recursive=True)
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def killer(folder: Path, at: int, how: str, delay: float) -> str:
    folder.mkdir()
    (folder / "count").write_text("0")
    git = folder / "git"
    git.write_text(KILLER.format(count=folder / "count", at=at, how=how, delay=delay, git=REAL))
    git.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


async def all_is_well(home: Path) -> None:
    """Told once more to the end, the story is the one of somebody who was never disturbed."""
    told = await story(home, "shop")
    assert await story(home, "shop") == told
    path = Path(told["path"])
    assert is_whole(path)
    assert types(path, "status", "--porcelain") == ""
    subjects = types(path, "log", "--first-parent", "--format=%s").splitlines()
    assert subjects == ["Undo: Phase 1: Phase 1", "Phase 2: Phase 2", "Phase 1: Phase 1", "The beginning"]
    assert types(path, "log", "--reverse", "--format=%s", "feature-2-phase-2", "^" + told["taken"][0]).splitlines() == [
        "Plan",
        "Work",
    ]
    assert len(types(path, "worktree", "list").splitlines()) == 3
    assert sorted(file.name for file in path.iterdir() if file.name != ".git") == sorted(
        ["README.md", "app.txt", "docs", *(f"2-{n}.txt" for n in range(10))]
    )
    assert not [file for file in home.rglob("*.lock") if file.is_file()]


@pytest.mark.parametrize("seed", range(8))
async def test_killed_at_any_command_the_work_goes_on_and_is_done_once(server, tmp_path, seed):
    chance = random.Random(seed)
    for time_ in range(2):
        at, how = chance.randrange(1, COMMANDS), chance.choice(["before", "during", "orphan", "after"])
        tell(server, tmp_path / "work", killer(tmp_path / str(time_), at, how, chance.uniform(0.001, 0.01)))
        server.stdout.readline()
    await all_is_well(tmp_path / "work")


@pytest.mark.parametrize("seed", range(4))
async def test_killed_at_any_moment_the_work_goes_on_and_is_done_once(server, tmp_path, seed):
    chance = random.Random(seed)
    for _ in range(2):
        pid = tell(server, tmp_path / "work", os.environ["PATH"])
        time.sleep(chance.uniform(0.01, 0.35))
        kill_all(pid)
        server.stdout.readline()
    await all_is_well(tmp_path / "work")


async def all_came_back(home: Path) -> None:
    told = await away(home, "shop")
    assert await away(home, "shop") == told
    copy, there = Path(told["copy"]), Path(told["there"])
    assert is_whole(copy)
    assert is_whole(there)
    assert types(copy, "status", "--porcelain") == ""
    saved = types(copy, "log", "--reverse", "--format=%s", "main..").replace(remote.LEFT, remote.SENT)
    assert saved.splitlines() == [remote.SENT, "Built", remote.SENT]
    assert types(there, "rev-parse", "feature-1-the-list") == told["head"] == types(copy, "rev-parse", "HEAD")
    assert {file.name for file in copy.iterdir()} == {
        *(".git", "README.md", "asked.txt", "command.txt", "built.txt", "more.txt"),
        *(f"{n}.txt" for n in range(1, 10)),
    }
    assert (copy / "1.txt").read_text() == "new\n" * 3000
    assert not list(home.rglob("*.taking.json"))


@pytest.mark.parametrize("seed", range(8))
async def test_killed_while_work_goes_elsewhere_and_back_nothing_is_lost_or_done_twice(server, tmp_path, seed):
    chance = random.Random(seed)
    for time_ in range(2):
        at, how = chance.randrange(1, COMMANDS_AWAY), chance.choice(["before", "during", "orphan", "after"])
        tell(server, tmp_path / "work", killer(tmp_path / str(time_), at, how, chance.uniform(0.001, 0.01)), "away")
        server.stdout.readline()
    await all_came_back(tmp_path / "work")
