"""Finds the processes of a test, however detached: by where they work, or by their folder in their environment."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

SOON = 2.0  # on a machine with nothing else to do it is a tenth of this; tests may have to share one


def of(folder: Path) -> list[str]:
    """The commands of all living processes that work below `folder` or have it in their environment."""
    return [command(pid) for pid in pids(folder)]


def pids(folder: Path) -> list[int]:
    return [pid for pid in _others() if _belongs(pid, str(folder))]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "ended meanwhile"


async def gone(folder: Path, within: float = SOON) -> float:
    """How many seconds it took until no process of `folder` was left. Fails when that takes longer than `within`."""
    return await until(lambda: not of(folder), within, lambda: f"still there: {of(folder)}")


async def there(folder: Path, what: str, count: int = 1, within: float = 10.0) -> None:
    """Wait until `count` processes of `folder` have `what` in their command."""

    def found() -> bool:
        return sum(what in command for command in of(folder)) >= count

    await until(found, within, lambda: f"not {count} of “{what}” in {of(folder)}")


def dead(parent: int) -> int:
    """How many children of this process have ended without its taking note of it."""
    return sum(f"\nPPid:\t{parent}\n" in status and "\nState:\tZ" in status for status in map(_status, _others()))


async def until(
    true: Callable[[], object], within: float = 10.0, otherwise: Callable[[], str] = lambda: "too late"
) -> float:
    """Look again and again until it is true, and say how many seconds that took. Fails after `within` seconds."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > within:
            raise AssertionError(otherwise())
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def _others() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def _belongs(pid: int, folder: str) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        if "\nState:\tZ" in _status(pid):
            return False
        below = (os.readlink(process / "cwd") + "/").startswith(folder + "/")
        return below or folder.encode() in (process / "environ").read_bytes()
    except OSError:
        return False
