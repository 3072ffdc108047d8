"""The two pages before anybody is signed in: the one-time set-up and the sign-in."""

from dataclasses import dataclass, field

from orchestrator.web.views.marks import Field


@dataclass(frozen=True, slots=True)
class SetupPage:
    """`token` is what the one-time link carried; `until` is when it ends: “14:40 today”."""

    token: str
    until: str
    name: Field = field(default_factory=Field)
    email: Field = field(default_factory=Field)
    password: Field = field(default_factory=Field)


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`away` says how long the session lasted, when it has just ended: “12 hours”."""

    next: str = "/"
    away: str = ""
    email: Field = field(default_factory=Field)
    password: Field = field(default_factory=Field)


def too_short(password: str, least: int) -> str:
    """“Six characters so far: please use at least 12. …”"""
    from_words = "Three or four words are easy to remember."
    so_far = f"{len(password)} characters so far" if password else "A password is needed"
    return f"{so_far}: please use at least {least}. {from_words}"
