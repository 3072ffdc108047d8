"""Make the trial copy of a phase, and make it whole again whatever was done to it."""

import asyncio
from pathlib import Path

from orchestrator.forge import files, layout, names, stale
from orchestrator.forge.layout import Folder, Trial
from orchestrator.forge.program import Place, Program, plainly
from orchestrator.forge.values import Repository

UNBORN = "initializing"


async def ready(git: Program, repository: Repository, folder: Folder, path: Path, wanted: str) -> Path:
    """The copy at `path`: made from where the app is now, or the known one with everything that is in it."""
    known = layout.read(layout.note_of(path), Trial) or await _begun(git, repository, folder, path, wanted)
    if not known.entry:
        await _make(git, repository, path, known)
    elif not files.is_folder(path):
        await _bring_back(git, repository, path, known)
    else:
        await _repair(git, repository, path, known)
    return path


async def _begun(git: Program, repository: Repository, folder: Folder, path: Path, wanted: str) -> Trial:
    base = (await git("rev-parse", "--verify", f"refs/heads/{repository.branch}^{{commit}}")).text
    taken = await git("show-ref", "--verify", "--quiet", f"refs/heads/{wanted}", ok=(0, 1))
    branch = wanted if taken.code else f"{wanted}-{names.slug(folder.project_id)}"
    known = Trial(branch=branch, base=base)
    layout.write(layout.note_of(path), known)
    return known


async def _make(git: Program, repository: Repository, path: Path, known: Trial) -> None:
    """From the start: nobody has worked in it yet."""
    await asyncio.to_thread(files.remove, path)
    await stale.clear([_ref(repository, known.branch, ".lock")])
    await git("update-ref", f"refs/heads/{known.branch}", known.base)
    await _add(git, repository, path, known)


async def _bring_back(git: Program, repository: Repository, path: Path, known: Trial) -> None:
    """The folder is gone; what was saved is not."""
    await stale.clear([_ref(repository, known.branch, ".lock")])
    saved = await git("rev-parse", "--verify", "--quiet", f"refs/heads/{known.branch}^{{commit}}", ok=(0, 1))
    if saved.code:
        await git("update-ref", f"refs/heads/{known.branch}", known.base)
    await _add(git, repository, path, known)


async def _repair(git: Program, repository: Repository, path: Path, known: Trial) -> None:
    """The folder is there, perhaps with work that is not saved: only what ties it to the repository is renewed."""
    entry = layout.entry_of(repository, known)
    if not (entry / "commondir").is_file():
        entry = await _new_entry(git, repository, path, known)
    await asyncio.to_thread(_tie, entry, path)
    await stale.clear([entry / "index.lock", entry / "HEAD.lock", _ref(repository, known.branch, ".lock")])


async def _new_entry(git: Program, repository: Repository, path: Path, known: Trial) -> Path:
    """Git has forgotten the copy, as it does when the folder was out of reach for long."""
    spare = path.with_name(f"{path.name}.spare")
    await asyncio.to_thread(files.remove, spare)
    entry = await _add(git, repository, spare, known, "--no-checkout", note=layout.note_of(path))
    await asyncio.to_thread(files.remove, spare)
    await git.at(Place(entry, path))("read-tree", "HEAD")
    return entry


async def _add(
    git: Program, repository: Repository, path: Path, known: Trial, *options: str, note: Path | None = None
) -> Path:
    await asyncio.to_thread(_sweep, repository, path)
    with plainly():
        path.parent.mkdir(parents=True, exist_ok=True)
    await git("worktree", "add", "--quiet", "--force", "--force", *options, str(path), known.branch)
    entry = Path((path / ".git").read_text("utf-8").removeprefix("gitdir: ").strip())
    layout.write(note or layout.note_of(path), known.model_copy(update={"entry": entry.name}))
    return entry


def _sweep(repository: Repository, path: Path) -> None:
    """Entries that a killed git began for this copy and did not finish."""
    for entry in (repository.path / ".git" / "worktrees").glob(f"{path.name}*"):
        mark, tie = entry / "locked", entry / "gitdir"
        begun = mark.is_file() and mark.read_text("utf-8", "replace").strip() == UNBORN
        if begun and (not tie.is_file() or tie.read_text("utf-8", "replace").strip() in {"", str(path / ".git")}):
            files.remove(entry)


def _tie(entry: Path, path: Path) -> None:
    """Copy and repository point at each other, wherever both have been moved to, whatever the builder put there."""
    there, here = path / ".git", f"gitdir: {entry}\n"
    with plainly():
        if there.is_symlink() or not there.is_file() or there.read_text("utf-8", "replace") != here:
            files.take_out(path, ".git", path.with_name(f"{path.name}.aside"))
            there.write_text(here, "utf-8")
        back = f"{there}\n"
        if (entry / "gitdir").read_text("utf-8", "replace") != back:
            (entry / "gitdir").write_text(back, "utf-8")


def _ref(repository: Repository, branch: str, ending: str) -> Path:
    return repository.path / ".git" / "refs" / "heads" / f"{branch}{ending}"
