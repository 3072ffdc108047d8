import asyncio
import errno
import gc
import os
import shutil
import time

import psutil
import pytest
from person import types

from orchestrator.errors import NotPossible, TooLarge
from orchestrator.forge.files import scratch
from orchestrator.forge.git import Git
from orchestrator.forge.layout import main_place
from orchestrator.forge.locks import Locks
from orchestrator.forge.program import Program, Refused, plainly

REAL = shutil.which("git")


@pytest.fixture
def instead(tmp_path, monkeypatch):
    """Puts a script in the place of git for the rest of the test."""

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


@pytest.fixture
def program(app, home):
    return Program(home / ".tools", main_place(app.path))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("fatal: cannot create directory: No space left on device", "The disk is full"),
        ("error: unable to write: Disk quota exceeded", "space allowed on this disk is used up"),
        ("fatal: Unable to create: Read-only file system", "cannot be written to"),
        ("error: open(x): Permission denied", "not permitted to write"),
        ("fatal: something nobody has thought of", "could not be read or saved"),
    ],
)
async def test_what_git_says_becomes_a_sentence(git, app, instead, said, sentence):
    instead(f"echo '{said}' >&2; exit 128")
    with pytest.raises(NotPossible, match=sentence) as problem:
        await git.head(app.path)
    assert problem.value.more["details"] == said


async def test_without_git_there_is_a_sentence(git, app, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossible, match="Git is not installed"):
        await git.head(app.path)


async def test_a_git_that_cannot_be_started_is_a_sentence(git, app, tmp_path, monkeypatch):
    (tmp_path / "git").write_text("not a program")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossible, match="could not be read or saved"):
        await git.head(app.path)


async def test_a_folder_that_vanishes_meanwhile_is_a_sentence(program, app):
    shutil.rmtree(app.path)
    with pytest.raises(NotPossible, match="is not there any more"):
        await program("status")


async def test_a_git_that_is_too_old_to_join_is_named(git, app, instead):
    one, two = await git.trial("shop", 1, 1, "One"), await git.trial("shop", 2, 1, "Two")
    await git.merge("shop", 1, 1, await git.write(one, {"a.txt": "a"}, "Work"), "One", "shop-1")
    commit = await git.write(two, {"b.txt": "b"}, "Work")
    instead(f'case "$*" in *merge-tree*) exit 129 ;; esac; exec {REAL} "$@"')
    with pytest.raises(NotPossible, match=r"git 2\.38 or newer"):
        await git.merge("shop", 2, 1, commit, "Two", "shop-2")
    instead(f'case "$*" in *merge-tree*) exit 2 ;; esac; exec {REAL} "$@"')
    with pytest.raises(Refused):
        await git.merge("shop", 2, 1, commit, "Two", "shop-2")


async def test_a_full_disk_in_the_middle_of_a_move_puts_everything_back(git, app, instead, home):
    """The files were exchanged, the name of the app could not be written."""
    copy = await git.trial("shop", 1, 1, "One")
    commit = await git.write(copy, {"app.txt": "ONE\n", "new.txt": "new\n"}, "Work")
    before = await git.head(app.path)
    instead(f'case "$*" in *update-ref*) echo "No space left on device" >&2; exit 128 ;; esac; exec {REAL} "$@"')
    with pytest.raises(NotPossible, match="The disk is full"):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert await git.head(app.path) == before
    assert types(app.path, "status", "--porcelain") == ""
    assert not (home / "shop" / "moving.json").exists()


async def test_when_nothing_can_be_put_back_either_the_next_call_does_it(git, app, instead, home):
    copy = await git.trial("shop", 1, 1, "One")
    commit = await git.write(copy, {"app.txt": "ONE\n", "new.txt": "new\n"}, "Work")
    full = 'echo "No space left on device" >&2; exit 128'
    instead(f'case "$*" in *update-ref*|*--reset*) {full} ;; esac; exec {REAL} "$@"')
    with pytest.raises(NotPossible, match="The disk is full"):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert (home / "shop" / "moving.json").exists()
    instead(f'exec {REAL} "$@"')
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == await git.head(app.path)
    assert types(app.path, "status", "--porcelain") == ""
    assert types(app.path, "rev-list", "--count", "--merges", "HEAD") == "1"


async def test_a_move_that_was_cut_short_is_finished_before_our_own_folder_is_written_in(git, app, instead, home):
    copy = await git.trial("shop", 1, 1, "One")
    commit = await git.write(copy, {"app.txt": "ONE\n"}, "Work")
    instead(f'case "$*" in *update-ref*|*--reset*) exit 128 ;; esac; exec {REAL} "$@"')
    with pytest.raises(NotPossible):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    instead(f'exec {REAL} "$@"')
    await git.write(app.path, {"vision.md": "the vision"}, "Vision")
    assert types(app.path, "log", "--first-parent", "--format=%s").splitlines() == [
        "Vision",
        "Phase 1: One",
        "The beginning",
    ]


def children(marker: str) -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if marker in " ".join(child.cmdline())]


async def until(true) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("stubborn", ["", "trap '' TERM;"])
async def test_cancelled_git_and_its_children_are_ended_and_the_lock_is_free(git, app, instead, stubborn):
    instead(f"{stubborn} sleep 4711 & {stubborn} sleep 4711; wait")
    task = asyncio.create_task(git.keep(app.path, "Work"))
    await until(lambda: len(children("sleep 4711")) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not children("sleep 4711"))
    instead(f'exec {REAL} "$@"')
    await asyncio.wait_for(git.keep(app.path, "Work"), 5)


