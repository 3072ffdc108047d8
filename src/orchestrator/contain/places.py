"""Which places of this machine a builder's own program needs to see, and which a person may let it write."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shutil import which

from orchestrator.domain.run import Rule, Wish

MODULES = "node_modules"
ENVIRONMENT = "pyvenv.cfg"
HOPS = 10
SHEBANG = 200  # bytes of a first line
# Where people, and the programs that they use, keep what nobody else is to have.
SECRETS = (
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config", ".netrc", ".pgpass", ".git-credentials",
    ".gitconfig", ".npmrc", ".pypirc", ".cargo/credentials", ".cargo/credentials.toml", ".password-store",
    ".mozilla", ".thunderbird",
    ".claude", ".claude.json", ".codex", ".gemini", ".bash_history", ".zsh_history", ".profile", ".bashrc", ".zshrc",
    ".bash_profile", ".zshenv", ".zprofile", ".local/share", ".local/bin", "snap", "Library",
)  # fmt: skip
MACHINE = tuple(map(Path, (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr",
    "/var",
)))  # fmt: skip
PEOPLE = tuple(map(Path, ("/", "/home", "/root", "/Users")))


def needed(command: Sequence[str], path: str, hidden: Iterable[Path]) -> tuple[Path, ...]:
    """What the program of a command needs to see: what lies with it, and the files that the command names."""
    found = set(_with(which(command[0], path=path) or command[0], path))
    for word in command[1:]:
        if word.startswith("/") and Path(word).exists():
            found |= {Path(word), *_around(Path(word).resolve())}
    ours = tuple(hidden)
    return tuple(sorted(place for place in found if not _holds(place, Path.home()) and not _within(place, ours)))


def granted(rules: Iterable[Rule], worktree: Path, hidden: Iterable[Path]) -> tuple[Path, ...]:
    """What a person let the builder use beside its copy. What is ours, the machine's, or secret stays shut."""
    closed = (*hidden, *(Path.home() / name for name in SECRETS), *MACHINE)
    asked = (rule.subject for rule in rules if rule.allowed and rule.wish is Wish.OUTSIDE and rule.subject)
    real = (_real(worktree, subject) for subject in asked)
    return tuple(sorted({place for place in real if place and not _secret(place) and not _meets(place, closed)}))


def _with(program: str, path: str) -> Iterator[Path]:
    """A program, where it really lies, what lies with it, and the same of the program that runs it."""
    given = Path(program)
    if not given.is_file():
        return
    for hop in _hops(given):
        yield hop
        yield from _around(hop)
    if interpreter := _interpreter(given, path):
        yield from _with(interpreter, path)


def _hops(file: Path) -> Iterator[Path]:
    """A file, each link on the way to where it really lies, and that place."""
    for _ in range(HOPS):
        yield file
        if not file.is_symlink():
            break
        file = Path(os.path.normpath(file.parent / file.readlink()))
    yield file.resolve()


def _around(file: Path) -> Iterator[Path]:
    """The package, the environment or the installation that a file is part of. Of others the folder stays unseen."""
    if modules := [parent for parent in file.parents if parent.name == MODULES]:
        yield modules[-1]
        return
    root = file.parent.parent
    if (about := root / ENVIRONMENT).is_file():
        yield root
        yield from _base(about)
    elif file.parent.name == "bin":
        yield from (folder for name in ("bin", "lib", "lib64") if (folder := root / name).is_dir())
    elif packages := [parent for parent in file.parents if (parent / "__init__.py").is_file()]:
        yield packages[-1]


def _base(about: Path) -> Iterator[Path]:
    """What a virtual environment borrows from."""
    if home := re.search(r"^home\s*=\s*(.+)$", about.read_text("utf-8", "replace"), re.MULTILINE):
        yield from _around(Path(home[1].strip()).resolve() / "python")


def _interpreter(program: Path, path: str) -> str | None:
    with program.open("rb") as file:
        first = file.readline(SHEBANG).decode("utf-8", "replace")
    words = first.removeprefix("#!").split() if first.startswith("#!") else []
    if len(words) > 1 and Path(words[0]).name == "env":
        return which(words[-1] if words[1].startswith("-") else words[1], path=path)
    return words[0] if words else None


def _real(worktree: Path, subject: str) -> Path | None:
    try:
        place = (worktree / subject).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return place if place.is_dir() or place.is_file() else None


def _holds(outer: Path, inner: Path) -> bool:
    return inner.is_relative_to(outer)


def _within(place: Path, others: Iterable[Path]) -> bool:
    return any(place.is_relative_to(one) for one in others)


def _secret(place: Path) -> bool:
    """The whole of somebody's home, or what lies where secrets do in anybody's."""
    return place in PEOPLE or place.parent in PEOPLE[1:] or any(part in SECRETS for part in place.parts)


def _meets(place: Path, others: Iterable[Path]) -> bool:
    both = {each for one in others for each in (one, one.resolve())}
    return _within(place, both) or any(_holds(place, one) for one in both)
