"""Take away the lock files that a killed git has left behind, and no others."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PATIENCE = 0.5
LOOK = 0.02


async def clear(files: Iterable[Path]) -> None:
    """Nothing of ours works there now. What somebody else holds changes soon; what stays the same is nobody's."""
    left = {file: identity for file in files if (identity := _identity(file))}
    waited = 0.0
    while left and waited < PATIENCE:
        await asyncio.sleep(LOOK)
        waited += LOOK
        left = {file: identity for file, identity in left.items() if _identity(file) == identity}
    for file in left:
        file.unlink(missing_ok=True)


def _identity(file: Path) -> tuple[int, int, int] | None:
    with suppress(OSError):
        status = file.lstat()
        return status.st_ino, status.st_mtime_ns, status.st_size
    return None