async def test_cancelled_while_git_is_being_started_nothing_is_left_of_it(program, instead):
    instead("sleep 4715 & exec sleep 4715")
    for turns in range(12):
        task = asyncio.create_task(program("status"))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    found = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "4715"]]
    assert not [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


async def test_cancelled_while_git_cannot_be_started_it_is_cancelled(program, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    task = asyncio.create_task(program("status"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_git_that_takes_too_long_is_ended(program, instead):
    instead("exec sleep 4712")
    with pytest.raises(NotPossible, match="so we stopped it"):
        await program("status", timeout=0.1)
    assert not children("sleep 4712")


async def test_a_git_that_says_too_much_is_ended(program, instead):
    instead("trap '' TERM; exec yes 4713")  # goes on until it is killed
    with pytest.raises(TooLarge):
        await program("status", most=100_000)
    assert not children("yes 4713")
    gc.collect()  # a pipe that was left open says so here


async def test_a_git_that_complains_without_end_or_does_not_listen_is_fine(program, instead):
    instead("exec <&-; head -c 1000000 /dev/zero | tr '\\0' x >&2; echo; exit 3")
    with pytest.raises(Refused) as refusal:
        await program("status", stdin=b"x" * 1_000_000)
    assert len(refusal.value.more["details"]) == 2000


async def test_nothing_of_our_environment_reaches_git(program, instead, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_SSH_COMMAND", "evil")
    instead("exec env")
    said = (await program("status")).text
    assert "secret" not in said
    assert "elsewhere" not in said
    assert "evil" not in said
    assert "GIT_TERMINAL_PROMPT=0" in said


async def test_a_lock_is_waited_for_without_holding_up_anything_else(tmp_path):
    locks, others = Locks(), Locks()
    async with others.held(tmp_path / "lock"):
        with pytest.raises(NotPossible, match="Something else is still at work"):
            async with locks.held(tmp_path / "lock", patience=0.1):
                pytest.fail("two at once")
        waiting = asyncio.create_task(held_once(locks, tmp_path / "lock"))
        ticks = 0
        while ticks < 20:
            await asyncio.sleep(0.002)
            ticks += 1
        assert not waiting.done()
        cancelled = asyncio.create_task(held_once(locks, tmp_path / "lock"))
        await asyncio.sleep(0)
        cancelled.cancel()
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(held_once(others, tmp_path / "lock"), 5)


async def held_once(locks: Locks, file) -> None:
    async with locks.held(file):
        pass


async def test_a_time_limit_of_the_caller_stays_the_callers(tmp_path):
    with pytest.raises(TimeoutError):
        async with Locks().held(tmp_path / "lock"):
            raise TimeoutError


async def test_whoever_is_cancelled_while_waiting_leaves_no_lock(tmp_path):
    locks = Locks()
    for _ in range(20):
        async with locks.held(tmp_path / "lock"):
            task = asyncio.create_task(held_once(Locks(), tmp_path / "lock"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    await asyncio.wait_for(held_once(Locks(), tmp_path / "lock"), 5)


async def test_a_git_that_outlives_us_is_waited_for(app, home, instead, git):
    """It inherits the lock: whoever comes after a crash does not work beside it."""
    instead(f'{REAL} "$@"; (sleep 0.4; echo over > {home / "over"}) >/dev/null 2>&1 &')
    await git.keep(app.path, "Work")
    instead(f'exec {REAL} "$@"')
    await Git(home).keep(app.path, "Work")
    assert (home / "over").exists()


async def test_a_file_that_cannot_be_written_is_a_sentence(git, app):
    with pytest.raises(NotPossible, match="in the way"):
        await git.write(app.path, {"x" * 300: "x"}, "Plan")


async def test_our_own_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotPossible, match="in the way"):
        await Git(tmp_path / "file" / "work").create("shop", {})


async def test_a_phase_is_tried_saved_and_taken_in_with_few_commands(git, app, instead, tmp_path):
    """Each costs some milliseconds; the time itself would depend on what else the machine does."""
    count = tmp_path / "count"
    instead(f'echo "$*" >> {count}; exec {REAL} "$@"')
    copy = await git.trial("shop", 1, 1, "One")
    commit = await git.write(copy, {"a.txt": "a", "b/c.txt": "c"}, "Work")
    await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert len(count.read_text().splitlines()) <= 18


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "space allowed on this disk"),
        (errno.EROFS, "cannot be written to"),
        (errno.EMFILE, "too many files open"),
        (errno.ENOMEM, "out of memory"),
        (errno.EIO, "could not be read or saved"),
    ],
)
def test_what_the_system_says_becomes_a_sentence(number, sentence):
    with pytest.raises(NotPossible, match=sentence), plainly():
        raise OSError(number, os.strerror(number))


def test_scratch_folders_of_the_killed_go_after_a_day(tmp_path):
    old, young = tmp_path / "scratch-old", tmp_path / "scratch-young"
    old.mkdir()
    young.mkdir()
    os.utime(old, (0, 0))
    with scratch(tmp_path) as folder:
        assert folder.is_dir()
        assert not old.exists()
    assert list(tmp_path.iterdir()) == [young]
