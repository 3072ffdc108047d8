"""What a builder's own trouble means: not signed in, limit used up, no money, overloaded. Pure.

Structured fields are believed first. Its words count only where it has failed already, and only by a closed list.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    SIGN_IN = "sign_in"
    LIMIT = "limit"
    MONEY = "money"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Hints:
    """What stood beside the builder's words: whether it failed, why, until when, and which model it used."""

    failed: bool = False
    kind: Kind | None = None
    until: float = 0  # seconds since 1970
    model: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: Kind
    until: datetime | None = None


AUTH_REQUIRED = -32000
SAYS = {
    Kind.SIGN_IN: "{name} has to be signed in first. Whoever runs this installation can do that.",
    Kind.LIMIT: "{name} has used up its limit.",
    Kind.MONEY: "There is no money left where {name} is paid. Whoever runs this installation can add some.",
    Kind.BUSY: "The AI model that {name} uses has too much to do at the moment. Nothing is lost; try again in a while.",
}
UNTOLD = "It did not say when it goes on; try again in a while."
KINDS = {  # errorKind of Claude Code, codexErrorInfo of Codex
    "authentication_failed": Kind.SIGN_IN,
    "oauth_org_not_allowed": Kind.SIGN_IN,
    "billing_error": Kind.MONEY,
    "account_on_hold": Kind.MONEY,
    "rate_limit": Kind.LIMIT,
    "overloaded": Kind.BUSY,
    "unauthorized": Kind.SIGN_IN,
    "usageLimitExceeded": Kind.LIMIT,
    "rateLimitExceeded": Kind.LIMIT,
    "serverOverloaded": Kind.BUSY,
}
STATUS = {401: Kind.SIGN_IN, 402: Kind.MONEY, 429: Kind.LIMIT, 503: Kind.BUSY, 529: Kind.BUSY}
PHRASES = (  # the first that is found decides
    (Kind.MONEY, "credit balance is too low|insufficient_quota|exceeded your current quota|out of usage credits"),
    (Kind.SIGN_IN, "(invalid|incorrect) (x-)?api[ -]key|please run /login|not logged in|api key not (valid|found)"),
    (Kind.LIMIT, "usage limit|you['’]ve (hit|reached) your|rate limit|too many requests|resource_exhausted|quota"),
    (Kind.BUSY, "overloaded|at capacity|service unavailable"),
    (Kind.SIGN_IN, r"\b401\b|unauthorized|authentication_error"),
    (Kind.LIMIT, r"\b429\b"),
    (Kind.BUSY, r"\b(503|529)\b"),
)
EPOCH = re.compile(r"\|(\d{10})\b")
DATE = r"(?:(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?(?:,|\s+at)?\s+)?"
AT = re.compile(
    rf"(?:resets|try again)\s+(?:at\s+|on\s+)?{DATE}(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))?\s*(?P<half>[ap]m)?\b"
    r"(?:\s*\((?P<zone>[\w/+-]+)\))?",
    re.IGNORECASE,
)
IN = re.compile(r"try again in\s+((?:\d+\s*(?:days?|hours?|minutes?|seconds?)[\s,and]*)+)", re.IGNORECASE)
PIECE = re.compile(r"(\d+)\s*(day|hour|minute|second)", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NOON = 12
LAST = 600  # characters of what a builder said in which its failure may stand


def heard(hints: Hints, meta: Mapping[str, Any] | None) -> Hints:
    """The hints with what a message brought along. Each agent has its own names for that."""
    if not meta:
        return hints
    if isinstance(model := meta.get("_claude/model"), str):
        hints = replace(hints, model=model)
    if isinstance(limit := meta.get("_claude/rateLimit"), dict) and limit.get("status") == "rejected":
        hints = replace(hints, kind=Kind.LIMIT, until=_number(limit.get("resetsAt")))
    if isinstance(codex := meta.get("codex"), dict):
        hints = _of_codex(hints, codex)
    return hints


def _of_codex(hints: Hints, told: Mapping[str, Any]) -> Hints:
    if isinstance(error := told.get("error"), dict):
        return replace(hints, kind=_named(error))
    if isinstance(status := told.get("threadStatus"), dict):
        return replace(hints, failed=status.get("type") == "systemError")
    return hints


def refused(code: int, data: Any, words: str, hints: Hints, now: datetime) -> Trouble | None:
    """What it means that the builder answered with an error. None: something else, which may be tried again."""
    words = " ".join([words, *_texts(data)])
    kind = Kind.SIGN_IN if code == AUTH_REQUIRED else _named(data) or hints.kind or phrase(words)
    return _trouble(kind, words, hints, now)


def ended(said: str, hints: Hints, now: datetime) -> Trouble | None:
    """What it means that the builder came to its end as if nothing was wrong. None: nothing was."""
    words = said[-LAST:]
    return _trouble(hints.kind or phrase(words), words, hints, now) if hints.failed else None


def sentence(trouble: Trouble, name: str, now: datetime) -> str:
    """For a person, with the time as the clock on the wall of `now` shows it."""
    told = SAYS[trouble.kind].format(name=name)
    if trouble.kind is not Kind.LIMIT:
        return told
    return f"{told} {f'It goes on {spoken(trouble.until, now)}.' if trouble.until else UNTOLD}"


def spoken(when: datetime, now: datetime) -> str:
    local = when.astimezone(now.tzinfo)
    day = "" if local.date() == now.date() else f" on {local.day} {local:%B}"
    return f"at {local:%H:%M}{day}"


def phrase(words: str) -> Kind | None:
    """What the words of a failure say, by the closed list."""
    return next((kind for kind, said in PHRASES if re.search(said, words, re.IGNORECASE)), None)


def until(words: str, now: datetime) -> datetime | None:
    """The time that the words of a failure name; one that has passed today is tomorrow's."""
    if found := EPOCH.search(words):
        return datetime.fromtimestamp(int(found[1]), UTC)
    if found := IN.search(words):
        parts = {f"{unit.lower()}s": int(count) for count, unit in PIECE.findall(found[1])}
        return now + timedelta(**parts)
    return _clock(found, now) if (found := AT.search(words)) else None


def _clock(found: "re.Match[str]", now: datetime) -> datetime | None:
    hour = int(found["hour"])
    if found["half"] and hour <= NOON:
        hour = hour % NOON + (NOON if found["half"].lower() == "pm" else 0)
    try:
        local = now.astimezone(ZoneInfo(found["zone"])) if found["zone"] else now
        when = local.replace(hour=hour, minute=int(found["minute"] or 0), second=0, microsecond=0)
        if not found["month"]:
            return when if when > local else when + timedelta(days=1)
        month = MONTHS.index(found["month"].lower()) + 1
        return when.replace(year=int(found["year"] or local.year), month=month, day=int(found["day"]))
    except (ValueError, KeyError, OSError):  # no such hour, day, month or zone
        return None


def _trouble(kind: Kind | None, words: str, hints: Hints, now: datetime) -> Trouble | None:
    if kind is None:
        return None
    if kind is not Kind.LIMIT:
        return Trouble(kind)
    told = datetime.fromtimestamp(hints.until, UTC) if hints.until else until(words, now)
    return Trouble(kind, told if told and told > now else None)


def _named(data: Any) -> Kind | None:
    """The kind that an error names in its fields, by a word or by the status of an answer."""
    if not isinstance(data, dict):
        return None
    if isinstance(word := data.get("errorKind"), str) and word in KINDS:
        return KINDS[word]
    info = data.get("codexErrorInfo")
    if isinstance(info, str):
        return KINDS.get(info)
    found = [value for value in info.values() if isinstance(value, dict)] if isinstance(info, dict) else []
    return next((STATUS[one["httpStatusCode"]] for one in found if one.get("httpStatusCode") in STATUS), None)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (data[name] for name in ("message", "additionalDetails") if isinstance(data.get(name), str))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0
