"""Put papers of ours into the app, as a save point of their own: one per key, beside nobody's work."""

from collections.abc import Mapping

from orchestrator.forge import files, moving, names, taking
from orchestrator.forge.layout import Folder
from orchestrator.forge.program import Program
from orchestrator.forge.values import Repository

ADDED = "Project-Report"


async def add(
    git: Program, folder: Folder, repository: Repository, texts: Mapping[str, str], subject: str, key: str
) -> str:
    """The save point with which the app got these files; the known one for a known key."""
    tip, new = await made(git, folder, repository, texts, subject, key)
    if tip != new:
        await moving.move(git, folder, repository, tip, new)
    return new


async def made(
    git: Program, folder: Folder, repository: Repository, texts: Mapping[str, str], subject: str, key: str
) -> tuple[str, str]:
    """Where the app is, and the save point that would follow: the same where the key is known or nothing is new."""
    tip = await taking.tip_of(git, folder, repository)
    if await taking.known(git, tip, ADDED, key, folder.since()):
        return tip, tip
    tree = await _with(git, tip, texts)
    if tree == (await git("rev-parse", "--verify", f"{tip}^{{tree}}")).text:
        return tip, tip
    return tip, await taking.save(git, tree, [tip], f"{names.line(subject)}\n\n{ADDED}: {names.line(key)}\n")


async def _with(git: Program, tip: str, texts: Mapping[str, str]) -> str:
    """The files of the app and these, in a list of files of our own: nobody who works there is disturbed."""
    with files.scratch(git.home) as folder:
        aside = git.having(GIT_INDEX_FILE=str(folder / "index"))
        await aside("read-tree", tip)
        for path, text in texts.items():
            blob = (await aside("hash-object", "-w", "--stdin", stdin=text.encode("utf-8", "replace"))).text
            await aside("update-index", "--add", "--cacheinfo", f"100644,{blob},{names.inside(path)}")
        return (await aside("write-tree")).text
