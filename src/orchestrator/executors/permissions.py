"""What a builder may do when it asks: by the kind of what it wants and where, never by its words for it. Pure.

It is good manners, not the wall: a builder need not ask. What holds it is that it runs within bounds and that its work
is looked at afterwards.
"""

import hashlib
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from orchestrator.domain import rules
from orchestrator.domain.run import Ask, Job, Network, Wish
from orchestrator.executors import wishes
from orchestrator.executors.wishes import Wanted

WRITES = frozenset({"edit", "delete", "move"})
READS = frozenset({"read", "search"})
LEAVES_READING = WRITES | {"switch_mode"}

READ_ONLY = "The builder asked to change something while it was only meant to read. We did not let it."
OUTSIDE = "The builder asked for something outside its own folder. We did not let it."
PRIVATE = "The builder asked for something that is nobody’s but yours, such as keys. We never let it."
CLOSED = "The builder wanted to reach the internet, and this project does not let it."
DENIED = {
    Wish.OUTSIDE: OUTSIDE,
    Wish.INSTALL: "The builder wanted to fetch building blocks from the internet. You had said no.",
    Wish.PUSH: "The builder wanted to send something out. You had said no.",
    Wish.DELETE: "The builder wanted to remove many files at once. You had said no.",
}
ASKS = {
    Wish.OUTSIDE: "The builder stopped to ask whether it may reach something outside of its own folder.",
    Wish.INSTALL: "The builder stopped to ask whether it may fetch building blocks from the internet.",
    Wish.PUSH: "The builder stopped to ask whether it may send something out.",
    Wish.DELETE: "The builder stopped to ask whether it may remove many files at once.",
}
PATHS = ("path", "file_path", "filePath", "abs_path", "notebook_path")  # where builders put paths in their input
COMMANDS = ("command", "cmd", "script", "commandLine", "command_line")  # and command lines
MANY = 20  # files with a save point that may be removed at once
LONGEST = 1000  # characters of what is asked for that a person is shown
# Everybody's, but not for changing.
SYSTEM = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt", "/nix/store", "/etc/ssl")))
# Keys and sessions of people, in whichever home.
KEYS = frozenset(
    {".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", ".git-credentials", ".pypirc", ".npmrc"}
    | {".password-store", ".pgpass", ".mozilla", ".thunderbird", "Keychains"}
)
OF_HOMES, KEPT = frozenset({".config", ".local"}), frozenset({"gcloud", "gh", "google-chrome", "chromium", "keyrings"})
OF_OTHERS = frozenset({"environ", "mem", "root", "cwd", "fd"})  # of another process
SECRET = tuple(map(Path, ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/var/run/docker.sock", "/run/docker.sock")))


class Option(Protocol):
    """One of the answers that a builder offers to its own question."""

    @property
    def kind(self) -> str: ...
    @property
    def option_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where it may work by itself, and what is never for it."""

    allowed: tuple[Path, ...]
    private: tuple[Path, ...] = ()

    def within(self, path: Path) -> bool:
        return any(path.is_relative_to(place) for place in self.allowed)

    def is_private(self, path: Path) -> bool:
        if self.within(path):
            return False
        parts = set(path.parts)
        kept = KEYS & parts or (OF_HOMES & parts and KEPT & parts)
        process = path.is_relative_to("/proc") and OF_OTHERS & parts
        return bool(kept or process) or any(path.is_relative_to(place) for place in (*self.private, *SECRET))


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked for: of which kind, at which places (real ones, with no link left to follow), and what is run.

    `removed` says how many files with a save point would be gone.
    """

    kind: str | None
    paths: tuple[Path, ...] = ()
    line: str = ""
    wanted: tuple[Wanted, ...] = ()
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Not at all, for the reason in `refused`; or not before somebody answers `ask`; or else it may."""

    refused: str = ""
    ask: Ask | None = None


def verdict(step: Step, job: Job, bounds: Bounds) -> Verdict:
    """Whether the builder may do this by itself, may not, or has to have it asked."""
    if job.read_only and step.kind in LEAVES_READING:
        return Verdict(READ_ONLY)
    if any(map(bounds.is_private, step.paths)) or _names_private(step.line, bounds):
        return Verdict(PRIVATE)
    open_: list[Ask] = []
    for ask in _asks(step, bounds):
        said = _said(job, ask)
        if job.read_only or said is False:
            return Verdict(_why_not(job, ask))
        open_ += [ask] if said is None else []
    return Verdict(ask=open_[0] if open_ else None)


def _said(job: Job, ask: Ask) -> bool | None:
    """What the project's setting or a person says about it."""
    if _is_closed(job, ask):
        return False
    if ask.wish is Wish.INSTALL and job.network is Network.OPEN and (rules.answer(job.rules, ask) is not False):
        return True
    return rules.answer(job.rules, ask)


def _why_not(job: Job, ask: Ask) -> str:
    if job.read_only and ask.wish is not Wish.OUTSIDE:
        return READ_ONLY
    return CLOSED if _is_closed(job, ask) else DENIED[ask.wish]


def _is_closed(job: Job, ask: Ask) -> bool:
    return job.network is Network.CLOSED and ask.wish in {Wish.INSTALL, Wish.PUSH}


def _asks(step: Step, bounds: Bounds) -> Iterator[Ask]:
    for path in sorted(step.paths):
        if not bounds.within(path) and not (step.kind in READS and any(map(path.is_relative_to, SYSTEM))):
            yield Ask(Wish.OUTSIDE, subject(str(path)))
    for wanted in step.wanted:
        if wanted.removes is None or step.removed > MANY:
            yield Ask(wanted.wish, subject(wanted.line))
    if step.kind == "delete" and step.removed > MANY:
        yield Ask(Wish.DELETE, subject("\n".join(map(str, sorted(step.paths)))))


def subject(text: str) -> str:
    """As it stands; what is too long to be read ends in a mark of all of it, so that it is still exactly this."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({hashlib.sha256(text.encode(errors='replace')).hexdigest()[:16]})"


def _names_private(line: str, bounds: Bounds) -> bool:
    """Whether a command line names such a place in so many words."""
    return bool(line) and any(bounds.is_private(path) for path in _places(line))


def _places(line: str) -> Iterator[Path]:
    for part in {part for word in wishes.words(line) for part in re.split(r"[=:,@]", word)}:
        home = re.sub(r"^(?:~[\w-]*|\$\{?HOME\}?)(?=/|$)", "/home/somebody", part)
        if home.startswith("/"):
            yield Path(os.path.normpath(home.replace("//", "/")))


def choice(options: Iterable[Option], *, allow: bool) -> str | None:
    """The answer to pick, for this once rather than for always. None where nothing fits: the question is dropped."""
    offered = {option.kind: option.option_id for option in options}
    wanted = ("allow_once", "allow_always") if allow else ("reject_once", "reject_always")
    return next((offered[kind] for kind in wanted if kind in offered), None)


def mentioned(raw_input: Any) -> set[str]:
    """The paths in a builder's own description of a step."""
    if not isinstance(raw_input, dict):
        return set()
    return {value for name in PATHS if isinstance(value := raw_input.get(name), str) and value}


def command(raw_input: Any) -> str:
    """The command line in it: a text, or the words of one."""
    if not isinstance(raw_input, dict):
        return ""
    return "\n".join(filter(None, (_line(raw_input.get(name)) for name in COMMANDS)))


def _line(value: Any) -> str:
    if isinstance(value, str):
        return value
    words: Sequence[Any] = value if isinstance(value, list) else ()
    return shlex.join(map(str, words))
