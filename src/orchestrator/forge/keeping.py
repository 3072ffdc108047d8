"""Turn what lies in a trial copy into a save point."""

import asyncio
import re
from collections.abc import Iterable, Mapping

from orchestrator.forge import files, stale
from orchestrator.forge.layout import Trial
from orchestrator.forge.program import Program, Refused

NESTED_DEPTH = 8
UNFINISHED = ("rebase-merge", "rebase-apply")
_STAGED = re.compile(r"160000 [0-9a-f]+ \d\t(?P<path>.*)", re.DOTALL)


async def write(git: Program, known: Trial, texts: Mapping[str, str], message: str) -> str:
    """A save point with these files and nothing else, if they are new."""
    places = await asyncio.to_thread(files.write_all, git.place.work_tree, texts)
    if not places:
        return await head(git)
    await _in_order(git, known.branch)
    try:
        await _only(git, places, message)
    except Refused:  # the builder left something half joined: all of it becomes the save point
        await _everything(git, known.base, message)
    return await head(git)


async def keep(git: Program, known: Trial, message: str) -> str:
    """A save point with whatever is not saved, if there is anything."""
    await _in_order(git, known.branch)
    await _everything(git, known.base, message)
    return await head(git)


async def head(git: Program) -> str:
    return (await git("rev-parse", "--verify", "HEAD^{commit}")).text


async def _only(git: Program, places: Iterable[str], message: str) -> None:
    named, listed = ("--pathspec-from-file=-", "--pathspec-file-nul"), _list(places)
    await git("add", "--force", *named, stdin=listed)
    await git(*_commit(), "--only", f"--message={_text(message)}", *named, stdin=listed, ok=(0, 1))


async def _everything(git: Program, base: str, message: str) -> None:
    await _flatten(git, base)
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


async def _flatten(git: Program, base: str) -> None:
    """No repository inside the app, before git looks into it by the settings that lie there.

    Tools that set up an app make one; saved as such, its files would be missing. Those that the app always
    had stay what they are: a mark, without content of ours.
    """
    for _ in range(NESTED_DEPTH):
        staged, loose = await _repositories(git)
        strange = staged - await _known(git, base, staged)
        for folder in staged | loose:
            target = git.place.work_tree.with_name(f"{git.place.work_tree.name}.aside")
            await asyncio.to_thread(files.take_out, git.place.work_tree, f"{folder}/.git", target)
        if strange:
            await git("update-index", "--force-remove", "-z", "--stdin", stdin=_list(strange))
        if not strange | loose:
            return


async def _repositories(git: Program) -> tuple[set[str], set[str]]:
    """Folders which git takes for repositories of their own: those that are noted as such, and new ones."""
    items = (await git("ls-files", "-z", "--stage", "--others", "--exclude-standard")).items
    staged = {found["path"] for item in items if (found := _STAGED.fullmatch(item))}
    return staged, {item.rstrip("/") for item in items if item.endswith("/")}


async def _known(git: Program, base: str, folders: set[str]) -> set[str]:
    """Those that were repositories when the copy was made."""
    if not folders or not base:
        return set()
    items = (await git("ls-tree", "-z", base, "--", *sorted(folders))).items
    return {path for about, _, path in (item.partition("\t") for item in items) if about.startswith("160000")}


def _list(paths: Iterable[str]) -> bytes:
    return "\0".join(paths).encode("utf-8", "surrogateescape")
