"""A bare repository of our own where a builder on this machine fetches our work and leaves its own."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from orchestrator.forge import files
from orchestrator.forge.program import Place, Program, plainly
from orchestrator.forge.values import Repository

# Whoever works there can neither take away nor replace what was sent, and sends nothing that is damaged.
SETTINGS = """\
[core]
\trepositoryformatversion = {version}
\tbare = true
[receive]
\tdenyNonFastForwards = true
\tdenyDeletes = true
\tfsckObjects = true
{more}"""
SHA256 = "[extensions]\n\tobjectformat = sha256\n"


async def receive(git: Program, repository: Repository, place: Path, branch: str, head: str) -> None:
    """Have the branch there go on to `head`. Fetched from there, so that no program planted there is run."""
    await _made(git, place, branch)
    there = git.at(Place(place, place)).having(GIT_ALLOW_PROTOCOL="file")
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--update-head-ok", "--no-auto-maintenance")
    await there("fetch", *options, str(repository.path / ".git"), f"{head}:refs/heads/{branch}", timeout=300)


async def shown(git: Program, repository: Repository, place: Path, branch: str) -> str:
    """The save point that was shown there last, as far as the app's own repository knows it; empty before the first."""
    if not files.is_folder(place):
        return ""
    there = git.at(Place(place, place))
    found = (await there("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", ok=(0, 1))).text
    known = await git.at(Place(repository.path / ".git", repository.path))("cat-file", "-e", found, ok=(0, 1, 128))
    return "" if known.code else found


async def dressed(git: Program, tip: str, before: str, texts: Mapping[str, str], lacking: Mapping[str, str]) -> str:
    """The files of `tip` with these, and those that it lacks; `before` where that is just this already."""
    with files.scratch(git.home) as folder:
        aside = git.having(GIT_INDEX_FILE=str(folder / "index"))
        await aside("read-tree", tip)
        known = set((await aside("ls-files", "-z")).items)
        for path, text in {**lacking, **texts}.items():
            if path in texts or path not in known:
                blob = (await aside("hash-object", "-w", "--stdin", stdin=text.encode())).text
                await aside("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        tree = (await aside("write-tree")).text
    if before and (await git("rev-parse", f"{before}^{{tree}}")).text == tree:
        return before
    parents = [word for parent in filter(None, [before, tip]) for word in ("-p", parent)]
    return (await git("commit-tree", tree, *parents, stdin=b"What there is to look at\n")).text


async def _made(git: Program, place: Path, branch: str) -> None:
    """Made beside its place and moved there when it is whole."""
    if files.is_folder(place):
        return
    new = place.with_name(f".{place.name}.part")
    await asyncio.to_thread(files.remove, new)
    sha256 = (await git("rev-parse", "--show-object-format")).text == "sha256"
    with plainly():
        (new / "objects").mkdir(parents=True)
        (new / "refs" / "heads").mkdir(parents=True)
        (new / "HEAD").write_text(f"ref: refs/heads/{branch}\n")
        (new / "config").write_text(SETTINGS.format(version=int(sha256), more=SHA256 if sha256 else ""))
        new.rename(place)
