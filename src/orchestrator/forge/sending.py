"""Carry the app and the branches of its phases to a repository elsewhere, and bring back what was merged there."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import address, files, layout, moving, names
from orchestrator.forge.layout import Adopted, Folder
from orchestrator.forge.program import Output, Program, plainly
from orchestrator.forge.values import Repository

SLOW = 300.0  # a network lies between
KEPT = "refs/orchestrator/hub"
AWAY = "The repository on GitHub cannot be reached at the moment. What there is here is kept."
NO_KEY = "GitHub does not let us into the repository. Our key has to be allowed to read and write there."
OVERTAKEN = "On GitHub somebody has changed “{branch}”, so we did not send over it."
GUARDED = "On GitHub “{branch}” is protected: nothing can be sent there directly."
ASTRAY = "On GitHub “{branch}” and the app here have both gone on, so one cannot simply follow the other."
UNLIKE = "What is in the repository on GitHub has nothing in common with this app."
UNSOUND = "What came from GitHub is damaged, so nothing of it was taken."
CLOSED = ("Authentication failed", "could not read Username", "error: 403", "error: 401", "not granted", "not found")
OPTIONS = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")


class Guarded(Conflict):
    """Nothing can be sent to this branch directly."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A repository on GitHub and what we show there. The key is never written down, nor seen in a command line."""

    url: str
    key: str = ""

    def seen_by(self, git: Program) -> Program:
        checked = replace(git, extra=(*git.extra, "fetch.fsckObjects=true"))
        return checked.having(**address.environment(self.url, {urlsplit(self.url).hostname or "": self.key}))


async def heads(git: Program, there: Elsewhere) -> dict[str, str]:
    """The branches there, with their save points."""
    listed = await there.seen_by(git)("ls-remote", "--refs", there.url, "refs/heads/*", ok=(0, 128), timeout=SLOW)
    if listed.code:
        raise NotPossible(_away(listed), details=listed.err[-2000:])
    lines = (line.partition("\t") for line in listed.text.splitlines())
    return {ref.removeprefix("refs/heads/"): sha for sha, _, ref in lines}


async def clone(folder: Folder, tools: Path, there: Elsewhere, branch: str, hold: int) -> Repository:
    """A copy of our own that knows nothing of where it came from, made beside its place and moved there when whole."""
    new = folder.root / "new"
    await asyncio.to_thread(files.remove, new)
    with plainly():
        new.mkdir(parents=True)
    git = Program(tools, layout.main_place(new), hold)
    await git("init", "--quiet", "--template=", f"--initial-branch={branch}")
    tip = await fetched(git, there, branch)
    if not tip:
        raise NotPossible(AWAY)
    await git("update-ref", f"refs/heads/{branch}", tip)
    await (await git.safe())("read-tree", "--reset", "-u", tip)
    layout.write(folder.adopted, Adopted(path=folder.own, branch=branch, since=tip))
    with plainly():
        new.rename(folder.own)
    return Repository(folder.own, branch)


async def fetched(git: Program, there: Elsewhere, branch: str) -> str:
    """The save point at which a branch stands there, with all that leads to it; empty where there is none."""
    tip = (await heads(git, there)).get(branch, "")
    if not tip:
        return ""
    kept = f"{KEPT}/{branch}"
    done = await there.seen_by(git)(
        "fetch", *OPTIONS, there.url, f"+refs/heads/{branch}:{kept}", ok=(0, 1, 128), timeout=SLOW
    )
    if done.code:
        raise NotPossible(UNSOUND if "fsck" in done.err else _away(done), details=done.err[-2000:])
    return (await git("rev-parse", "--verify", f"{kept}^{{commit}}")).text


async def send(git: Program, there: Elsewhere, commit: str, branch: str) -> None:
    """Without force: what somebody else has put there meanwhile stays. Sent already, nothing happens."""
    asked = ("push", "--quiet", "--porcelain", "--no-verify", there.url, f"{commit}:refs/heads/{branch}")
    pushed = await there.seen_by(git)(*asked, ok=(0, 1, 128), timeout=SLOW)
    if not pushed.code:
        return
    said = f"{pushed.text}{pushed.err}"
    if "[remote rejected]" in said:
        raise Guarded(GUARDED.format(branch=branch), details=said[-2000:])
    if "[rejected]" in said:
        raise Conflict(OVERTAKEN.format(branch=branch))
    raise NotPossible(_away(pushed), details=pushed.err[-2000:])


async def meet(git: Program, folder: Folder, repository: Repository, there: Elsewhere) -> str:
    """Have the app be the same here and there, as far as one only has to follow the other. Gives its save point.

    Raises Conflict where both went on, or where the two have nothing in common.
    """
    await moving.finish(git, folder, repository)
    ours = (await git("rev-parse", "--verify", f"refs/heads/{repository.branch}^{{commit}}")).text
    theirs = await fetched(git, there, repository.branch)
    if theirs == ours:
        return ours
    if theirs and await within(git, ours, theirs):
        await moving.move(git, folder, repository, ours, theirs)
        return theirs
    if theirs and not await within(git, theirs, ours):
        common = await git("merge-base", ours, theirs, ok=(0, 1))
        raise Conflict(UNLIKE if common.code else ASTRAY.format(branch=repository.branch))
    await send(git, there, ours, repository.branch)
    return ours


async def within(git: Program, older: str, newer: str) -> bool:
    return (await git("merge-base", "--is-ancestor", older, newer, ok=(0, 1, 128))).code == 0


async def taken(git: Program, tip: str, trailer: str, key: str) -> str:
    """The save point of the app's own line that carries this key; empty where there is none."""
    shown = f"--format=%H%n%(trailers:key={trailer},valueonly,unfold)"
    asked = ("--first-parent", "--fixed-strings", f"--grep={trailer}: {names.line(key)}", "-z")
    output = await git("log", *asked, shown, tip, "--")
    found = (item.splitlines() for item in output.items)
    return next((lines[0] for lines in found if names.line(key) in lines[1:]), "")


def _away(output: Output) -> str:
    return NO_KEY if any(words.lower() in output.err.lower() for words in CLOSED) else AWAY
