"""The history of a project, day by day, with the points to which it can go back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from orchestrator.telling import times
from orchestrator.telling.marks import Action, Choice
from orchestrator.web.views.phases import ActivityItem
from orchestrator.web.views.shell import ProjectHead


@dataclass(frozen=True, slots=True)
class GoBack:
    """What happens when the person goes back to a save point, said before the button."""

    summary: str  # “Go back to when you could swap a meal”
    text: str
    small: str
    action: Action


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    id: str
    item: ActivityItem
    back: GoBack | None = None


@dataclass(frozen=True, slots=True)
class HistoryDay:
    id: str
    title: str
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    head: ProjectHead
    days: tuple[HistoryDay, ...]
    show: tuple[Choice, ...]
    download: str = ""
    earlier: str = ""


def days(entries: Iterable[tuple[datetime, HistoryEntry]], now: datetime, zone: tzinfo) -> tuple[HistoryDay, ...]:
    """The entries, newest first, in groups of a day of the reader's zone."""
    today = now.astimezone(zone).date()
    grouped = groupby(entries, key=lambda pair: pair[0].astimezone(zone).date())
    return tuple(
        HistoryDay(f"d-{day.isoformat()}", times.heading(day, today), tuple(entry for _, entry in pairs))
        for day, pairs in grouped
    )
