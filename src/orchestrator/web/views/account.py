"""The two pages before anybody is signed in: the one-time set-up and the sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.telling import times
from orchestrator.telling.marks import Field
from orchestrator.telling.words import figure


@dataclass(frozen=True, slots=True)
class SetupPage:
    """`key` is what the one-time link carried; `until` is when it ends: “14:40 today”."""

    key: str
    until: str
    name: Field = field(default_factory=Field)
    email: Field = field(default_factory=Field)
    password: Field = field(default_factory=Field)


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`away` says how long the session lasted, when it has just ended. With a `key`, the link is the password."""

    next: str = "/"
    away: str = ""
    key: str = ""
    email: Field = field(default_factory=Field)
    password: Field = field(default_factory=Field)


def setup(
    *, key: str, until: datetime, name: str = "", email: str = "", wrong: Mapping[str, str], now: datetime
) -> SetupPage:
    """Whoever sets this up sits at the machine it runs on, so its clock is theirs."""
    here = until.astimezone().tzinfo
    assert here is not None, "astimezone gives a zone"
    return SetupPage(
        key,
        f"{times.clock(until, here)} {times.day(until, now, here)}",
        Field(name, wrong.get("name", "")),
        Field(email, wrong.get("email", "")),
        Field("", wrong.get("password", "")),
    )


def sign_in(
    *, next: str, key: str = "", email: str = "", wrong: str = "", away: bool = False, hours: int
) -> SignInPage:
    """Which of the two does not fit is not said."""
    return SignInPage(next, figure(hours, "hour") if away else "", key, Field(email), Field("", wrong))
