"""What became of a decision, in words: who answered, when, and on which surface."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from orchestrator.domain.gate import Decision, Status
from orchestrator.telling import times
from orchestrator.telling.marks import NEEDS_YOU, Link, Mark, Note, State


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered, when and where."""

    who: str
    at: datetime
    channel: str
    note: str = ""


CHANNELS = {
    "web": "here",
    "telegram": "on Telegram",
    "github": "on GitHub",
    "terminal": "in the terminal",
    "api": "through a program",
    "email": "by email link",
}
MARKS = {
    Status.APPROVED: Mark(State.PROVEN, "proven", "Approved"),
    Status.CHANGES_REQUESTED: Mark(State.YOU, "undo", "Changes asked for"),
    Status.REJECTED: Mark(State.REST, "failed", "Rejected"),
    Status.EXPIRED: Mark(State.REST, "stale", "Not answered in time"),
    Status.WITHDRAWN: Mark(State.REST, "minus", "No longer needed"),
}
SAID = {Decision.APPROVE: "approved", Decision.CHANGES: "asked for changes to", Decision.REJECT: "rejected"}


def channel(name: str) -> str:
    """“here”, “on Telegram”."""
    return CHANNELS.get(name, f"on {name}")


def answered(answer: Answer, now: datetime, zone: tzinfo, version: int | None = None) -> str:
    """“Nadia, today at 10:42, on Telegram, for version 3: “Please add allergies.””"""
    parts = [answer.who, times.day_at(answer.at, now, zone), channel(answer.channel)]
    if version:
        parts.append(f"for version {version}")
    said = f": “{answer.note}”" if answer.note else "."
    return ", ".join(parts) + said


def faster(answer: Answer, decision: Decision, zone: tzinfo, href: str) -> Note:
    """For the second of two who answered."""
    text = (
        f"{answer.who} {SAID[decision]} this at {times.clock(answer.at, zone)} {channel(answer.channel)}, "
        "so your answer was not needed."
    )
    return Note(f"{answer.who.split(' ', 1)[0]} was faster.", text, NEEDS_YOU, Link("See the receipt", href))


def moved_on(what: str, seen: int, newest: int, href: str) -> Note:
    """For an answer to an older version of a document."""
    text = f"You looked at version {seen}; version {newest} is here. Nothing was approved."
    return Note(f"The {what} moved on while you were reading.", text, NEEDS_YOU, Link("See what changed", href))
