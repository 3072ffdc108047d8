"""When somebody may be interrupted: quiet hours, and so many times a day. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from orchestrator.domain.elsewhere import Manners

MORNING = time(8)  # when a digest comes, for who has no quiet hours
TALKING = timedelta(minutes=10)  # who wrote something so short ago is not interrupted by an answer


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whom something could ring for. Times are in their own zone."""

    manners: Manners
    now: datetime
    rang: int  # how often it rang today
    heard: datetime | None = None  # when they last spoke where it would ring


def put_off(caller: Caller) -> datetime | None:
    """Until when to wait with it; nothing where it may ring now."""
    if caller.heard and caller.now - caller.heard < TALKING:
        return None
    if _is_quiet(caller.manners, caller.now):
        return _next(caller.now, _time(caller.manners.quiet_until))
    if caller.manners.most_a_day and caller.rang >= caller.manners.most_a_day:
        return _next(midnight(caller.now) + timedelta(days=1), _time(caller.manners.quiet_until), today=True)
    return None


def midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _is_quiet(manners: Manners, now: datetime) -> bool:
    if manners.quiet_from is None or manners.quiet_until is None:
        return False
    minute = now.hour * 60 + now.minute
    if manners.quiet_from <= manners.quiet_until:
        return manners.quiet_from <= minute < manners.quiet_until
    return minute >= manners.quiet_from or minute < manners.quiet_until


def _time(minutes: int | None) -> time:
    return MORNING if minutes is None else time(minutes // 60, minutes % 60)


def _next(now: datetime, at: time, *, today: bool = False) -> datetime:
    """The next moment with this time of day."""
    then = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return then if today or then > now else then + timedelta(days=1)
