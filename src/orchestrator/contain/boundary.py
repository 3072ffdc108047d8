"""Starts a command on its leash, and says what this machine offers to keep it within bounds."""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from shutil import which
from typing import IO, Any, Literal

from orchestrator.contain import walls
from orchestrator.contain.walls import Walls
from orchestrator.errors import NotPossible

LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))
Space = Literal["root", "user", "shared"]  # how a process space of its own can be had; shared: not at all
TRIAL_S = 20
Pipe = int | IO[Any] | None

OWN = "Builders and checks have a process space of their own."
SHARED = (
    "This machine does not offer process spaces of their own, so builders and checks work among its other programs. "
    "They are still ended as a whole, but one that means harm could end programs of ours."
)
WALLED = (
    "A builder sees its trial copy and what its own program needs, and nothing else of this machine; "
    "it reaches only the addresses that the project allows."
)
UNGATED = (
    "A builder sees its trial copy and what its own program needs, and nothing else of this machine. This machine does "
    "not let us say which addresses it reaches."
)
MISSING = (
    "The program bubblewrap is not installed, so a builder can read what this server can read, and reach any address. "
    "Whoever runs this can install it: the package is named “bubblewrap”."
)
UNUSABLE = (
    "The program bubblewrap cannot be used here: it is too old, or this machine forbids what it does. So a builder can "
    "read what this server can read, and reach any address."
)
OFF = "The walls around builders are switched off: a builder can read what this server can read, and reach any address."
LINUX_ONLY = (
    "Builders and checks need Linux, because only there can we make sure that nothing of them is left behind. "
    "On other systems, start Project Orchestrator in a container."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Generous: they catch what has gone wrong. Memory holds for each process and for all of them together."""

    seconds: float = 600
    memory_mb: int = 4096
    file_mb: int = 512
    open_files: int = 1024
    processes: int = 512
    lock_seconds: float = 10  # how long to wait for the lock of another


@dataclass(frozen=True, slots=True)
class Boundary:
    """`walls` is the program that hides this machine from a builder, `gate` that it can have a network of its own."""

    space: Space
    walls: str = ""
    gate: bool = False
    without: str = MISSING  # why there are no walls

    @property
    def namespaces(self) -> bool:
        return self.space != "shared"

    @property
    def sentence(self) -> str:
        return f"{OWN if self.namespaces else SHARED} {self.around}"

    @property
    def around(self) -> str:
        """What a builder can see and reach."""
        if not self.walls:
            return self.without
        return WALLED if self.gate else UNGATED


@cache
def boundary() -> Boundary:
    """What this machine offers. Takes some hundredths of a second the first time, nothing later."""
    spaces: tuple[Space, ...] = ("root", "user")
    space: Space = next((space for space in spaces if works(space)), "shared")
    return _walled(space, which(walls.PROGRAM))


def bare() -> Boundary:
    """The same where nothing is asked of bubblewrap."""
    return Boundary(boundary().space, without=OFF)


def _walled(space: Space, program: str | None) -> Boundary:
    if program is None:
        return Boundary(space)
    for closed in (True, False):
        if _holds(space, program, closed=closed):
            return Boundary(space, program, gate=closed)
    return Boundary(space, without=UNUSABLE)


def _holds(space: Space, program: str, *, closed: bool) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        walls.prepare(Path(folder))
        bare, seen = walls.python()
        inside = Walls(Path(folder), seen=seen, closed=closed)
        return works(space, walls.command(program, inside, Path("/"), (*bare, "-c", "")))


def works(space: Space, command: Sequence[str] = (sys.executable, "-I", "-S", "-c", "")) -> bool:
    """Whether a command can really be run so."""
    process, line = start(command, cwd=Path("/"), env={}, limits=Limits(seconds=TRIAL_S), space=space)
    with process, line, line.makefile("rb") as said:
        line.sendall(b"go")
        return said.read().endswith(b"ended 0\n")


def start(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits,
    space: Space,
    lock: Path | None = None,
    stdin: Pipe = subprocess.DEVNULL,
    stdout: Pipe = subprocess.DEVNULL,
    stderr: Pipe = subprocess.DEVNULL,
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The leash, which waits for "go", and our end of its line. Raises NotPossible where there is nothing to start."""
    suits(sys.platform)
    program = installed(command[0], cwd, env)
    ours, theirs = socket.socketpair()
    orders = {**asdict(limits), "space": space, "line": theirs.fileno(), **({"lock": lock} if lock else {})}
    written = [f"{name}={value}" for name, value in orders.items()]
    try:
        process = subprocess.Popen(
            [*LEASH, *written, "--", program, *command[1:]],
            cwd=cwd,
            env=dict(env),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        raise NotPossible(f"We could not start “{command[0]}”: {error.strerror}.") from error
    finally:
        theirs.close()
    return process, ours


def suits(platform: str) -> None:
    if platform != "linux":
        raise NotPossible(LINUX_ONLY)


def installed(name: str, cwd: Path, env: Mapping[str, str]) -> str:
    """The whole path of a program. Names with a slash are taken from the command's own folder, as a shell does."""
    found = which(str(cwd / name)) if "/" in name else which(name, path=env.get("PATH", ""))
    if not found:
        raise NotPossible(f"The program “{name}” is not installed on this machine.")
    return found
