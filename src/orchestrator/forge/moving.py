"""Move the app from one save point to the next where it lies open, so that being killed on the way does no harm."""

import asyncio
from contextlib import suppress
from pathlib import Path

from orchestrator.errors import NotPossible
from orchestrator.forge import files, layout, names, reading, stale
from orchestrator.forge.layout import Folder, Moving
from orchestrator.forge.program import Place, Program
from orchestrator.forge.values import Repository


async def move(git: Program, folder: Folder, repository: Repository, old: str, new: str) -> None:
    """All of it; or a sentence says why not, and everything is as before."""
    intent = Moving(branch=repository.branch, old=old, new=new)
    there = await _open_in(git, repository)
    if there:
        await _must_be_free(there, intent)
    layout.write(folder.moving, intent)
    try:
        if there:
            await there("read-tree", "-m", "-u", old, new)
        await _step(git, intent)
    except NotPossible:
        with suppress(NotPossible):  # if this cannot be done either, the note stays, and the next call sees to it
            if there:
                await _put_back(there, intent)
            files.remove(folder.moving)
        raise
    files.remove(folder.moving)


async def finish(git: Program, folder: Folder, repository: Repository) -> None:
    """Go on with a move that was cut short, unless the app has gone elsewhere since."""
    intent = layout.read(folder.moving, Moving)
    there = await _open_in(git, repository)
    if intent or repository.path == folder.own:  # elsewhere, a lock may be the person's
        await stale.clear(_locks(repository, there))
    if intent is None:
        return
    tip = (await git("rev-parse", "--verify", "--quiet", f"refs/heads/{intent.branch}", ok=(0, 1))).text
    if tip in {intent.old, intent.new}:
        if there:
            await _set_files(there, intent, intent.new)
        if tip == intent.old:
            await _step(git, intent)
    files.remove(folder.moving)


async def _step(git: Program, intent: Moving) -> None:
    """Only from where it was: what somebody else has put there meanwhile is not passed over."""
    await git("update-ref", "-m", "Project Orchestrator", f"refs/heads/{intent.branch}", intent.new, intent.old)


async def _put_back(git: Program, intent: Moving) -> None:
    await stale.clear([git.place.git_dir / "index.lock"])
    await _set_files(git, intent, intent.old)


async def _set_files(git: Program, intent: Moving, target: str) -> None:
    """The files of `target` in place of a mixture of both, unless somebody has worked on them."""
    if edited := await _edited(git, intent):
        listed, folder = names.listed(edited), git.place.work_tree
        raise NotPossible(
            f"In {folder}, {listed} changed while we were at work there. Put your changes aside, and we go on."
        )
    await git("read-tree", "--reset", "-u", target)


async def _edited(git: Program, intent: Moving) -> list[str]:
    """Files that are neither as before nor as after nor on the way from one to the other."""
    not_old, not_new = await _unlike(git, intent.old), await _unlike(git, intent.new)
    words = (await git("diff-tree", "-r", "-z", "--no-renames", "--name-status", intent.old, intent.new)).items
    only_old = {path for status, path in zip(words[::2], words[1::2], strict=True) if status == "D"}
    only_new = {path for status, path in zip(words[::2], words[1::2], strict=True) if status == "A"}
    neither = (not_old & not_new) | (not_old & only_old) | (not_new & only_new)
    return [path for path in sorted(neither) if not await _half_written(git, intent, path)]


async def _unlike(git: Program, commit: str) -> set[str]:
    """Files that are there and differ from the save point."""
    with files.scratch(git.home) as folder:
        aside = git.having(GIT_INDEX_FILE=str(folder / "index"))
        await aside("read-tree", commit)
        shown = ("--name-only", "-z", "--diff-filter=MT", "--no-renames", "--no-ext-diff", "--ignore-submodules=dirty")
        return set((await aside("diff", *shown)).items)


async def _half_written(git: Program, intent: Moving, path: str) -> bool:
    file = git.place.work_tree / path
    if file.is_symlink() or not file.is_file():
        return False
    content = await asyncio.to_thread(file.read_bytes)
    wholes = [await git("cat-file", "blob", f"{commit}:{path}", ok=(0, 128)) for commit in (intent.old, intent.new)]
    return any(whole.code == 0 and whole.out.startswith(content) for whole in wholes)


async def _must_be_free(git: Program, intent: Moving) -> None:
    """Work of the person that is not saved, or in the middle of something, is not touched."""
    folder = git.place.work_tree
    if (git.place.git_dir / "index.lock").exists():
        raise NotPossible(f"Another program is at work in {folder}. When it is done, we go on.")
    if reading.unfinished(git.place.git_dir):
        raise NotPossible(f"In {folder}, joining two versions was begun and not finished. When it is, we go on.")
    if unsaved := await reading.unsaved(git, "no"):
        listed = names.listed(unsaved)
        raise NotPossible(
            f"In {folder} there are changes of yours that are not saved yet: {listed}. When they are, we go on."
        )
    tried = await git("read-tree", "--dry-run", "-m", "-u", intent.old, intent.new, ok=(0, 128))
    if tried.code:
        listed = names.listed(tried.err.split("'")[1::2]) or "files"
        raise NotPossible(
            f"In {folder}, {listed} would be overwritten. Put them aside, and we go on.", details=tried.err
        )


async def _open_in(git: Program, repository: Repository) -> Program | None:
    """Where the person has the app open, if anywhere."""
    ours = f"ref: refs/heads/{repository.branch}"
    main = layout.main_place(repository.path)
    entries = sorted((main.git_dir / "worktrees").glob("*/gitdir"))
    others = (Place(tie.parent, Path(tie.read_text("utf-8", "replace").strip()).parent) for tie in entries)
    for place in (main, *others):
        head = place.git_dir / "HEAD"
        if head.is_file() and head.read_text("utf-8", "replace").strip() == ours and place.work_tree.is_dir():
            return await git.at(place).safe()
    return None


def _locks(repository: Repository, there: Program | None) -> list[Path]:
    main = layout.main_place(repository.path).git_dir
    found = [main / "HEAD.lock", main / "refs" / "heads" / f"{repository.branch}.lock"]
    return [*found, there.place.git_dir / "index.lock", there.place.git_dir / "HEAD.lock"] if there else found
