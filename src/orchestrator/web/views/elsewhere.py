"""What somebody sets for other services: their accounts there, and when they may be interrupted."""

from dataclasses import dataclass, field

from orchestrator.telling.marks import Choice, Field, Mark


@dataclass(frozen=True, slots=True)
class Linked:
    """An account elsewhere that is this person."""

    outside: str
    name: str
    text: str  # since when


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code that was just made; it is shown once."""

    typed: str  # what to write there
    where: str  # the sentence that says where
    works: str  # how long, and for whom
    link: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One service: who you are there, and how you become somebody there."""

    channel: str
    title: str
    mark: Mark
    text: str
    linked: tuple[Linked, ...] = ()
    may_link: bool = False
    login: Field | None = None  # where the account has to be said first
    code: CodeView | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of news, and where it is told."""

    news: str
    title: str
    text: str
    channels: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Interruptions:
    quiet_from: Field
    quiet_until: Field
    most: tuple[Choice, ...]
    told: tuple[Told, ...]
    small: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    accounts: tuple[Account, ...]
    interruptions: Interruptions


@dataclass(frozen=True, slots=True)
class Undone:
    """Something that could not be delivered, or not be taken up."""

    what: str
    where: str
    problem: str
    again: str  # where “Try again” posts to


@dataclass(frozen=True, slots=True)
class OperationsPage:
    undelivered: tuple[Undone, ...]
    not_taken: tuple[Undone, ...]
    waiting: str
    saved: str = ""
    nothing: str = field(default="Everything that was to be said elsewhere was said.")
