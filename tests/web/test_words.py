"""Numbers and times as people say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.telling import times, words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 8, 20, tzinfo=UTC)  # a Sunday, 11:08 in Berlin


def before(**much: int) -> datetime:
    return NOW - timedelta(**much)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "no phases"), (1, "one phase"), (5, "five phases"), (12, "twelve phases"), (13, "13 phases")]
)
def test_small_numbers_are_words(n: int, said: str):
    assert words.count(n, "phase") == said


def test_some_words_have_their_own_plural():
    assert words.count(2, "try", "tries") == "two tries"
    assert words.figure(1, "question") == "1 question"
    assert words.figure(3, "question") == "3 questions"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_lists_are_read_aloud(items: list[str], said: str):
    assert words.listed(items, "or") == said


def test_sentences_are_joined_without_shouting():
    assert words.lower_first("You can swap a meal") == "you can swap a meal"
    assert words.lower_first("A week of dinners") == "a week of dinners"
    assert words.lower_first("PDF export works") == "PDF export works"
    assert words.lower_first("I’m asked") == "I’m asked"
    assert words.bare("Done. ") == "Done"
    assert words.upper_first("step 1") == "Step 1"
    assert words.upper_first("") == ""


def test_documents_are_counted_in_pages():
    assert words.pages("word " * 900) == "two pages"
    assert words.pages("") == "one page"


@pytest.mark.parametrize(
    ("name", "initials"), [("Nadia Rahman", "NR"), ("Tom", "T"), ("Ana de la Cruz", "AC"), ("", "")]
)
def test_people_have_initials(name: str, initials: str):
    assert words.initials(name) == initials


@pytest.mark.parametrize(
    ("at", "when", "day_at", "since", "ago"),
    [
        (before(seconds=2), "11:08", "today at 11:08", "Since 11:08", "just now"),
        (before(seconds=20), "11:08", "today at 11:08", "Since 11:08", "20 seconds ago"),
        (before(minutes=12), "10:56", "today at 10:56", "Since 10:56", "12 minutes ago"),
        (before(hours=2), "9:08", "today at 9:08", "Since 9:08", "at 9:08"),
        (before(hours=17), "yesterday, 18:08", "yesterday at 18:08", "Since yesterday 18:08", "yesterday"),
        (before(days=6), "on 16 November, 11:08", "on 16 November at 11:08", "Since 16 November", "on 16 November"),
        (before(days=365), "on 22 November 2025, 11:08", "on 22 November 2025 at 11:08", "Since 22 November 2025",
         "on 22 November 2025"),
    ],
)  # fmt: skip
def test_times_say_the_day_when_it_is_not_today(at: datetime, when: str, day_at: str, since: str, ago: str):
    assert times.when(at, NOW, BERLIN) == when
    assert times.day_at(at, NOW, BERLIN) == day_at
    assert times.since(at, NOW, BERLIN) == since
    assert times.ago(at, NOW, BERLIN) == ago


def test_the_same_moment_is_another_day_elsewhere():
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert times.day(late, NOW, UTC) == "yesterday"
    assert times.day(late, NOW, BERLIN) == "today"


def test_within_a_week_the_day_has_its_name():
    assert times.weekday(before(days=6), NOW, BERLIN) == "on Monday"
    assert times.weekday(before(days=7), NOW, BERLIN) == "on 15 November"
    assert times.weekday(before(days=1), NOW, BERLIN) == "yesterday"
    assert times.weekday(NOW, NOW, BERLIN) == "today"


def test_days_of_the_history_have_headings():
    today = date(2026, 11, 22)
    assert times.heading(today, today) == "Today, Sunday 22 November"
    assert times.heading(date(2026, 11, 21), today) == "Yesterday"
    assert times.heading(date(2025, 11, 17), today) == "Monday 17 November 2025"


@pytest.mark.parametrize(
    ("hour", "part"), [(3, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_knows_the_hour(hour: int, part: str):
    assert times.part_of_day(datetime(2026, 11, 22, hour, tzinfo=BERLIN), BERLIN) == part


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (5399, "89 minutes"),
        (5400, "2 hours"),
        (172800, "2 days"),
    ],
)
def test_lengths_are_said_in_one_unit(seconds: int, said: str):
    assert times.length(seconds) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (600, 900, "10 to 15 minutes"),
        (480, 480, "about 8 minutes"),
        (10, 20, "about 1 minute"),
        (3600, 7200, "1 to 2 hours"),
    ],
)
def test_ranges_stay_ranges(low: int, high: int, said: str):
    assert times.span(low, high) == said


def test_the_end_of_a_phase_is_a_range_of_the_clock():
    assert times.done_between(NOW, NOW + timedelta(minutes=5), BERLIN) == "Done between 11:08 and 11:13"
    assert times.done_between(NOW, NOW + timedelta(seconds=5), BERLIN) == "Done at about 11:08"


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2026, 11, 22)))  # noqa: DTZ001 - made aware below
def test_every_moment_of_the_past_can_be_said(at: datetime):
    then = at.replace(tzinfo=UTC)
    assert times.clock(then, BERLIN) in times.when(then, NOW, BERLIN)
    assert times.ago(then, NOW, BERLIN)
