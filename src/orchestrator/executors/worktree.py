"""Says whether anything changed in a worktree, without changing anything there itself."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from orchestrator.contain import process

# Whoever works there may have told git to run programs of theirs; for us it must not.
STATUS = (
    *("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"),
    *("status", "--porcelain=v2", "--branch", "--untracked-files=all", "--ignore-submodules=none", "-z"),
)
LISTS = (*STATUS[:7], "ls-files", "-z", "--")
Kept = Callable[[Sequence[str]], Sequence[str]]
LIMITS = process.Limits(seconds=60)


def openly(command: Sequence[str]) -> Sequence[str]:
    """With no walls around it."""
    return command


async def look(worktree: Path, env: Mapping[str, str], folder: Path, kept: Kept = openly) -> str:
    """The same text as before as long as neither the history nor any file that git cares about has changed.

    `folder` must be out of the builder's reach; `kept` has git see the copy as the builder does, and no more.
    """
    with NamedTemporaryFile(dir=folder, prefix="status-") as listed:
        quiet = {**env, "GIT_OPTIONAL_LOCKS": "0"}
        ended = await process.run(kept(STATUS), cwd=worktree, env=quiet, limits=LIMITS, log=Path(listed.name))
        seen = hashlib.sha256(ended.log_sha256.encode())
        for path in touched(listed.read()):
            seen.update(state(worktree / path).encode())
    return seen.hexdigest()


async def saved(
    worktree: Path, places: Sequence[str], env: Mapping[str, str], folder: Path, kept: Kept = openly
) -> int:
    """How many files of save points lie at these places in it."""
    with NamedTemporaryFile(dir=folder, prefix="kept-") as listed:
        await process.run(kept((*LISTS, *places)), cwd=worktree, env=env, limits=LIMITS, log=Path(listed.name))
        return listed.read().count(b"\0")


def certain(place: str) -> str:
    """As far as it can be known before a shell has looked at it: “src/*” is something in “src”."""
    return re.split(r"[^/]*[*?\[{$`~]", place, maxsplit=1)[0] or "."


def touched(status: bytes) -> Iterator[str]:
    """The paths in what `git status` printed: a file that was changed before can be changed again."""
    for entry in status.decode(errors="surrogateescape").split("\0"):
        if entry[:2] in {"1 ", "2 ", "u ", "? "}:
            yield entry.split(" ", {"1": 8, "2": 9, "u": 10, "?": 1}[entry[0]])[-1]


def state(path: Path) -> str:
    try:
        seen = path.lstat()
    except OSError:
        return "gone"
    return f"{seen.st_mtime_ns} {seen.st_size} {seen.st_mode}"
