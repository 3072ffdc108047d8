"""Whether anything changed in a worktree."""

import os
import subprocess

import pytest

from orchestrator.contain import process
from orchestrator.executors import worktree


@pytest.fixture
def where(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "-q")
    for name in ("kept.txt", "moved.txt", "gone.txt"):
        (folder / name).write_text(name)
    (folder / ".gitignore").write_text("ignored\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def look(where, tmp_path):
    return lambda: worktree.look(where, process.environment(tmp_path / "home"), tmp_path)


def git(where, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


async def test_every_change_is_seen_and_nothing_else(where, look):
    def rewrite(name, text):
        (where / name).write_text(text)
        os.utime(where / name, ns=(1, len(seen)))

    seen = [await look()]
    assert await look() == seen[0]
    rewrite("ignored", "x")
    assert await look() == seen[0]

    for change in (
        lambda: rewrite("kept.txt", "new"),
        lambda: rewrite("kept.txt", "old"),
        lambda: rewrite("a new näme\n.txt", "x"),
        lambda: rewrite("a new näme\n.txt", "y"),
        (where / "gone.txt").unlink,
        lambda: git(where, "mv", "moved.txt", "a b.txt"),
        lambda: rewrite("a b.txt", "z"),
        lambda: git(where, "add", "."),
        lambda: git(where, "commit", "-q", "-m", "second"),
        lambda: git(where, "commit", "-q", "--allow-empty", "-m", "third"),
    ):
        change()
        seen.append(await look())

    assert len(set(seen)) == 11
    assert await look() == seen[-1]


async def test_looking_runs_none_of_the_programs_that_the_worktree_names(where, look):
    git(where, "config", "core.fsmonitor", f"touch {where}/seen; false")
    git(where, "config", "core.hooksPath", str(where))

    await look()

    assert not (where / "seen").exists()


async def test_looking_leaves_no_file(tmp_path, look):
    await look()

    assert list(tmp_path.glob("status*")) == []
