"""What builders are told: the playbook's Markdown, or the repository's own, with people's words quoted as data."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import resources

from orchestrator.domain.ready import written
from orchestrator.domain.run import RunKind
from orchestrator.errors import TooLarge

FILES = {
    RunKind.PRIME: "prime",
    RunKind.PLAN: "plan-feature",
    RunKind.EXECUTE: "execute",
    RunKind.REPAIR: "repair",
}
ROOT_CAUSE = "rca"
COUNTS = "## What counts"
QUESTIONS = "<questions>"  # in their place stand those of readiness, as they are asked
OWN = (".agents/commands/{name}.md", ".claude/commands/{name}.md")
LONGEST = 40_000  # characters of a command of the repository's own
_HEAD = re.compile(r"\A---\n(?P<fields>.*?)\n---\n+", re.DOTALL)
_VERSION = re.compile(r"^version: (\d+)$", re.MULTILINE)

Read = Callable[[str], Awaitable[str | None]]  # a file of the repository, as it was when a person last approved it


@dataclass(frozen=True, slots=True)
class Told:
    """The whole text for a builder, and where its instructions come from."""

    text: str
    source: str


async def told(
    kind: RunKind, phase: int, read: Read, *, about: str = "", wish: str = "", failure: str = "", cause: bool = False
) -> Told:
    """Compose it: the command in the first line, the instructions, then what people and checks said.

    A command of the repository's own takes the place of ours, but not of what counts in the end. `about` are the words
    that it gets as its arguments; `cause` has the root cause found first.
    """
    name = FILES[kind]
    first = f"/{name}" if kind is RunKind.PRIME else f"/{name} {phase}"
    body, source = await _instructions(name, phase, read, about)
    parts = [first, *([ours(ROOT_CAUSE, phase)[0]] if cause else []), body]
    if failure:
        parts.append(f"## What failed\n\n{quoted(failure)}")
    if wish:
        parts.append(f"## What the person asked for\n\n{quoted(wish)}")
    return Told("\n\n".join(parts) + "\n", source)


async def _instructions(name: str, phase: int, read: Read, about: str) -> tuple[str, str]:
    text, source = ours(name, phase)
    for path in (place.format(name=name) for place in OWN):
        if found := await _theirs(read, path):
            counts = text[text.index(COUNTS) :]
            return f"{filled(_bare(found), phase, about)}\n\n{counts}", f"{path} of the repository"
    return text, source


async def _theirs(read: Read, path: str) -> str:
    try:
        found = await read(path) or ""
    except TooLarge:
        return ""
    return found.strip() if len(found) <= LONGEST else ""


def ours(name: str, phase: int) -> tuple[str, str]:
    """A command of the playbook, and its name with its version."""
    text = _text(name)
    version = _VERSION.search(text)
    assert version, f"{name}.md has no version"
    told = _bare(text).replace("{phase}", str(phase)).replace(QUESTIONS, written.checklist())
    return told.strip(), f"{name}, version {version[1]}"


def to_keep(name: str) -> str:
    """Our command as a repository would keep one of its own: for any phase, and without what counts: that is ours."""
    text = _bare(_text(name)).partition(COUNTS)[0].replace("`.agents/plans/phase-{phase}.md`", "`$1`")
    return f"{text.replace('phase {phase}', 'the phase at hand').strip()}\n"


def _text(name: str) -> str:
    return resources.files("orchestrator.playbook").joinpath(f"{name}.md").read_text("utf-8")


def names() -> Sequence[str]:
    """All commands of the playbook."""
    folder = resources.files("orchestrator.playbook")
    return sorted(file.name.removesuffix(".md") for file in folder.iterdir() if file.name.endswith(".md"))


def _bare(text: str) -> str:
    """Without the fields at its head."""
    return _HEAD.sub("", text)


def filled(text: str, phase: int, about: str) -> str:
    """With its arguments where coding agents put them: all of them, the plan of the phase, and nothing for others."""
    plan = f".agents/plans/phase-{phase}.md"
    return re.sub(r"\$(ARGUMENTS|\d)", lambda found: {"ARGUMENTS": about, "1": plan}.get(found[1], ""), text)


def quoted(text: str) -> str:
    """Quote it line by line, so that it stays data, whatever it says."""
    return "\n".join(f"> {line}" for line in text.splitlines())
