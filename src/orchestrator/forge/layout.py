"""Where a project's files lie within our own folder, and the small notes that we keep beside them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import NotPossible
from orchestrator.forge import names
from orchestrator.forge.program import Place, plainly
from orchestrator.forge.values import Repository

OURS = "main"
PHASES = "phases"


class Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Adopted(Note):
    """A repository of the person's own. `since` is where it stood when we came: nothing of ours is older."""

    path: Path
    branch: str
    since: str


class Trial(Note):
    """What a trial copy is made of, written before it is made; `entry` is git's own name for it once that is done."""

    branch: str
    base: str
    entry: str = ""


class Lent(Note):
    """Where the branch of a trial copy was when the builder was lent a repository to save in."""

    tip: str


class Moving(Note):
    """The app goes from one save point to the next: written before the first file is touched, gone after the last."""

    branch: str
    old: str
    new: str


N = TypeVar("N", bound=Note)


def read(file: Path, kind: type[N]) -> N | None:
    try:
        return kind.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as problem:
        raise NotPossible(f"Our own note {file} cannot be read any more.", details=str(problem)) from problem


def write(file: Path, note: Note) -> None:
    """The whole of it or nothing, also when the power goes."""
    with plainly():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        with part.open("w", encoding="utf-8") as stream:
            stream.write(note.model_dump_json())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything of one project: its repository or a note about the person's own, its trial copies, its lock."""

    home: Path
    project_id: str

    @classmethod
    def holding(cls, home: Path, place: Path) -> Self | None:
        """The project to which a place within our folder belongs."""
        if not place.is_relative_to(home) or len(parts := place.relative_to(home).parts) < 2:  # noqa: PLR2004
            return None
        return cls(home, parts[0])

    @property
    def root(self) -> Path:
        return self.home / names.project(self.project_id)

    @property
    def own(self) -> Path:
        return self.root / "repo"

    @property
    def adopted(self) -> Path:
        return self.root / "adopted.json"

    @property
    def moving(self) -> Path:
        return self.root / "moving.json"

    @property
    def lock(self) -> Path:
        """Of the repository: projects that adopted the same one wait for each other."""
        known = read(self.adopted, Adopted)
        return lock_for(self.home, known.path) if known else self.root / "lock"

    def trial(self, phase: int, attempt: int) -> Path:
        return self.root / PHASES / f"{phase}{names.later(attempt)}"

    def repository(self) -> Repository | None:
        """As far as it is known; whether it is still there and whole is another question."""
        if known := read(self.adopted, Adopted):
            return Repository(known.path, known.branch)
        return Repository(self.own, OURS) if self.own.is_dir() else None

    def since(self) -> str | None:
        return known.since if (known := read(self.adopted, Adopted)) else None


def lock_for(home: Path, path: Path) -> Path:
    return home / ".locks" / hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


def absolute(path: Path) -> Path:
    return path.absolute()


def note_of(trial: Path) -> Path:
    return trial.with_name(f"{trial.name}.json")


def main_place(path: Path) -> Place:
    return Place(path / ".git", path)


def place_of(home: Path, where: Path) -> Place:
    """The place of a repository or of a trial copy of ours; what the copy itself says about it does not count."""
    folder = Folder.holding(home, where)
    if folder and where.parent == folder.root / PHASES:
        return _trial_place(folder, where)
    if not (where / ".git").is_dir():
        raise NotPossible(f"There is no repository in {where}.")
    return main_place(where)


def _trial_place(folder: Folder, where: Path) -> Place:
    known, repository = read(note_of(where), Trial), folder.repository()
    if known is None or repository is None or not known.entry or not where.is_dir():
        raise NotPossible(f"The trial copy {where} is not there any more.")
    return Place(entry_of(repository, known), where)


def trial_of(where: Path) -> Trial:
    """What a place of ours is meant to be on; our own repository counts as one that began with nothing."""
    return read(note_of(where), Trial) or Trial(branch=OURS, base="")


def entry_of(repository: Repository, trial: Trial) -> Path:
    return repository.path / ".git" / "worktrees" / trial.entry
