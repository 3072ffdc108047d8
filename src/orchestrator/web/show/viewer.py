"""Who looks, and when: what every page needs to say things in a person's own time and words."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator import clock
from orchestrator.web.auth import Person


@dataclass(frozen=True, slots=True)
class Viewer:
    person: Person
    now: datetime
    zone: tzinfo

    def name(self, user_id: str | None, name: str | None) -> str:
        """“You” for whoever looks."""
        return "You" if user_id == self.person.user_id else (name or "Somebody")


def viewer(person: Person) -> Viewer:
    return Viewer(person, clock.now(), zone(person.zone))


def zone(name: str) -> tzinfo:
    """The zone of this name, or UTC for an empty or unknown one."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
