"""Read a project's repository without running anything of it, and check out one save point by itself."""

import asyncio
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.contain.output import unheard
from orchestrator.errors import NotPossible

SECONDS = 120
MOST_BYTES = 1_000_000  # of a file that we look into; a longer one is data, not a test
REGULAR = {"100644", "100755"}

# A builder may write into a repository's own configuration. Nothing in it may make us run a program or look elsewhere:
# no transport is allowed (so that a missing object is not fetched), no object is replaced by another.
ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
}
OPTIONS = (
    *("-c", "safe.directory=*"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.attributesFile={os.devnull}"),
)


@dataclass(frozen=True, slots=True)
class Blob:
    id: str
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """One save point of a history, with the paths that it added, changed or took away."""

    commit: str
    parent: str  # empty for the very first
    paths: tuple[str, ...]


async def git(folder: Path, *args: str, given: bytes = b"") -> bytes:
    """What git answers. Raises NotPossible where it cannot, with git's own words in `details`."""
    code, out, said = await _asked(folder, args, given)
    if code:
        raise refused(said)
    return out


async def resolve(source: Path, commit: str) -> str:
    """The whole id of a save point."""
    if not await asyncio.to_thread(source.is_dir):
        raise NotPossible("The project's folder is not there any more, so nothing can be checked.")
    if not commit or commit.startswith("-"):
        raise NotPossible("The save point that was to be checked has no name.")
    code, out, said = await _asked(source, ("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"))
    if code and said:
        raise refused(said)
    if code:
        sentence = "The save point that was to be checked is not in the project's history any more."
        raise NotPossible(sentence, commit=commit)
    return out.decode().strip()


async def _asked(folder: Path, args: tuple[str, ...], given: bytes = b"") -> tuple[int | None, bytes, str]:
    """Git's exit code, its answer and its complaints."""
    command = ("git", *OPTIONS, "-C", str(folder), *args)
    env = ENVIRONMENT | {"PATH": os.environ.get("PATH", os.defpath), "GIT_CEILING_DIRECTORIES": _above(folder)}
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
    except FileNotFoundError:
        raise NotPossible("Git is not installed on this machine, so a project's history cannot be read.") from None
    try:
        async with asyncio.timeout(SECONDS):
            out, said = await process.communicate(given)
    except TimeoutError:
        raise NotPossible("Reading the project's history took too long, so we ended it.") from None
    finally:
        await _ended(process)
    return process.returncode, out, said.decode(errors="replace")


async def tree(source: Path, commit: str) -> dict[str, Blob]:
    """Path by path, the ordinary files of a save point; links and repositories within it are left out."""
    blobs = {}
    for line in (await git(source, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)).split(b"\0"):
        about, _, path = line.partition(b"\t")
        if path and (fields := about.decode().split())[0] in REGULAR and fields[3].isdigit():
            blobs[path.decode(errors="replace")] = Blob(fields[2], int(fields[3]))
    return blobs


async def listing(source: Path, commit: str) -> dict[str, str]:
    """Path by path, all that a save point holds, links and modes included: what kind it is, and its content's id."""
    found = {}
    for line in (await git(source, "ls-tree", "-r", "-z", "--full-tree", commit)).split(b"\0"):
        about, _, path = line.partition(b"\t")
        if path:
            mode, _, id = about.decode().split()
            found[path.decode(errors="surrogateescape")] = f"{mode} {id}"
    return found


async def known(source: Path, commit: str) -> str:
    """The whole id of a save point, or nothing where there is none of this name."""
    try:
        return await resolve(source, commit) if commit else ""
    except NotPossible:
        return ""


async def same(source: Path, one: str, other: str, *, beside: Collection[str] = ()) -> bool:
    """Whether two save points hold the same, to the letter, but for the files `beside` it.

    Not where one of them is not there any more.
    """
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    trees = [await _asked(source, (*asked, f"{commit}^{{tree}}")) for commit in (one, other)]
    if not one or any(code for code, _, _ in trees):
        return False
    ids = [out.decode().strip() for _, out, _ in trees]
    if ids[0] == ids[1]:
        return True
    changed = await git(source, "diff-tree", "-r", "-z", "--name-only", "--no-renames", *ids)
    return {path.decode("utf-8", "surrogateescape") for path in changed.split(b"\0") if path} <= set(beside)


async def texts(source: Path, wanted: Mapping[str, Blob]) -> dict[str, str]:
    """Path by path, what these files say. Too long ones are left out."""
    small = {path: blob.id for path, blob in wanted.items() if blob.size <= MOST_BYTES}
    if not small:
        return {}
    given = "".join(f"{id}\n" for id in dict.fromkeys(small.values())).encode()
    found = _batch(await git(source, "cat-file", "--batch", given=given))
    return {path: found[id] for path, id in small.items() if id in found}


async def text(source: Path, commit: str, path: str) -> str | None:
    """What one file says, or None where there is no such file."""
    blobs = await tree(source, commit)
    return (await texts(source, {path: blobs[path]})).get(path) if path in blobs else None


async def steps(source: Path, base: str, head: str) -> tuple[Step, ...]:
    """The save points after `base` up to `head`, oldest first, without those that only join two histories."""
    rows = await git(source, "rev-list", "--reverse", "--topo-order", "--no-merges", "--parents", head, f"^{base}")
    parents = {ids[0]: ids[1] if len(ids) > 1 else "" for ids in map(str.split, rows.decode().splitlines())}
    given = "".join(f"{commit}\n" for commit in parents).encode()
    out = await git(source, "diff-tree", "--stdin", "-r", "-z", "--root", "--always", "--name-only", given=given)
    paths: dict[str, list[str]] = {}
    waiting = [*reversed(parents)]
    for token in (token.decode(errors="replace") for token in out.split(b"\0") if token):
        if waiting and token == waiting[-1]:
            here = paths.setdefault(waiting.pop(), [])
        else:
            here.append(token)
    return tuple(Step(commit, parents[commit], tuple(found)) for commit, found in paths.items())


async def checkout(source: Path, commit: str, folder: Path) -> None:
    """Exactly that save point in a new folder: a repository of its own that borrows the objects and nothing else."""
    answer = await git(source, "rev-parse", "--path-format=absolute", "--show-object-format", "--git-path", "objects")
    shape, objects = answer.decode(errors="surrogateescape").splitlines()
    await asyncio.to_thread(folder.mkdir, parents=True)
    await git(folder, "init", "-q", "--template=", f"--object-format={shape}")
    await asyncio.to_thread(_borrow, folder / ".git", objects)
    await git(folder, "checkout", "-q", "--detach", "--force", commit)


async def changed(folder: Path, ours: Path) -> frozenset[str]:
    """The tracked files of a checkout that differ from the save point, whatever the checkout says of itself.

    `ours` is a copy of its `.git` that was made before anything ran there.
    """
    await asyncio.to_thread(folder.mkdir, exist_ok=True)  # a check may take away the very folder it runs in
    where = (f"--git-dir={ours}", f"--work-tree={folder}")
    out = await git(folder, *where, "status", "--porcelain", "-z", "-uno", "--no-renames", "--ignore-submodules=all")
    return frozenset(line[3:].decode(errors="replace") for line in out.split(b"\0") if line)


async def unsaved(source: Path) -> bool:
    """Whether tracked files differ from the save point that is checked out, or files lie there that are in none."""
    if not await asyncio.to_thread(source.is_dir):
        raise NotPossible("There is no such folder.")
    code, out, _ = await _asked(source, ("status", "--porcelain", "--ignore-submodules=all"))
    return not code and bool(out.strip())


async def restore(folder: Path, ours: Path, commit: str) -> None:
    """Put the tracked files of a checkout back to what the save point says."""
    where = (f"--git-dir={ours}", f"--work-tree={folder}")
    await git(folder, *where, "checkout", "-q", "--detach", "--force", commit)


def _batch(out: bytes) -> dict[str, str]:
    """Id by id, the contents in an answer of `cat-file --batch`, which also names what is missing."""
    found, at = {}, 0
    while at < len(out):
        end = out.index(b"\n", at)
        id, kind, *size = out[at:end].decode().split()
        at = end + 1
        if kind == "blob":
            found[id] = out[at : at + int(size[0])].decode(errors="replace")
            at += int(size[0]) + 1
    return found


def _borrow(own: Path, objects: str) -> None:
    info = own / "objects" / "info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "alternates").write_bytes(os.fsencode(f"{objects}\n"))


def _above(folder: Path) -> str:
    """Where git stops looking for a repository: a folder that is none must not lend us the one around it."""
    return str(folder.resolve().parent)


def refused(said: str) -> NotPossible:
    """What to tell a person where git said this."""
    if "No space left on device" in said:
        return NotPossible("This machine has no room left on its disk, so nothing can be checked.", details=said)
    return NotPossible("The project's history could not be read, so it cannot be checked.", details=said)


async def _ended(process: asyncio.subprocess.Process) -> None:
    async with unheard(process.stdout, process.stderr):
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def differing(before: Mapping[str, Blob], after: Mapping[str, Blob]) -> Iterable[str]:
    """The paths whose content is not the same on both sides."""
    return (path for path in {**before, **after} if before.get(path) != after.get(path))
