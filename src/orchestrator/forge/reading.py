"""Read what git knows: changes, history, the text of a file, all files of a save point. Changes nothing."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from orchestrator.forge import files, names
from orchestrator.forge.program import Program, plainly
from orchestrator.forge.values import FileChange, SavePoint

LONGEST_TEXT: Final = 2 * 1024 * 1024
MOST_SAVE_POINTS: Final = 1000
EXPORT_TIMEOUT: Final = 300.0

UNFINISHED: Final = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")

_DIFF = (
    "diff",
    "--raw",
    "--numstat",
    "-z",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=dirty",
)
_LOG = ("log", "-z", "--reverse", "--name-only", "--no-renames", "--diff-merges=first-parent", "--no-ext-diff")
_FIELDS = "--format=%x00%H%x00%s%x00%an%x00%aI"

Status = Literal["added", "modified", "deleted"]
_STATUS: dict[str, Status] = {"A": "added", "D": "deleted"}


async def changed(git: Program, base: str, head: str | None) -> list[FileChange]:
    """Between two save points, or from one to everything that lies in the copy now, saved or not."""
    if head is not None:
        return list(_changes((await git(*_DIFF, base, head, "--")).items))
    async with _own_index(git) as aside:
        await _intend(aside)
        return list(_changes((await aside(*_DIFF, base, "--")).items))


async def _intend(git: Program) -> None:
    """New files count too. Repositories inside are not looked into: their settings are not ours."""
    new = [item for item in (await git("ls-files", "-z", "--others", "--exclude-standard")).items if item[-1] != "/"]
    named = ("--pathspec-from-file=-", "--pathspec-file-nul")
    if new:
        listed = "\0".join(new).encode("utf-8", "surrogateescape")
        await git("add", "--intent-to-add", "--ignore-errors", *named, stdin=listed, ok=(0, 1))


def unfinished(git_dir: Path) -> bool:
    """Somebody is in the middle of joining versions."""
    return any((git_dir / mark).exists() for mark in UNFINISHED)


async def unsaved(git: Program, untracked: str) -> list[str]:
    """Files that differ from the last save point; `untracked` is git's word for how to look at new ones."""
    asked = ("--porcelain", "-z", "--no-renames", f"--untracked-files={untracked}", "--ignore-submodules=dirty")
    return [item[3:] for item in (await git("status", *asked)).items]


async def text(git: Program, commit: str, path: str) -> str | None:
    """None if there is no such file. Raises TooLarge beyond 2 MB."""
    if not names.is_inside(path):
        return None
    asked = os.fsencode(f"{commit}:{path}\n")
    about, _, content = (await git("cat-file", "--batch", stdin=asked, most=LONGEST_TEXT)).out.partition(b"\n")
    kind = about.split()[-2:-1]
    return content[:-1].decode("utf-8", "replace") if kind == [b"blob"] else None


async def history(git: Program, base: str, head: str) -> list[SavePoint]:
    """The latest thousand at most, oldest first."""
    items = (await git(*_LOG, _FIELDS, f"--max-count={MOST_SAVE_POINTS}", f"{base}..{head}", "--")).items
    return list(_save_points(items))


async def export(git: Program, commit: str, folder: Path) -> None:
    """All files of a save point without their history. The caller sees to it that nobody else does the same."""
    if files.is_folder(folder):
        return
    part = folder.with_name(f".{folder.name}.part")
    await asyncio.to_thread(files.remove, part)
    with plainly():
        part.mkdir(parents=True)
    async with _own_index(git) as aside:
        await aside("read-tree", commit)
        await aside("checkout-index", "--all", "--quiet", f"--prefix={part}/", timeout=EXPORT_TIMEOUT)
    with plainly():
        part.rename(folder)


@asynccontextmanager
async def _own_index(git: Program) -> AsyncIterator[Program]:
    """With a copy of git's list of files, so that nobody who works there is disturbed."""
    with files.scratch(git.home) as folder:
        own = folder / "index"
        with plainly(), suppress(FileNotFoundError):
            await asyncio.to_thread(shutil.copy2, git.place.git_dir / "index", own)
        yield git.having(GIT_INDEX_FILE=str(own))


def _changes(items: list[str]) -> Iterator[FileChange]:
    """First a pair for each file, what happened and its path, then for each its lines and its path."""
    words = iter(items)
    happened: dict[str, Status] = {}
    for word in words:
        if word.startswith(":"):
            happened[next(words)] = _STATUS.get(word[-1], "modified")
        else:
            added, removed, path = word.split("\t", 2)
            yield FileChange(path, happened[path], _lines(added), _lines(removed))


def _lines(number: str) -> int:
    return 0 if number == "-" else int(number)


def _save_points(items: list[str]) -> Iterator[SavePoint]:
    """Each begins with an empty item and four fields; the files follow, the first after a line break."""
    at = 0
    while at < len(items):
        sha, subject, author, when = items[at + 1 : at + 5]
        end = next((place for place in range(at + 5, len(items)) if not items[place]), len(items))
        paths = tuple(item.removeprefix("\n") if place == 0 else item for place, item in enumerate(items[at + 5 : end]))
        yield SavePoint(sha, subject, author, datetime.fromisoformat(when), paths)
        at = end
