"""Whether one can read what has changed: versions with their days and changes, and none that the project is beyond."""

import re
from collections.abc import Iterator
from datetime import date

from orchestrator import clock
from orchestrator.evidence.ready import prose
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven
from orchestrator.evidence.ready.stack import package, toml
from orchestrator.evidence.words import counted, short

FILES = re.compile(r"(?:docs/)?(?:changelog|changes|history|news|releases?)(?:\.(?:md|rst|txt))?", re.IGNORECASE)
VERSION = re.compile(r"\bv?(\d+\.\d+(?:\.\d+)?(?:[a-z.-]*\d*)?)\b")
DAY = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
ENTRY = re.compile(r"^\s*[-*+]\s+(\S.*)$", re.MULTILINE)
VAGUE = re.compile(
    r"^(?:various|minor|several|some|misc\w*|small|more|bug\s?fix\w*|fix\w*|improve\w*|chang\w*|update\w*|initial|first"
    r"|and|other|performance|stuff|things?|release|version|the|bugs?|code|of|refactor\w*|clean\w*|up|wip|\W)+$",
    re.IGNORECASE,
)
FEWEST_WORDS, FEWEST_ENTRIES = 3, 2


async def changelog(look: Look) -> Found:
    """Prove it by its versions, each with a day and with changes that say something."""
    path = next((one for one in sorted(look.texts) if FILES.fullmatch(one)), "")
    if not path:
        return failed("There is no changelog.")
    text = prose.COMMENT.sub("", look.texts[path])
    parts = [(title, part) for title, part in prose.sections(text).items() if VERSION.search(title) or _coming(title)]
    if why := next(_lacking(look, parts), ""):
        return failed(f"{path} {why}.", look.read([path]))
    released = [title for title, _ in parts if not _coming(title)]
    return proven(
        f"{path} tells of {counted(len(parts), 'version')}.", look.read([path], (released or [parts[0][0]])[0])
    )


def _coming(title: str) -> bool:
    return "unreleased" in title.lower()


def _lacking(look: Look, parts: list[tuple[str, str]]) -> Iterator[str]:
    """What is missing from it, as the ends of sentences."""
    if not parts:
        yield "names no version with its changes"
    entries = [entry for _, part in parts for entry in _entries(part)]
    if len(entries) < FEWEST_ENTRIES:
        yield f"says too little: {counted(len(entries), 'change')} that one can understand"
    released = [(title, part) for title, part in parts if not _coming(title)]
    if hollow := next((title for title, part in released if not _entries(part)), ""):
        yield f"does not say what changed in {short(hollow, 40)}"
    for title, _ in released:
        day = _day(title)
        if not day:
            yield f"does not say when {short(title, 40)} came out"
        elif day > clock.now().date():
            yield f"says that {short(title, 40)} came out on a day that is still to come"
    yield from _behind(look, [title for title, _ in released])


def _entries(part: str) -> list[str]:
    return [one for one in ENTRY.findall(part) if len(prose.WORD.findall(one)) >= FEWEST_WORDS and not VAGUE.match(one)]


def _day(title: str) -> date | None:
    found = DAY.search(title)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _behind(look: Look, titles: list[str]) -> Iterator[str]:
    """The project's own version must be known. One that was never released may stand at 0."""
    own = str(
        toml(look.texts, "pyproject.toml").get("project", {}).get("version") or package(look.texts).get("version") or ""
    )
    versions = [found[1] for title in titles if (found := VERSION.search(DAY.sub("", title)))]
    if own and versions and own not in versions and _number(own) > max(map(_number, versions)):
        yield f"does not know version {short(own, 20)}, which the project has"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


PROOFS = (Proof("D8", changelog),)
