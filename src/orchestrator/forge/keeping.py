"""Turn what lies in a trial copy into a save point."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestrator.forge import files, stale
from orchestrator.forge.program import Program, Refused

NESTED_DEPTH = 8
UNFINISHED = ("rebase-merge", "rebase-apply")
_STAGED = re.compile(r"(?P<mode>\d{6}) [0-9a-f]+ \d\t(?P<path>.*)", re.DOTALL)


async def write(git: Program, branch: str, texts: Mapping[str, str], message: str) -> str:
    """A save point with these files and nothing else, if they are new."""
    places = await asyncio.to_thread(files.write_all, git.place.work_tree, texts)
    if not places:
        return await head(git)
    await _in_order(git, branch)
    try:
        await _only(git, places, message)
    except Refused:  # the builder left something half joined: all of it becomes the save point
        await _everything(git, message)
    return await head(git)


async def keep(git: Program, branch: str, message: str) -> str:
    """A save point with whatever is not saved, if there is anything."""
    await _in_order(git, branch)
    await _everything(git, message)
    return await head(git)


async def head(git: Program) -> str:
    return (await git("rev-parse", "--verify", "HEAD^{commit}")).text


async def _only(git: Program, places: Iterable[str], message: str) -> None:
    named, listed = ("--pathspec-from-file=-", "--pathspec-file-nul"), "\0".join(places).encode()
    await git("add", "--force", *named, stdin=listed)
    await git(*_commit(), "--only", f"--message={_text(message)}", *named, stdin=listed, ok=(0, 1))


async def _everything(git: Program, message: str) -> None:
    await _flatten(git)
    await git("add", "--all")
    await git(*_commit(), "--file=-", stdin=_text(message).encode(), ok=(0, 1))  # 1: there is nothing to save


def _commit() -> tuple[str, ...]:
    return "commit", "--quiet", "--no-verify", "--cleanup=whitespace"


def _text(message: str) -> str:
    return message.replace("\0", "").encode("utf-8", "replace").decode().strip() or "Save point"


async def _in_order(git: Program, branch: str) -> None:
    """No lock of a killed git, and on our branch: the builder may have opened another one, or none."""
    entry, ours = git.place.git_dir, f"refs/heads/{branch}"
    left = [entry / "index.lock", entry / "HEAD.lock", git.place.common / f"{ours}.lock"]
    await stale.clear([*left, *entry.glob("next-index-*.lock")])
    if (entry / "HEAD").read_text("utf-8", "replace").strip() == f"ref: {ours}":
        return
    current = await git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", ok=(0, 1, 128))
    if current.code == 0:
        await git("update-ref", ours, current.text)
    await git("symbolic-ref", "HEAD", ours)
    for unfinished in UNFINISHED:
        await asyncio.to_thread(files.remove, entry / unfinished)


async def _flatten(git: Program) -> None:
    """A builder's tools make repositories inside the app; saved as such, their files would be missing from it."""
    for _ in range(NESTED_DEPTH):
        if not (nested := await _nested(git)):
            return
        for folder, staged in nested.items():
            await asyncio.to_thread(_disown, git.place.work_tree, folder)
            if staged:
                await git("rm", "--quiet", "--cached", "--ignore-unmatch", "--", folder)


async def _nested(git: Program) -> dict[str, bool]:
    """Folders that are repositories of their own and not known parts of the app; True where already noted as such."""
    known = git.place.work_tree / ".gitmodules"
    declared = known.read_text("utf-8", "replace") if known.is_file() else ""
    output = await git("ls-files", "-z", "--stage", "--others", "--exclude-standard")
    found = dict(found for item in output.items if (found := _repository(item)))
    return {
        folder: staged
        for folder, staged in found.items()
        if f"path = {folder}\n" not in declared and (git.place.work_tree / folder / ".git").exists()
    }


def _repository(item: str) -> tuple[str, bool] | None:
    if staged := _STAGED.fullmatch(item):
        return (staged["path"], True) if staged["mode"] == "160000" else None
    return (item.rstrip("/"), False) if item.endswith("/") else None


def _disown(work_tree: Path, folder: str) -> None:
    files.aside(work_tree / folder / ".git", work_tree.with_name(f"{work_tree.name}.aside"))
