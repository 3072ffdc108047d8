"""What became of a decision, in words: who answered, when, and on which surface."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from orchestrator.domain import gate as gates
from orchestrator.domain.gate import ANSWERED, Decision, Status
from orchestrator.store.tables import GateRow, ProjectRow
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
    "web": "on the web",
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
    Status.TAKEN_BACK: Mark(State.REST, "undo", "Taken back"),
}
SAID = {Decision.APPROVE: "approved", Decision.CHANGES: "asked for changes to", Decision.REJECT: "rejected"}


def channel(name: str, here: str = "web") -> str:
    """“here”, “on Telegram”. `here` is where it is said."""
    return "here" if name == here else CHANNELS.get(name, f"on {name}")


def seconds_left(project: ProjectRow, gate: GateRow, now: datetime) -> int:
    """How long the answer to a decision may still be taken back; 0 where it may not, or not any more."""
    last = gate.status in ANSWERED and project.before is not None and project.before.get("gate") == gate.id
    return gates.seconds_left(gate.answered_at, now) if last and gate.answered_at else 0


def until(gate: GateRow) -> datetime | None:
    """When it is too late to take the answer back."""
    return gate.answered_at + gates.MAY_BE_TAKEN_BACK if gate.answered_at else None


def brief(answer: Answer, status: Status, zone: tzinfo, left: int = 0, here: str = "web") -> str:
    """“Approved by Ana on Telegram, 14:02 · Undo for 60 s”, and once it is too late for that only the beginning."""
    said = f"{MARKS[status].text} by {answer.who} {channel(answer.channel, here)}, {times.clock(answer.at, zone)}"
    return f"{said} · Undo for {left} s" if left else said


def answered(answer: Answer, now: datetime, zone: tzinfo, version: int | None = None, here: str = "web") -> str:
    """“Nadia, today at 10:42, on Telegram, for version 3: “Please add allergies.””"""
    parts = [answer.who, times.day_at(answer.at, now, zone), channel(answer.channel, here)]
    if version:
        parts.append(f"for version {version}")
    said = f": “{answer.note}”" if answer.note else "."
    return ", ".join(parts) + said


def faster(answer: Answer, decision: Decision, zone: tzinfo, href: str, here: str = "web") -> Note:
    """For the second of two who answered."""
    text = (
        f"{answer.who} {SAID[decision]} this at {times.clock(answer.at, zone)} {channel(answer.channel, here)}, "
        "so your answer was not needed."
    )
    return Note(f"{answer.who.split(' ', 1)[0]} was faster.", text, NEEDS_YOU, Link("See the receipt", href))


def moved_on(what: str, seen: int, newest: int, href: str) -> Note:
    """For an answer to an older version of a document."""
    text = f"You looked at version {seen}; version {newest} is here. Nothing was approved."
    return Note(f"The {what} moved on while you were reading.", text, NEEDS_YOU, Link("See what changed", href))
