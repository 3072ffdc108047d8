"""Look at a repository of the person's own before we work in it, without touching anything there."""

import os
from pathlib import Path

from orchestrator.errors import NotPossible
from orchestrator.forge import layout, names, reading
from orchestrator.forge.layout import Adopted
from orchestrator.forge.program import Program, plainly

PATIENCE = 20.0
UNTOUCHED = {"GIT_OPTIONAL_LOCKS": "0"}


async def look(home: Path, tools: Path, source: str, patience: float = PATIENCE) -> Adopted:
    """What to note about it. Raises NotPossible with the reason why it cannot be used as it is."""
    with plainly():
        path = folder(home, source)
        shape(path)
    git = await Program(tools, layout.main_place(path), environment=UNTOUCHED).safe()
    branch = await _branch(git, path)
    since = await _latest(git, path, branch)
    await _whole(git, path, since, patience)
    if reading.unfinished(path / ".git"):
        raise NotPossible(
            f"In {path}, joining two versions was begun and not finished. Finish it first, or give it up."
        )
    if unsaved := await reading.unsaved(git, "normal"):
        listed = names.listed(unsaved)
        raise NotPossible(
            f"In {path} there are changes that are not saved yet: {listed}. Save them first, or put them aside."
        )
    return Adopted(path=path, branch=branch, since=since)


def folder(home: Path, source: str) -> Path:
    if not source.strip() or "\0" in source:
        raise NotPossible("Please name the folder of the repository.")
    path = Path(source).expanduser().absolute()
    if not path.exists():
        raise NotPossible(f"There is no folder {names.line(source)}.")
    if not path.is_dir():
        raise NotPossible(f"{path} is a file, not a folder.")
    path = path.resolve()
    if path.is_relative_to(home):
        raise NotPossible(f"{path} lies inside our own folder. Choose one of your own.")
    return path


def shape(path: Path) -> None:
    own = path / ".git"
    if not own.exists() and all((path / part).exists() for part in ("HEAD", "objects", "refs")):
        raise NotPossible(
            f"{path} is a repository without a folder to work in. Make a copy that has one, and name that."
        )
    if own.is_file():
        raise NotPossible(f"{path} is a second folder of another repository. Name that repository's own folder.")
    if not own.is_dir():
        above = next((parent for parent in path.parents if (parent / ".git").exists()), None)
        hint = f" The repository around it is {above}." if above else ""
        raise NotPossible(f"{path} is not a git repository.{hint}")
    if not all(_writable(place) for place in (path, own, own / "objects", own / "refs")):
        raise NotPossible(f"We are not permitted to write in {path}.")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


async def _branch(git: Program, path: Path) -> str:
    bare = await git("config", "--type=bool", "--get", "core.bare", ok=(0, 1, 128))
    if bare.code == 0 and bare.text == "true":
        raise NotPossible(
            f"{path} is a repository without a folder to work in. Make a copy that has one, and name that."
        )
    head = await git("symbolic-ref", "--quiet", "HEAD", ok=(0, 1, 128))
    if head.code == 1:
        raise NotPossible(
            f"{path} shows an older save point instead of the latest version. Open the version to work on first."
        )
    if head.code or not head.text.startswith("refs/heads/"):
        raise _damaged(path, head.err)
    return head.text.removeprefix("refs/heads/")


async def _latest(git: Program, path: Path, branch: str) -> str:
    latest = await git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}", ok=(0, 1, 128))
    if latest.code == 0:
        return latest.text
    if (await git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}", ok=(0, 1, 128))).out:
        raise _damaged(path, latest.err)
    raise NotPossible(f"{path} has no save point yet. Save something in it first.")


async def _whole(git: Program, path: Path, since: str, patience: float) -> None:
    try:
        found = await git(
            "fsck", "--connectivity-only", "--no-dangling", "--no-progress", since, ok=range(256), timeout=patience
        )
    except NotPossible:
        return  # too big to look at all of it now; the rest of what we ask shows whether it can be read
    if found.code:
        raise _damaged(path, found.err)


def _damaged(path: Path, said: str) -> NotPossible:
    return NotPossible(
        f"The repository in {path} is damaged: parts of it are missing or cannot be read.", details=said[-2000:]
    )
