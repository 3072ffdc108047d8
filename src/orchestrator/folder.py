"""The data folder: everything that an installation writes lies in it, and only we can look inside."""

import tempfile
from pathlib import Path

from orchestrator.errors import NotPossible

NEXT = "Set DATA_DIR to a folder in which we may write."


def ready(folder: Path) -> Path:
    """Make it where it is not there. Raises NotPossible, with the reason, where nothing can be written in it."""
    data = folder.absolute()
    try:
        data = folder.resolve()
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError) as problem:
        raise NotPossible(f"The data folder {data} cannot be made: {_why(problem)}. {NEXT}") from None
    try:
        tempfile.TemporaryFile(dir=data).close()
    except OSError as problem:
        raise NotPossible(f"Nothing can be written in the data folder {data}: {_why(problem)}. {NEXT}") from None
    return data


def _why(problem: Exception) -> str:
    return (getattr(problem, "strerror", None) or "it leads back to itself").lower()
