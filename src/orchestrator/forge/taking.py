"""Take a phase into the app, or out of it again: by one new save point per key, never at the cost of other work."""

from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import moving, names
from orchestrator.forge.layout import Folder
from orchestrator.forge.program import Output, Program, Refused
from orchestrator.forge.values import Repository

TAKEN = "Project-Phase"
UNDONE = "Project-Undo"
MERGE_TREE_SINCE = "2.38"
USAGE, NOT_THERE = 129, 128


def subject(phase: int, attempt: int, title: str) -> str:
    """With which words a phase is taken in."""
    return f"Phase {phase}: {names.line(title)}\n\nProject-Attempt: {attempt}"


async def take(git: Program, folder: Folder, repository: Repository, commit: str, subject: str, key: str) -> str:
    """The save point with which the app got exactly this work; the known one for a known key."""
    tip = await tip_of(git, folder, repository)
    if found := await known(git, tip, TAKEN, key, folder.since()):
        return found
    tree = await _combined(git, tip, commit, "The trial copy and the app have both changed the same places")
    new = await save(git, tree, list(dict.fromkeys([tip, commit])), f"{subject}\n{TAKEN}: {names.line(key)}\n")
    await moving.move(git, folder, repository, tip, new)
    return new


async def undo(git: Program, folder: Folder, repository: Repository, merge: str, key: str) -> str:
    """A new save point without what that one brought; the known one for a known key."""
    tip = await tip_of(git, folder, repository)
    if found := await known(git, tip, UNDONE, key, folder.since()):
        return found
    before, subject = await _before(git, tip, merge)
    backwards = await save(git, f"{before}^{{tree}}", [merge], "Backwards\n")
    tree = await _combined(git, tip, backwards, "What was built later stands on the same places")
    message = f"Undo: {subject}\n\nThis reverts commit {merge}.\n\n{UNDONE}: {names.line(key)}\n"
    new = await save(git, tree, [tip], message)
    await moving.move(git, folder, repository, tip, new)
    return new


async def tip_of(git: Program, folder: Folder, repository: Repository) -> str:
    await moving.finish(git, folder, repository)
    return (await git("rev-parse", "--verify", f"refs/heads/{repository.branch}^{{commit}}")).text


async def known(git: Program, tip: str, trailer: str, key: str, since: str | None) -> str | None:
    """Only the app's own line of save points counts: what a builder writes into its messages is on another."""
    asked = ("--first-parent", "--fixed-strings", f"--grep={trailer}: {names.line(key)}", "-z")
    shown = f"--format=%H%n%(trailers:key={trailer},valueonly,unfold)"
    output = await git("log", *asked, shown, tip, *([f"^{since}"] if since else []), "--")
    found = (item.splitlines() for item in output.items)
    return next((lines[0] for lines in found if names.line(key) in lines[1:]), None)


async def _before(git: Program, tip: str, merge: str) -> tuple[str, str]:
    """Where the app stood before, and what the save point is called."""
    part = await git("merge-base", "--is-ancestor", merge, tip, ok=(0, 1, 128))
    found = await git("log", "-1", "-z", "--format=%P%x00%s", merge, "--", ok=(0, 128))
    parents, subject = found.items or ("", "")
    if part.code or not parents:
        raise NotPossible("That is not part of the app, so there is nothing to undo.")
    return parents.split()[0], subject


async def _combined(git: Program, tip: str, commit: str, reason: str) -> str:
    """The files of both."""
    base = await git("merge-base", tip, commit, ok=(0, 1, 128))
    if base.code == NOT_THERE:
        raise NotPossible("The work that was to be taken into your app is not there any more.", details=base.err)
    if base.code:
        raise Conflict("The trial copy and the app have nothing in common, so one cannot be taken into the other.")
    if base.text in {tip, commit}:
        return f"{commit if base.text == tip else tip}^{{tree}}"
    joined = await _joined(git, tip, commit)
    if joined.code:
        raise Conflict(f"{reason}: {names.listed(joined.items[1:])}. Nothing was changed.", files=joined.items[1:])
    return joined.items[0]


async def _joined(git: Program, tip: str, commit: str) -> Output:
    try:
        return await git("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", tip, commit, ok=(0, 1))
    except Refused as refused:
        if refused.output.code != USAGE:
            raise
        raise NotPossible(f"This needs git {MERGE_TREE_SINCE} or newer on this machine.") from refused


async def save(git: Program, tree: str, parents: list[str], message: str) -> str:
    named = [word for parent in parents for word in ("-p", parent)]
    return (await git("commit-tree", tree, *named, stdin=message.encode("utf-8", "replace"))).text
