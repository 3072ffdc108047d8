"""Save points in the worktree, by git: files of ours only, no hooks, no settings of the machine, safe to repeat."""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from orchestrator.executors.starter.project import Unable

SETTINGS = (
    "user.name=Starter",
    "user.email=starter@localhost",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "commit.gpgsign=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
PATIENCE = 5.0  # seconds that a lock of a living git may take to go away


def git(folder: Path, *command: str, paths: Iterable[str] = ()) -> str:
    """What it prints. `paths` are handed over one by one, never as patterns."""
    done = _run(folder, *command, paths=paths)
    if done.returncode:
        raise Unable(f"The save point could not be made. Git says: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8", "replace")


def save(folder: Path, paths: Iterable[str], subject: str) -> bool:
    """One save point with these files as they are. False when they are saved like this already."""
    files = tuple(paths)
    unlock(folder)
    git(folder, "add", "--force", paths=files)
    changed = _changed(folder, files)
    if changed:
        git(folder, "commit", "--quiet", "--no-verify", "--only", "-m", subject, paths=changed)
    return bool(changed)


def saved(folder: Path, path: str) -> bool:
    """Is this file in the newest save point?"""
    return _run(folder, "cat-file", "-e", f"HEAD:{path}").returncode == 0


def unlock(folder: Path, patience: float = PATIENCE) -> None:
    """Take away locks that a dead git left behind; a living one gets its time."""
    until = time.monotonic() + patience
    while (locks := [lock for lock in _locks(folder) if lock.exists()]) and _at_work(folder):
        if time.monotonic() > until:
            raise Unable("Another program is saving in this folder. I wait for it no longer; tell me again later.")
        time.sleep(0.05)
    for lock in locks:
        lock.unlink(missing_ok=True)


def _changed(folder: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the files that differ from the newest save point."""
    listed = git(folder, "diff", "--cached", "--name-only", "--no-ext-diff", "--no-renames", "-z", "HEAD")
    return tuple(path for path in listed.split("\0") if path in set(files))


def _run(folder: Path, *command: str, paths: Iterable[str] = ()) -> subprocess.CompletedProcess[bytes]:
    given = "\0".join(paths)
    more = ("--pathspec-from-file=-", "--pathspec-file-nul") if given else ()
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    try:
        return subprocess.run(
            ["git", "--literal-pathspecs", *settings, *command, *more],
            cwd=folder,
            env=_environment(),
            input=given.encode(),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise Unable("Git is not installed here, or the folder is gone. Without it I can save nothing.") from None


def _environment() -> dict[str, str]:
    """Ours without what would lead git elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | ISOLATED


def _locks(folder: Path) -> Iterable[Path]:
    own = folder / git(folder, "rev-parse", "--git-dir").strip()
    shared = folder / git(folder, "rev-parse", "--git-common-dir").strip()
    branch = _run(folder, "symbolic-ref", "-q", "HEAD").stdout.decode().strip()
    yield from (own / "index.lock", own / "HEAD.lock", *own.glob("next-index-*.lock"))
    if branch:
        yield shared / f"{branch}.lock"


def _at_work(folder: Path) -> bool:
    """Is a git of this machine at work in this folder?"""
    return any(_is_git_in(folder.resolve(), process) for process in Path("/proc").glob("[0-9]*"))


def _is_git_in(folder: Path, process: Path) -> bool:
    try:
        return (process / "comm").read_text().strip() == "git" and (process / "cwd").readlink() == folder
    except OSError:
        return False  # it is gone, or somebody else's
