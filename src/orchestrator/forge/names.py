"""Names that are safe whatever a person or a builder calls things: of copies, of files, and lines of messages."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from orchestrator.errors import NotUnderstood

LONGEST_SLUG = 40
LONGEST_LINE = 200
SHOWN = 3
PROTECTED = frozenset({"main", "master", "staging", "production", "develop", "trunk", "HEAD"})

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,200}")
_VERSION = re.compile(r"(?!.*\.\.)[0-9A-Za-z][0-9A-Za-z_./-]{0,250}")
_GIT_FOLDER = re.compile(r"\.git[ .]*|git~\d+", re.IGNORECASE)
_UNSEEN = re.compile(r"[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")  # some file systems ignore these in names


def slug(title: str) -> str:
    """Letters, digits and single dashes in ASCII, short, never empty."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only)[:LONGEST_SLUG].strip("-") or "phase"


def branch(phase: int, attempt: int, title: str) -> str:
    return f"feature-{phase}-{slug(title)}{later(attempt)}"


def may_come(name: str, app: str) -> bool:
    """Whether a branch that a builder names may be looked for; never the app's own, nor one that others build on."""
    return bool(_BRANCH.fullmatch(name)) and name not in {app, *PROTECTED}


def later(attempt: int) -> str:
    """The first attempt needs no number."""
    return "" if attempt == 1 else f"-{attempt}"


def project(project_id: str) -> str:
    """An id that can name a folder."""
    if not _ID.fullmatch(project_id):
        raise NotUnderstood(f"“{line(project_id)}” cannot be the id of a project.")
    return project_id


def save_point(sha: str) -> str:
    """The whole id of one."""
    if not _SHA.fullmatch(sha):
        raise NotUnderstood(f"“{line(sha)}” is not the id of a save point.")
    return sha


def version(name: str) -> str:
    """The id or name of a save point, which git cannot take for an option or an expression."""
    if not _VERSION.fullmatch(name):
        raise NotUnderstood(f"“{line(name)}” does not name a save point.")
    return name


def inside(path: str) -> PurePosixPath:
    """A file's place within the app: never above it, never among git's own files, on no file system."""
    if not is_inside(path):
        raise NotUnderstood(f"“{line(path)}” is not a place for a file of the app.")
    return PurePosixPath(path)


def is_inside(path: str) -> bool:
    return path.isprintable() and not any(_outside(part) for part in path.split("/"))


def _outside(part: str) -> bool:
    return part in {"", ".", ".."} or "\\" in part or _GIT_FOLDER.fullmatch(_UNSEEN.sub("", part)) is not None


def line(text: str, longest: int = LONGEST_LINE) -> str:
    """One line without anything that is not seen."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words if len(words) <= longest else words[: longest - 1] + "…"


def listed(paths: Sequence[str | Path]) -> str:
    """The first few, and how many more there are: `a.txt, b.txt, c.txt and 4 more`."""
    names, more = ", ".join(line(str(path), 80) for path in paths[:SHOWN]), len(paths) - SHOWN
    return f"{names} and {more} more" if more > 0 else names
