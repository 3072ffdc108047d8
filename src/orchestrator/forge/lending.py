"""Lend a builder a repository to save in, and take back only what it saved: the app's own it can read and never write.

What is lent lies beside the trial copy, as `<copy>.lent`: refs, settings, an index, and room for new objects.
The builder sees it where the real `.git` is. What comes back is looked at object by object, by git, before it counts;
its settings, hooks and all its other branches are left behind. Every step may be repeated after a kill.
"""

import asyncio
import os
import re
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from orchestrator.domain.run import Bind
from orchestrator.errors import NotPossible
from orchestrator.forge import files, layout, stale
from orchestrator.forge.layout import Lent, Trial
from orchestrator.forge.program import ANYTHING_ELSE, Place, Program, Refused, plainly
from orchestrator.forge.values import Repository

OBJECTS = Path("/run/orchestrator/objects")  # where the builder sees the real ones
TIP = "refs/heads/lent"
ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
REF = re.compile(r"refs/(?!.*(\.\.|//|/\.|\.lock(/|$)))[^\x00-\x20~^:?*\[\\\x7f]+(?<![/.])")
LOOSE, PACKED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{38,62}"), re.compile(r"pack/pack-[0-9a-f]+\.(pack|idx)")
KEPT = re.compile(r"user\.(name|email)|core\.(autocrlf|eol|filemode|ignorecase|symlinks|safecrlf|precomposeunicode)")
MOST = 16 << 20  # bytes of a file of refs
FETCH_S = 600.0
LOST = "The save points that the builder made could not be read, so its work was saved as one."
CHECKED = ("fetch.fsckObjects=true", "transfer.fsckObjects=true")
WORDS = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")


