"""Run git so that nothing in a repository or in the environment can make it do more than it is asked."""

import asyncio
import errno
import os
import re
import signal
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from orchestrator.contain.output import unheard
from orchestrator.errors import NotPossible, TooLarge

TIMEOUT = 60.0
GRACE = 2.0
MOST_OUTPUT = 32 * 1024 * 1024
MOST_STDERR = 64 * 1024

AUTHOR = {"NAME": "Project Orchestrator", "EMAIL": "orchestrator@localhost"}

ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_EDITOR": "true",
    "GIT_PAGER": "cat",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a commit is what its id says, not what somebody put in its place
    "GIT_LITERAL_PATHSPECS": "1",
    **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in AUTHOR.items()},
}

SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.sshCommand=false",
    "core.fsync=committed,reference",  # what was answered as done is there after a power cut
    "credential.helper=",
    "protocol.allow=never",
    "safe.directory=*",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "worktree.useRelativePaths=false",
    "diff.external=",
    "diff.ignoreSubmodules=dirty",  # git would look into them, with their own configuration
    "commit.gpgSign=false",
    "log.showSignature=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
)

# Parts of a configuration in which a repository names programs, or other files that may.
_MAY_NAME_PROGRAMS = re.compile(r"\[\s*(filter|merge|include|includeif)\b", re.IGNORECASE)
_PROGRAMS = {
    re.compile(r"filter\..+\.(clean|smudge|process)"): "",
    re.compile(r"filter\..+\.required"): "false",
    re.compile(r"merge\..+\.driver"): "false",  # ends with 1: a conflict
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where git works. Both are always said, so that nothing planted in a folder can lead git elsewhere."""

    git_dir: Path
    work_tree: Path

    @property
    def common(self) -> Path:
        """What all folders of the repository share."""
        pointer = self.git_dir / "commondir"
        return self.git_dir / pointer.read_text("utf-8").strip() if pointer.is_file() else self.git_dir


@dataclass(frozen=True, slots=True)
class Output:
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape").strip()

    @property
    def items(self) -> list[str]:
        """What stands between NUL characters."""
        return self.out.decode("utf-8", "surrogateescape").split("\0")[:-1]


class Refused(NotPossible):
    """Git ended with an error; what it said is under `details`."""

    def __init__(self, sentence: str, output: Output) -> None:
        super().__init__(sentence, details=output.err.strip()[-2000:])
        self.output = output


@dataclass(frozen=True, slots=True)
class Program:
    """Git at one place. It inherits the lock `hold`, so that a git which outlives us is waited for."""

    home: Path
    place: Place
    hold: int | None = None
    extra: tuple[str, ...] = ()  # further settings
    environment: Mapping[str, str] = field(default_factory=dict)

    def at(self, place: Place) -> Self:
        return replace(self, place=place)

    def having(self, **environment: str) -> Self:
        return replace(self, environment={**self.environment, **environment})

    async def safe(self) -> Self:
        """The same, with every program silenced that the repository's own configuration names."""
        if not _MAY_NAME_PROGRAMS.search(_configuration(self.place)):
            return self
        names = (await self("config", "--list", "--includes", "--name-only", "-z")).items
        return replace(self, extra=tuple(_silenced(names)))

    async def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        ok: Collection[int] = (0,),
        most: int = MOST_OUTPUT,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the program is ended, not only no longer waited for
    ) -> Output:
        """Raises Refused for any exit code but `ok`. Cancelled, or out of time, git and its children are ended."""
        process = await self._started(arguments)
        try:
            async with asyncio.timeout(timeout):
                output = await _conversation(process, stdin, most)
        except TimeoutError:
            seconds = f"{timeout:.0f} seconds"
            raise NotPossible(f"Working on the app's files took more than {seconds}, so we stopped it.") from None
        finally:
            await _end(process)
        if output.code not in ok:
            raise Refused(_sentence(output.err), output)
        return output

    async def _started(self, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
        """Cancelled in between, asyncio would end the program but not its children, which hold the lock too."""
        starting = asyncio.ensure_future(self._start(arguments))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            with suppress(NotPossible):
                await _end(await starting)
            raise

    async def _start(self, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
        settings = [word for setting in (*SETTINGS, *self.extra) for word in ("-c", setting)]
        try:
            return await asyncio.create_subprocess_exec(
                "git",
                *settings,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._whole_environment(),
                cwd=self.place.work_tree,
                pass_fds=() if self.hold is None else (self.hold,),
                start_new_session=True,
            )
        except FileNotFoundError as gone:
            if self.place.work_tree.is_dir():
                raise NotPossible("Git is not installed on this machine. Once it is, we go on.") from gone
            raise NotPossible(f"The folder {self.place.work_tree} is not there any more.") from gone
        except OSError as problem:
            raise NotPossible(_sentence(str(problem)), details=str(problem)) from problem

    def _whole_environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        home = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config")}
        place = {"GIT_DIR": str(self.place.git_dir), "GIT_WORK_TREE": str(self.place.work_tree)}
        return kept | ENVIRONMENT | home | place | dict(self.environment)


async def _conversation(process: asyncio.subprocess.Process, stdin: bytes, most: int) -> Output:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    reading = asyncio.ensure_future(_read(process.stdout, most))
    hearing = asyncio.ensure_future(_tail(process.stderr))
    talking = asyncio.ensure_future(_feed(process.stdin, stdin))
    try:
        out, err, _ = await asyncio.gather(reading, hearing, talking)
    finally:
        for task in (reading, hearing, talking):
            task.cancel()
        await asyncio.wait({reading, hearing, talking})
    return Output(await process.wait(), out, err.decode("utf-8", "replace"))


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    whole = bytearray()
    while piece := await stream.read(65536):
        whole += piece
        if len(whole) > most:
            raise TooLarge("That is more than we can show or handle at once.")
    return bytes(whole)


async def _tail(stream: asyncio.StreamReader) -> bytes:
    last = b""
    while piece := await stream.read(65536):
        last = (last + piece)[-MOST_STDERR:]
    return last


async def _feed(stream: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # git may know enough before it has read everything
        stream.write(data)
        await stream.drain()
    stream.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    async with unheard(process.stdout, process.stderr):
        if process.returncode is None:
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Politely first: asked to end, git takes its own lock files away."""
    try:
        _signal(process, signal.SIGTERM)
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _configuration(place: Place) -> str:
    """The text of the settings that a repository brings along, its own and those of one worktree."""
    files = (place.common / "config", place.common / "config.worktree", place.git_dir / "config.worktree")
    return "\n".join(file.read_text("utf-8", "replace") for file in files if file.is_file())


def _silenced(names: Collection[str]) -> Iterator[str]:
    for name in sorted(set(names)):
        yield from (f"{name}={value}" for programs, value in _PROGRAMS.items() if programs.fullmatch(name))


_MEANINGS = {
    "No space left on device": "The disk is full. Nothing is lost; when there is room again, we go on.",
    "Disk quota exceeded": "The space allowed on this disk is used up. When there is room again, we go on.",
    "Read-only file system": "The disk cannot be written to at the moment. When it can, we go on.",
    "Permission denied": "We are not permitted to write where the app's files are.",
    "Too many open files": "This machine has too many files open at the moment. We go on when some are closed.",
    "Cannot allocate memory": "This machine is out of memory at the moment. We go on when there is some again.",
}
ANYTHING_ELSE = "The app's files could not be read or saved. What there was is kept; the details say what went wrong."


def _sentence(said: str) -> str:
    return next((meaning for words, meaning in _MEANINGS.items() if words in said), ANYTHING_ELSE)


@contextmanager
def plainly() -> Iterator[None]:
    """What the system says about files becomes a sentence for a person."""
    try:
        yield
    except OSError as problem:
        known = os.strerror(problem.errno) if problem.errno else ""
        if problem.errno in {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG}:
            raise NotPossible(
                "A file or folder is in the way of one that we want to write.", details=str(problem)
            ) from problem
        raise NotPossible(_sentence(known), details=str(problem)) from problem
