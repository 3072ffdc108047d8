"""Send a trial copy to a repository that a builder elsewhere reaches, and bring back what goes on from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import address, exchange, files, keeping, layout, names, stale
from orchestrator.forge.layout import Folder, Moving, Trial
from orchestrator.forge.program import Program, Refused
from orchestrator.forge.values import Repository
from orchestrator.ports import Brought, Meeting

LOOK = "look"
SLOW = 300.0  # a network lies between
SENT = "What the builder is to read"
LEFT = "What was not saved yet"
NO_ORIGIN = (
    "This builder works on a copy of its own, and this app has no place on the network where both of us can reach it. "
    "Give the repository an “origin”, or choose a builder that works on this machine."
)
AWAY = "The place where we meet the builder cannot be reached at the moment. What there is here is kept."
ASTRAY = "What came back from the builder does not go on from what we sent, so nothing of it was taken."
UNSOUND = "What came back from the builder is damaged, so nothing of it was taken."
OVERTAKEN = "Somebody else has changed “{branch}” where we meet the builder, so we did not send over it. Try again."
GUARDED = "We send nothing to “{branch}”: only the branch of a phase leaves this machine."


@dataclass(frozen=True, slots=True)
class Line:
    """A trial copy, and what is needed to speak with places elsewhere."""

    git: Program
    repository: Repository
    known: Trial
    worktree: Path
    passes: Mapping[str, str]

    def to(self, url: str) -> Program:
        """Git that may speak with this place, and with no other kind of place."""
        checked = replace(self.git, extra=(*self.git.extra, "fetch.fsckObjects=true"))
        return checked.having(**address.environment(url, self.passes))


def branch(known: Trial | None, repository: Repository) -> str:
    return known.branch if known else repository.branch


def made(folder: Folder, known: Trial | None, worktree: Path) -> Meeting:
    """In a repository of our own beside the app's. Its name is unique: builders put all their copies in one folder."""
    name = f"app-{folder.project_id}-{worktree.name if known else LOOK}"
    return Meeting((folder.root / "shared" / name).as_uri(), known.branch if known else LOOK, own=True)


async def origin(git: Program) -> str:
    """Where the app is on the network. Raises NotPossible with a sentence where that is nowhere we can send to."""
    asked = await git("config", "--get", "remote.origin.url", ok=(0, 1))
    if asked.code or not asked.text:
        raise NotPossible(NO_ORIGIN)
    return address.clean(asked.text)


async def publish(line: Line, meeting: Meeting, texts: Mapping[str, str], lacking: Mapping[str, str]) -> Meeting:
    """Bring back first what is new there, so that what is sent goes on from it; nothing is ever sent over others."""
    if meeting.branch in {line.repository.branch, *names.PROTECTED}:
        raise NotPossible(GUARDED.format(branch=meeting.branch))
    await settle(line)
    await keeping.keep(line.git, line.known, LEFT)
    await _take(line, await _fetched(line, meeting, meeting.branch), line.known.base)
    missing = {path: text for path, text in lacking.items() if not (line.worktree / path).is_file()}
    head = await keeping.write(line.git, line.known, {**texts, **missing}, SENT)
    if meeting.own:
        await exchange.receive(line.git, line.repository, address.path(meeting.url), meeting.branch, head)
    else:
        await _push(line, meeting, head)
    return replace(meeting, head=head)


async def bring_back(line: Line, meeting: Meeting, also: str = "") -> Brought:
    """Only work that goes on from what we sent; that there is none is told, not refused."""
    await settle(line)
    wanted = [meeting.branch, *([also] if names.may_come(also, line.repository.branch) else [])]
    for name in dict.fromkeys(wanted):
        theirs = await _fetched(line, meeting, name)
        if theirs and not await _within(line.git, theirs, meeting.head):
            await _take(line, theirs, meeting.head)
            asked = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", meeting.head, theirs)
            return Brought(moved=True, paths=tuple((await line.git(*asked)).items))
    return Brought(moved=False)


async def show(
    git: Program, repository: Repository, meeting: Meeting, texts: Mapping[str, str], lacking: Mapping[str, str]
) -> Meeting:
    """The app as it is, to be looked at only: with these files, in a line of save points of its own."""
    if not meeting.own:
        return meeting
    place = address.path(meeting.url)
    tip = (await git("rev-parse", "--verify", f"refs/heads/{repository.branch}^{{commit}}")).text
    before = await exchange.shown(git, repository, place, meeting.branch)
    head = await exchange.dressed(git, tip, before, texts, lacking)
    await git("update-ref", f"refs/orchestrator/shared/{meeting.branch}", head)  # or it might be swept away
    await exchange.receive(git, repository, place, meeting.branch, head)
    return replace(meeting, head=head)


