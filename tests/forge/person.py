"""What a person does with git on their own, and looks into repositories for the tests."""

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Nadia",
    "GIT_AUTHOR_EMAIL": "nadia@example.org",
    "GIT_COMMITTER_NAME": "Nadia",
    "GIT_COMMITTER_EMAIL": "nadia@example.org",
}


def types(folder: Path, *words: str, fails: bool = False) -> str:
    """Runs git as the person would, and gives what it says."""
    done = subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, check=False, capture_output=True, text=True)
    assert (done.returncode != 0) is fails, done.stderr
    return done.stdout.strip()


def writes(folder: Path, **texts: str) -> None:
    """`a_txt="x"` is the file a.txt."""
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)


def saves(folder: Path, message: str = "Mine", **texts: str) -> str:
    writes(folder, **texts)
    types(folder, "add", "-A")
    types(folder, "commit", "-q", "--allow-empty", "-m", message)
    return types(folder, "rev-parse", "HEAD")


def makes(folder: Path, branch: str = "main", **texts: str) -> Path:
    folder.mkdir(parents=True)
    types(folder, "init", "-q", "-b", branch)
    saves(folder, "First", **(texts or {"app_txt": "one\ntwo\nthree\n"}))
    return folder


def fingerprint(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Everything about every file, git's own too, so that any change shows."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_size)
    return found


def is_whole(folder: Path) -> bool:
    done = subprocess.run(
        ["git", "fsck", "--no-dangling"], cwd=folder, env=ENVIRONMENT, check=False, capture_output=True, text=True
    )
    return done.returncode == 0 and not done.stdout.strip()
