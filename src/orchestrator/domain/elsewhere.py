"""People and messages on other services: what they are called, and what one is told of. Pure."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestrator.errors import NotUnderstood

SERVICES = {"telegram": "Telegram", "github": "GitHub"}
CHANNELS = tuple(SERVICES)
HOUR, DAY = 60, 24 * 60  # in minutes
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", re.ASCII)


class RoomKind(StrEnum):
    """Where we speak with people elsewhere."""

    PRIVATE = "private"  # a chat with one person
    GROUP = "group"  # a group, or one topic of it: belongs to one project
    ISSUE = "issue"  # an issue or a pull request: belongs to one project
    REPOSITORY = "repository"  # where pull requests and checks of a project are shown


class PostStatus(StrEnum):
    """How far a message of ours is, on its way to another service."""

    DUE = "due"  # is to be shown, or shown anew, as its subject now stands
    HELD = "held"  # waits for quiet hours to end, or for the digest
    SHOWN = "shown"
    DEAD = "dead"  # cannot be shown; a person sees why


class News(StrEnum):
    """What people may be told of, each on the channels that they choose."""

    DECISIONS = "decisions"  # a decision waits for them
    STUCK = "stuck"  # it does not go on without them
    DONE = "done"  # a project is complete
    PROGRESS = "progress"  # what goes on meanwhile; never rings


@dataclass(frozen=True, slots=True)
class Manners:
    """How somebody wants to be told of things. Times are minutes after midnight, in the person's own zone."""

    quiet_from: int | None = None
    quiet_until: int | None = None
    most_a_day: int = 0  # how often a day something may ring; 0: as often as there is something
    channels: dict[str, list[str]] = field(default_factory=dict)  # for each kind of news; without one: all channels

    def wants(self, news: News, channel: str) -> bool:
        chosen: Any = self.channels.get(news)
        return chosen is None or channel in chosen


def minutes(written: str) -> int | None:
    """A time of day, such as “20:30”, as minutes after midnight; nothing written is none. Raises NotUnderstood."""
    if not written.strip():
        return None
    if found := _TIME.fullmatch(written.strip()):
        return int(found[1]) * HOUR + int(found[2])
    raise NotUnderstood("A time of day looks like 20:30.", field="quiet")


def time_of_day(minutes: int | None) -> str:
    """“20:30”; empty where there is none."""
    return "" if minutes is None else f"{minutes // HOUR:02}:{minutes % HOUR:02}"