async def compare(git: Program, meeting: Meeting) -> Brought:
    """Whether anything was sent to a place of ours that was only to be looked at."""
    if not meeting.own:
        return Brought(moved=False)
    away = git.having(**address.environment(meeting.url, {}))
    found = (await away("ls-remote", "--refs", meeting.url)).text.split()
    return Brought(moved=found != [meeting.head, f"refs/heads/{meeting.branch}"])


async def settle(line: Line) -> None:
    """Go on with taking something in that was cut short."""
    note = _note(line.worktree)
    if (intent := layout.read(note, Moving)) is None:
        return
    entry, ref = line.git.place, f"refs/heads/{intent.branch}"
    await stale.clear([entry.git_dir / "index.lock", entry.git_dir / "HEAD.lock", entry.common / f"{ref}.lock"])
    tip = (await line.git("rev-parse", "--verify", "--quiet", ref, ok=(0, 1))).text
    if tip in {intent.old, intent.new}:
        await line.git("read-tree", "--reset", "-u", intent.new)
        await line.git("update-ref", ref, intent.new)
    files.remove(note)


async def _take(line: Line, theirs: str, since: str) -> None:
    """Their work becomes part of the copy: at once where it goes on from ours, joined where both went on."""
    ours = await keeping.head(line.git)
    if not theirs or await _within(line.git, theirs, ours):
        return
    if not await _within(line.git, since, theirs):
        raise Conflict(ASTRAY)
    await keeping.keep(line.git, line.known, LEFT)
    ours = await keeping.head(line.git)
    new = theirs if await _within(line.git, ours, theirs) else await _joined(line, ours, theirs)
    layout.write(_note(line.worktree), Moving(branch=line.known.branch, old=ours, new=new))
    await settle(line)


async def _joined(line: Line, ours: str, theirs: str) -> str:
    asked = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs)
    tree = await line.git(*asked, ok=(0, 1))
    if tree.code:
        listed = names.listed(tree.items[1:])
        raise Conflict(f"The builder and somebody here have both changed the same places: {listed}. Nothing was taken.")
    parents = ("-p", ours, "-p", theirs)
    return (await line.git("commit-tree", tree.items[0], *parents, stdin=b"Join what the builder did elsewhere\n")).text


async def _fetched(line: Line, meeting: Meeting, name: str) -> str:
    """The save point that stands there now, fetched and looked through; empty where there is none."""
    if meeting.own and not files.is_folder(address.path(meeting.url)):
        return ""
    away, there = line.to(meeting.url), f"refs/heads/{name}"
    listed = await away("ls-remote", "--refs", meeting.url, there, ok=(0, 128), timeout=SLOW)
    if listed.code:
        raise NotPossible(AWAY, details=listed.err[-2000:])
    if not (theirs := listed.text.partition("\t")[0]):
        return ""
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")
    kept = f"refs/orchestrator/shared/{name}"
    try:
        await away("fetch", *options, meeting.url, f"+{there}:{kept}", timeout=SLOW)
    except Refused as refused:
        raise Conflict(UNSOUND, details=refused.output.err[-2000:]) from refused
    return (await line.git("rev-parse", "--verify", f"{kept}^{{commit}}")).text or theirs


async def _push(line: Line, meeting: Meeting, head: str) -> None:
    """Without force: what somebody else has put there meanwhile stays."""
    asked = ("push", "--quiet", "--porcelain", "--no-verify", meeting.url, f"{head}:refs/heads/{meeting.branch}")
    pushed = await line.to(meeting.url)(*asked, ok=(0, 1, 128), timeout=SLOW)
    if pushed.code and "[rejected]" in f"{pushed.text}{pushed.err}":
        raise Conflict(OVERTAKEN.format(branch=meeting.branch))
    if pushed.code:
        raise NotPossible(AWAY, details=pushed.err[-2000:])


async def _within(git: Program, older: str, newer: str) -> bool:
    """Whether `newer` has all that is in `older`."""
    return (await git("merge-base", "--is-ancestor", older, newer, ok=(0, 1, 128))).code == 0


def _note(worktree: Path) -> Path:
    return worktree.with_name(f"{worktree.name}.taking.json")
