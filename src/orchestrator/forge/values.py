"""What git tells the rest of the system: plain values, in the words of the product."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Repository:
    path: Path
    branch: str  # the one that is the app: "main" in ours, whatever was open in one that was adopted


@dataclass(frozen=True, slots=True)
class FileChange:
    """Lines are 0 for a file that is not text."""

    path: str
    status: Literal["added", "modified", "deleted"]
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class SavePoint:
    sha: str
    subject: str
    author: str
    when: datetime
    files: tuple[str, ...]
