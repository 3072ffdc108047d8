"""Starts a command on its leash, and says what this machine offers to keep it within bounds."""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from shutil import which
from typing import IO, Any, Literal

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
    space: Space

    @property
    def namespaces(self) -> bool:
        return self.space != "shared"

    @property
    def sentence(self) -> str:
        return OWN if self.namespaces else SHARED


@cache
def boundary() -> Boundary:
    """What this machine offers. Takes some hundredths of a second the first time, nothing later."""
    spaces: tuple[Space, ...] = ("root", "user")
    return Boundary(next((space for space in spaces if works(space)), "shared"))


def works(space: Space) -> bool:
    """Whether a command can really be run so."""
    nothing = (sys.executable, "-I", "-S", "-c", "")
    process, line = start(nothing, cwd=Path("/"), env={}, limits=Limits(seconds=TRIAL_S), space=space)
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
