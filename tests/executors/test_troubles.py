"""What the troubles of real builders mean: their fields are believed first, their words only from a closed list."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orchestrator.executors import troubles
from orchestrator.executors.troubles import Hints, Kind, Trouble, heard

BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 26, 11, 30, tzinfo=BERLIN)
EPOCH = int(datetime(2026, 11, 26, 13, 0, tzinfo=UTC).timestamp())
INTERNAL, NOTHING = -32603, Hints()


def at(hour: int, minute: int = 0, day: int = 26, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("code", "data", "words", "kind"),
    [
        (-32000, None, "Authentication required", Kind.SIGN_IN),
        (INTERNAL, {"errorKind": "authentication_failed"}, "", Kind.SIGN_IN),
        (INTERNAL, {"errorKind": "rate_limit"}, "API Error: Request rejected (429)", Kind.LIMIT),
        (INTERNAL, {"errorKind": "overloaded"}, "API Error: Repeated 529 Overloaded errors.", Kind.BUSY),
        (INTERNAL, {"errorKind": "billing_error"}, "Credit balance is too low", Kind.MONEY),
        (INTERNAL, {"codexErrorInfo": "usageLimitExceeded", "message": "x"}, "Internal error", Kind.LIMIT),
        (INTERNAL, {"codexErrorInfo": {"responseTooManyFailedAttempts": {"httpStatusCode": 429}}}, "", Kind.LIMIT),
        (INTERNAL, {"codexErrorInfo": {"httpConnectionFailed": {"httpStatusCode": None}}}, "", None),
        (INTERNAL, {"service": "session", "errorName": "APIError"}, "Incorrect API key provided.", Kind.SIGN_IN),
        (INTERNAL, None, "API key not valid. Please pass a valid API key.", Kind.SIGN_IN),
        (INTERNAL, None, "Please run /login", Kind.SIGN_IN),
        (INTERNAL, None, "You exceeded your current quota, please check your plan and billing details.", Kind.MONEY),
        (INTERNAL, None, "Resource has been exhausted: RESOURCE_EXHAUSTED", Kind.LIMIT),
        (INTERNAL, None, "Claude AI usage limit reached|1764150000", Kind.LIMIT),
        (INTERNAL, None, "Service Unavailable", Kind.BUSY),
        (INTERNAL, {"message": "got status 503"}, "Internal error", Kind.BUSY),
        (INTERNAL, None, "Cannot read properties of undefined", None),
        (INTERNAL, None, "Line 4291 could not be parsed", None),
        (INTERNAL, "not a dictionary", "", None),
        (INTERNAL, {"errorKind": ["strange"]}, "", None),
    ],
)
def test_an_error_is_recognised_or_may_be_tried_again(code: int, data: object, words: str, kind: Kind | None):
    found = troubles.refused(code, data, words, NOTHING, NOW)
    assert (found.kind if found else None) is kind


@pytest.mark.parametrize(
    ("words", "when"),
    [
        (f"Claude AI usage limit reached|{EPOCH}", at(14)),
        ("You've hit your limit · resets 2pm", at(14)),
        ("You've hit your session limit · resets 2:45pm (Europe/Berlin)", at(14, 45)),
        ("You've hit your limit · resets 1pm (UTC)", at(14)),
        ("You've hit your limit · resets 9am", at(9, day=27)),
        ("You've hit your weekly limit · resets Nov 28, 3pm (Europe/Berlin)", at(15, day=28)),
        ("You've hit your usage limit. Try again at 15:05.", at(15, 5)),
        ("You've hit your usage limit. Try again at Dec 1st, 2026 3:05 PM.", at(15, 5, 1, 12)),
        ("You've hit your usage limit. Try again in 2 hours 15 minutes.", at(13, 45)),
        ("You've hit your usage limit, try again in 1 day, 1 hour.", at(12, 30, day=27)),
        ("You've hit your usage limit. Try again later.", None),
        ("You've hit your limit · resets 2pm (Nowhere/At_All)", None),
        ("You've hit your limit · resets 27pm", None),
        ("You've hit your limit · resets Foo 45, 99:99", None),
        ("usage limit reached|1000000000", None),  # that is long over
    ],
)
def test_the_time_at_which_it_goes_on_is_read_where_it_is_said(words: str, when: datetime | None):
    found = troubles.refused(INTERNAL, {"errorKind": "rate_limit"}, words, NOTHING, NOW)
    assert found == Trouble(Kind.LIMIT, when)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(Kind.LIMIT, at(14)), "Claude Code has used up its limit. It goes on at 14:00."),
        (Trouble(Kind.LIMIT, at(9, 5, 27)), "Claude Code has used up its limit. It goes on at 09:05 on 27 November."),
        (
            Trouble(Kind.LIMIT),
            "Claude Code has used up its limit. It did not say when it goes on; try again in a while.",
        ),
        (
            Trouble(Kind.SIGN_IN),
            "Claude Code has to be signed in first. Whoever runs this installation can do that.",
        ),
        (
            Trouble(Kind.MONEY),
            "There is no money left where Claude Code is paid. Whoever runs this installation can add some.",
        ),
        (
            Trouble(Kind.BUSY),
            troubles.SAYS[Kind.BUSY].replace("{name}", "Claude Code"),
        ),
    ],
)
def test_a_person_reads_what_it_means_and_when_it_goes_on(trouble: Trouble, says: str):
    assert troubles.sentence(trouble, "Claude Code", NOW) == says


def test_a_time_in_a_field_is_believed_before_one_in_words():
    limit = {"status": "rejected", "resetsAt": EPOCH, "rateLimitType": "five_hour"}
    hints = heard(heard(NOTHING, {"_claude/model": "claude-opus-5-5"}), {"_claude/rateLimit": limit})

    assert (hints.model, hints.until) == ("claude-opus-5-5", EPOCH)
    assert troubles.refused(INTERNAL, None, "resets 9pm", hints, NOW) == Trouble(Kind.LIMIT, at(14))


@pytest.mark.parametrize(
    "meta", [None, {}, {"_claude/rateLimit": {"status": "allowed", "resetsAt": EPOCH}}, {"codex": "?"}, {"other": 1}]
)
def test_what_says_nothing_changes_nothing(meta: dict[str, object] | None):
    assert heard(NOTHING, meta) == NOTHING


def test_who_failed_and_says_that_it_has_finished_is_not_believed():
    busy = {"error": {"codexErrorInfo": {"responseStreamDisconnected": {"httpStatusCode": 529}}, "willRetry": True}}
    tried = heard(NOTHING, {"codex": busy})
    failed = heard(tried, {"codex": {"threadStatus": {"type": "systemError"}}})

    assert troubles.ended("All done.", tried, NOW) is None
    assert troubles.ended("All done.", failed, NOW) == Trouble(Kind.BUSY)
    assert troubles.ended("exceeded retry limit, last status: 429", heard(NOTHING, SYSTEM_ERROR), NOW) == Trouble(
        Kind.LIMIT
    )


SYSTEM_ERROR = {"codex": {"threadStatus": {"type": "systemError"}}}


def test_words_of_a_builder_that_did_not_fail_mean_nothing():
    said = "I have added a message for “rate limit reached” and one for 401 Unauthorized."
    assert troubles.ended(said, NOTHING, NOW) is None