def lent_of(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.lent")


async def lend(git: Program, repository: Repository, copy: Path, known: Trial) -> tuple[Bind, ...]:
    """What the builder is to see in the place of `.git`, from how things stand now. `git` is at the repository."""
    await take_back(git, repository, copy, known)
    tip = (await git("rev-parse", "--verify", f"refs/heads/{known.branch}^{{commit}}")).text
    new, place, entry = _beside(copy, "new"), lent_of(copy), layout.entry_of(repository, known)
    texts = {
        "HEAD": f"ref: refs/heads/{repository.branch}\n",
        "config": await _config(git),
        "packed-refs": await _refs(git),
        "objects/info/alternates": f"{OBJECTS}\n",
        f"worktrees/{known.entry}/HEAD": (entry / "HEAD").read_text("utf-8", "replace"),
        f"worktrees/{known.entry}/commondir": "../..\n",
        f"worktrees/{known.entry}/gitdir": f"{copy / '.git'}\n",
    }
    await asyncio.to_thread(_make, git.place.git_dir, entry, new, texts)
    layout.write(_note(copy), Lent(tip=tip))
    with plainly():
        new.rename(place)
    real = git.place.git_dir.resolve() / "objects"
    borrowed = await asyncio.to_thread(_borrowed, real)
    return (
        Bind(place, repository.path / ".git", writable=True),
        Bind(real, OBJECTS),
        *(Bind(place, place) for place in borrowed),
    )


async def take_back(git: Program, repository: Repository, copy: Path, known: Trial) -> str:
    """Make what the builder saved the copy's history; a sentence where that cannot be. Nothing lent: nothing done."""
    place, note, problem = lent_of(copy), layout.read(_note(copy), Lent), ""
    if note and files.is_folder(place):
        tip = await asyncio.to_thread(_tip, place, known.entry)
        if tip and tip != note.tip:
            problem = await _fetched(git, copy, tip)
            if not problem:
                await _moved(git, repository, copy, known, tip)
    await asyncio.to_thread(_away, place, _beside(copy, "gone"))
    await asyncio.to_thread(files.remove, _note(copy))
    return problem


def borrowed_by(checkout: Path) -> tuple[Bind, ...]:
    """What a checkout of ours, which is no trial copy, borrows its objects from."""
    return tuple(Bind(place, place) for place in _borrowed(checkout / ".git" / "objects"))


async def _fetched(git: Program, copy: Path, tip: str) -> str:
    clean = _beside(copy, "clean")
    await asyncio.to_thread(_sift, lent_of(copy) / "objects", clean, git.place.git_dir.resolve(), tip)
    settings = [word for setting in CHECKED for word in ("-c", setting)]
    try:
        await git.having(GIT_ALLOW_PROTOCOL="file")(*settings, *WORDS, str(clean), TIP, timeout=FETCH_S)
    except Refused as problem:
        if _of_the_machine(problem):
            raise  # what is lent stays, and this is tried again
        return LOST
    finally:
        await asyncio.to_thread(files.remove, clean)
    return ""


def _of_the_machine(problem: Refused) -> bool:
    """Rather than of what the builder left: the disk is full, or git was ended."""
    ended = problem.output.code < 0 or "died of signal" in problem.output.err
    return ended or str(problem) != ANYTHING_ELSE


async def _moved(git: Program, repository: Repository, copy: Path, known: Trial, tip: str) -> None:
    """The copy's branch and index, as the builder left them; wherever its own HEAD was."""
    ours, entry = f"refs/heads/{known.branch}", layout.entry_of(repository, known)
    await stale.clear([entry / "index.lock", entry / "HEAD.lock", git.place.git_dir / f"{ours}.lock"])
    await git("update-ref", ours, tip)
    if files.is_folder(copy) and (entry / "commondir").is_file():  # else it is made anew, from the branch
        there = git.at(Place(entry, copy))
        await there("symbolic-ref", "HEAD", ours)
        await there("read-tree", "--reset", tip)


async def _config(git: Program) -> str:
    """Of the repository's own settings those that say how files are read, and whose work it is; nothing that runs."""
    shape = (await git("rev-parse", "--show-object-format")).text
    listed = (await git("config", "--list", "--includes", "-z")).items
    given = dict(item.split("\n", 1) for item in listed if "\n" in item)
    said = {"user.name": "Builder", "user.email": "builder@localhost"}
    said |= {name: value for name, value in given.items() if KEPT.fullmatch(name)}
    lines = [
        "[core]",
        f"\trepositoryformatversion = {int(shape != 'sha1')}",
        "\tbare = false",
        "\tlogallrefupdates = true",
    ]
    if shape != "sha1":
        lines += ["[extensions]", f"\tobjectformat = {shape}"]
    for name, value in said.items():
        section, _, key = name.partition(".")
        lines += [f"[{section}]", f"\t{key} = {_quoted(value)}"]
    return "\n".join([*lines, ""])


def _quoted(value: str) -> str:
    plain = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


async def _refs(git: Program) -> str:
    listed = await git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags", "refs/remotes")
    return f"{listed.text}\n" if listed.text else ""


def _make(real: Path, entry: Path, new: Path, texts: dict[str, str]) -> None:
    files.remove(new)
    with plainly():
        for name, text in texts.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_text(text, "utf-8", "surrogateescape")
        for folder in ("refs/heads", "refs/tags", "objects/pack", "info"):
            (new / folder).mkdir(parents=True, exist_ok=True)
        for file in (entry / "index", *entry.glob("sharedindex.*")):
            _copy(file, new / "worktrees" / entry.name / file.name)
        for name in ("info/exclude", "shallow"):
            _copy(real / name, new / name)


def _copy(file: Path, target: Path) -> None:
    if file.is_file():
        shutil.copyfile(file, target)


def _sift(theirs: Path, clean: Path, real: Path, tip: str) -> None:
    """A repository that the builder never had, with its objects and nothing else of it: files, and no links."""
    files.remove(clean)
    with plainly():
        for folder in ("objects/info", "objects/pack", "refs/heads"):
            (clean / folder).mkdir(parents=True)
        sha256 = len(tip) > 40  # noqa: PLR2004 - letters of the shorter kind
        extension = "[extensions]\n\tobjectformat = sha256\n" if sha256 else ""
        (clean / "config").write_text(f"[core]\n\trepositoryformatversion = {int(sha256)}\n\tbare = true\n{extension}")
        (clean / "HEAD").write_text(f"ref: {TIP}\n")
        (clean / TIP).write_text(f"{tip}\n")
        (clean / "objects/info/alternates").write_bytes(os.fsencode(f"{real / 'objects'}\n"))
        _copy(real / "shallow", clean / "shallow")
        for name in _plain_files(theirs):
            (clean / "objects" / name).parent.mkdir(exist_ok=True)
            os.link(theirs / name, clean / "objects" / name, follow_symlinks=False)


def _plain_files(objects: Path) -> list[str]:
    """Only what git itself would have put there, in folders that are ones."""
    found = []
    for folder in objects.iterdir() if files.is_folder(objects) else ():
        if files.is_folder(folder):
            found += [f"{folder.name}/{file.name}" for file in folder.iterdir() if stat.S_ISREG(file.lstat().st_mode)]
    return [name for name in found if LOOSE.fullmatch(name) or PACKED.fullmatch(name)]


def _tip(lent: Path, entry: str) -> str:
    """Where the builder's HEAD is, read without git: what lies there is the builder's. Empty where none can be said."""
    said = _text(lent, f"worktrees/{entry}/HEAD").strip()
    for _ in range(3):
        if not said.startswith("ref: "):
            break
        name = said.removeprefix("ref: ").strip()
        said = (_text(lent, name).strip() or _packed(lent, name)) if REF.fullmatch(name) else ""
    return said if ID.fullmatch(said) else ""


def _packed(lent: Path, name: str) -> str:
    lines = (line.partition(" ") for line in _text(lent, "packed-refs").splitlines())
    return next((id for id, _, ref in lines if ref == name), "")


def _text(folder: Path, place: str) -> str:
    """What a file says, links not followed."""
    *parts, name = place.split("/")
    with suppress(OSError, NotPossible), files.opened(folder, tuple(parts), made=False) as parent:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        with open(file, "rb") as stream:  # noqa: PTH123 - it is open already
            return stream.read(MOST).decode("utf-8", "surrogateescape") if stat.S_ISREG(os.fstat(file).st_mode) else ""
    return ""


def _borrowed(objects: Path) -> tuple[Path, ...]:
    """The folders from which a repository borrows objects, and those from which they do."""
    found: list[Path] = []
    todo = [objects]
    while todo:
        here = todo.pop()
        with suppress(OSError):
            lines = (here / "info" / "alternates").read_text("utf-8", "surrogateescape").splitlines()
            more = [(here / line).resolve() for line in lines if line and not line.startswith("#")]
            todo += [place for place in more if place.is_dir() and place not in found]
            found += [place for place in more if place.is_dir() and place not in found]
    return tuple(found)


def _away(place: Path, gone: Path) -> None:
    """At once, then bit by bit: half of it must never be taken for the whole."""
    files.remove(gone)
    if os.path.lexists(place):
        with plainly():
            place.rename(gone)
        files.remove(gone)


def _note(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.lent.json")


def _beside(copy: Path, name: str) -> Path:
    return copy.with_name(f"{copy.name}.lent.{name}")
