"""What we have sent to SCAR, written down before it is sent: it does again whatever comes twice."""

import hashlib
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError


class Note(BaseModel):
    """`sending` is written before a command goes out, `sent` when SCAR has taken it, `over` with what came of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str  # of the job
    asks: str  # the same for jobs that ask for the same
    time: int  # how often this conversation was asked for something
    head: str  # where our branch stood when it was sent
    state: Literal["sending", "sent", "over", "lost"]
    comment: int = 0  # on GitHub: ours, or before it is there, the last one before it
    issue: int = 0
    ok: bool = False
    sentence: str = ""
    details: dict[str, Any] = {}

    @property
    def open(self) -> bool:
        """Whether SCAR may still be at work on it."""
        return self.state in {"sending", "sent"}

    def now(self, **changes: Any) -> "Note":
        return self.model_copy(update=changes)


class Notes:
    """One for each conversation: only its last command can still be at work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, conversation: str) -> Note | None:
        try:
            return Note.model_validate_json(self._file(conversation).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def write(self, conversation: str, note: Note) -> Note:
        """The whole of it or nothing, also when the power goes."""
        file = self._file(conversation)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        with part.open("w", encoding="utf-8") as stream:
            stream.write(note.model_dump_json())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        return note

    def _file(self, conversation: str) -> Path:
        return self._folder / f"{hashlib.sha256(conversation.encode()).hexdigest()[:32]}.json"
