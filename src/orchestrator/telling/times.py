"""Times and durations as words, in the zone of the person who reads them."""

from datetime import date, datetime, timedelta, tzinfo

from orchestrator.telling.words import figure

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTE, HOUR, DAY = 60, 3600, 86400
A_WHILE = 90  # minutes from which hours are said
MORNING, NOON, EVENING = 5, 12, 18


def clock(at: datetime, zone: tzinfo) -> str:
    """“9:02”."""
    here = at.astimezone(zone)
    return f"{here.hour}:{here.minute:02}"


def dated(day: date, now: date) -> str:
    """“16 November”, with the year when it is not this one."""
    year = "" if day.year == now.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“today”, “yesterday”, “on 16 November”."""
    then, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if then == today:
        return "today"
    return "yesterday" if then == today - timedelta(days=1) else f"on {dated(then, today)}"


def weekday(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“today”, “yesterday”, “on Monday” within a week, “on 2 November” before that."""
    then, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    near = timedelta(days=1) < today - then < timedelta(days=7)
    return f"on {WEEKDAYS[then.weekday()]}" if near else day(at, now, zone)


def when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“9:02” today, “yesterday, 18:20”, “on 16 November, 18:20”: for a line of its own."""
    said = day(at, now, zone)
    return clock(at, zone) if said == "today" else f"{said}, {clock(at, zone)}"


def day_at(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“today at 9:31”, “yesterday at 18:20”: for within a sentence."""
    return f"{day(at, now, zone)} at {clock(at, zone)}"


def since(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“Since 9:40”, “Since yesterday 17:12”, “Since 16 November”."""
    said = day(at, now, zone)
    if said == "today":
        return f"Since {clock(at, zone)}"
    return f"Since yesterday {clock(at, zone)}" if said == "yesterday" else f"Since {said.removeprefix('on ')}"


def ago(at: datetime, now: datetime, zone: tzinfo) -> str:
    """“just now”, “20 seconds ago”, “12 minutes ago”, “at 9:02”, “yesterday”, “on 16 November”."""
    seconds = int((now - at).total_seconds())
    if seconds < 5:  # noqa: PLR2004 - nobody counts less
        return "just now"
    if seconds < HOUR:
        return f"{length(seconds)} ago"
    said = day(at, now, zone)
    return f"at {clock(at, zone)}" if said == "today" else said


def heading(day_of: date, today: date) -> str:
    """“Today, Sunday 22 November”, “Yesterday”, “Monday 16 November”."""
    if day_of == today - timedelta(days=1):
        return "Yesterday"
    full = f"{WEEKDAYS[day_of.weekday()]} {dated(day_of, today)}"
    return f"Today, {full}" if day_of == today else full


def part_of_day(now: datetime, zone: tzinfo) -> str:
    """“morning”, “afternoon” or “evening”."""
    hour = now.astimezone(zone).hour
    if MORNING <= hour < NOON:
        return "morning"
    return "afternoon" if NOON <= hour < EVENING else "evening"


def length(seconds: int) -> str:
    """“20 seconds”, “4 minutes”, “2 hours”: how long something took or has been going on."""
    if seconds < MINUTE:
        return figure(seconds, "second")
    if seconds < A_WHILE * MINUTE:
        return figure(seconds // MINUTE, "minute")
    return figure(round(seconds / HOUR), "hour") if seconds < 2 * DAY else figure(round(seconds / DAY), "day")


def span(low: int, high: int) -> str:
    """“10 to 15 minutes”, “about 8 minutes”, “1 to 2 hours”: a range, given in seconds, as one says it."""
    unit, one = (HOUR, "hour") if high > A_WHILE * MINUTE else (MINUTE, "minute")
    least, most = (max(1, round(seconds / unit)) for seconds in (low, high))
    return f"{least} to {most} {one}s" if least < most else f"about {figure(most, one)}"


def done_between(low: datetime, high: datetime, zone: tzinfo) -> str:
    """“Done between 11:20 and 11:25”, “Done at about 11:20” where the two are the same minute."""
    first, last = clock(low, zone), clock(high, zone)
    return f"Done at about {first}" if first == last else f"Done between {first} and {last}"
