"""When somebody may be interrupted: never in quiet hours, never more often than they want, and always in the end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.calling import TALKING, Caller, put_off
from orchestrator.domain.elsewhere import Manners

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 1, 1, tzinfo=BERLIN)
MOMENTS = st.integers(0, 365 * 1440).map(lambda minutes: FIRST + timedelta(minutes=minutes))
MINUTES = st.integers(0, 1439)


def quiet(manners: Manners, now: datetime) -> bool:
    """Minute by minute from the beginning of quiet hours, as a clock would go."""
    at, minute = manners.quiet_from, now.hour * 60 + now.minute
    while at != manners.quiet_until:
        if at == minute:
            return True
        at = (at + 1) % 1440
    return False


@given(MOMENTS, MINUTES, MINUTES, st.integers(0, 5), st.integers(0, 5))
def test_what_is_put_off_comes_within_two_days_outside_of_quiet_hours(now, begins, ends, most, rang):
    manners = Manners(begins, ends, most)
    until = put_off(Caller(manners, now, rang))
    if until is None:
        assert not quiet(manners, now)
        assert not most or rang < most
    else:
        assert timedelta(0) < until - now <= timedelta(days=2)
        assert not quiet(manners, until)


@given(MOMENTS, MINUTES, MINUTES, st.timedeltas(timedelta(0), TALKING - timedelta(seconds=1)))
def test_who_talks_with_us_is_never_made_to_wait(now, begins, ends, ago):
    assert put_off(Caller(Manners(begins, ends, 1), now, 9, now - ago)) is None


def test_without_wishes_everything_rings():
    assert put_off(Caller(Manners(), datetime(2026, 3, 1, 3, tzinfo=BERLIN), 99)) is None
