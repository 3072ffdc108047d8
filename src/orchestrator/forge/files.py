"""Write files into a folder that somebody else works in, without being led out of it; make and remove such folders."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestrator.forge import names
from orchestrator.forge.program import plainly

DAY = 86_400.0
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def write_all(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Each file whole or not at all. Links on the way are refused, not followed. Gives the places that were written."""
    places = [names.inside(path) for path in files]
    part = folder.with_name(f"{folder.name}.part")  # beside it, where nobody takes it for a file of the app
    with plainly():
        for place, text in zip(places, files.values(), strict=True):
            with opened(folder, place.parent.parts) as parent:
                part.write_text(text, "utf-8", errors="replace", newline="")
                part.chmod(_mode(place.name, parent))
                os.rename(part, place.name, dst_dir_fd=parent)
    return [str(place) for place in places]


def state(path: Path) -> str:
    """The same text for as long as nobody has touched it."""
    try:
        seen = path.lstat()
    except OSError:
        return "gone"
    return f"{seen.st_mtime_ns} {seen.st_size} {seen.st_mode}"


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def remove(path: Path) -> None:
    """Whatever it is; it may be gone already."""
    with plainly():
        if is_folder(path):
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def take_out(folder: Path, place: str, target: Path) -> None:
    """Moves what is there into `target`, which keeps all that came there before. What a link leads to is left alone."""
    *parts, name = place.split("/")
    with plainly():
        target.mkdir(parents=True, exist_ok=True)
        new = next(free for number in range(10**6) if not os.path.lexists(free := target / str(number)))
    with (
        plainly(),
        suppress(FileNotFoundError, NotADirectoryError),
        opened(folder, tuple(parts), made=False) as parent,
    ):
        os.rename(name, new, src_dir_fd=parent)


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A folder for a moment; those that were left by the killed go after a day."""
    with plainly():
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=home, prefix="scratch-"))
        _sweep(home, folder.stat().st_mtime - DAY)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path, before: float) -> None:
    for left in home.glob("scratch-*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < before:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def opened(folder: Path, parts: tuple[str, ...], *, made: bool = True) -> Iterator[int]:
    """A folder within a folder, no link followed on the way."""
    current = os.open(folder, FOLDER)
    try:
        for part in parts:
            before, current = current, _inner(part, current, made=made)
            os.close(before)
        yield current
    finally:
        os.close(current)


def _inner(name: str, parent: int, *, made: bool) -> int:
    if made and not _exists(name, parent):
        os.mkdir(name, dir_fd=parent)
    return os.open(name, FOLDER, dir_fd=parent)


def _exists(name: str, parent: int) -> bool:
    return _status(name, parent) is not None


def _status(name: str, parent: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _mode(name: str, parent: int) -> int:
    """A program stays one."""
    known = _status(name, parent)
    return 0o755 if known and stat.S_ISREG(known.st_mode) and known.st_mode & stat.S_IXUSR else 0o644
