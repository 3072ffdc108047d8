"""Pieces of Markdown that both reports are made of; whatever stands in a fact stays text. Pure."""

from collections.abc import Iterable, Sequence

from orchestrator.domain import plain
from orchestrator.domain.plain import counted
from orchestrator.domain.review.facts import Facts, File

LONGEST = 300  # characters of what somebody said
MINUTE, HOUR = 60, 3600


def said(text: str, limit: int = LONGEST) -> str:
    """What somebody wrote, or a program: one line in which nothing is markup."""
    return plain.escaped(plain.cut(plain.one_line(plain.visible(text)), limit))


def code(text: str) -> str:
    """A path or a name, as it is."""
    return f"`{plain.cut(plain.one_line(plain.visible(text)).replace('`', ''), LONGEST)}`"


def bullets(items: Iterable[str], none: str) -> str:
    """A list, or a sentence where there is nothing to list."""
    lines = [f"- {item}" for item in items if item]
    return "\n".join(lines) if lines else none


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def document(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def length(seconds: float) -> str:
    """“under a minute”, “about 4 minutes”."""
    if seconds < MINUTE:
        return "under a minute"
    unit, name = (HOUR, "hour") if seconds >= HOUR else (MINUTE, "minute")
    return f"about {counted(round(seconds / unit), name)}"


def head(facts: Facts) -> str:
    """Of what a report speaks."""
    point = f" at save point `{facts.save_point[:10]}`" if facts.save_point else ""
    return f"{facts.name and said(facts.name)}{point}, {facts.at:%-d %B %Y, %H:%M} UTC."


def changed(files: Sequence[File]) -> str:
    """“three files added, one changed; 120 lines added, 4 taken out”."""
    if not files:
        return "no file was changed"
    words = {"added": "added", "modified": "changed", "deleted": "taken out"}
    counts = {word: sum(file.status == status for file in files) for status, word in words.items()}
    told = plain.listed([f"{plain.number(count)} {word}" for word, count in counts.items() if count])
    plus, minus = sum(file.added for file in files), sum(file.removed for file in files)
    return f"{counted(len(files), 'file')} ({told}); {plus:,} lines added and {minus:,} taken out"
