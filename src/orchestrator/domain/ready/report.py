"""What was found about each question, and the verdict that follows from it by fixed rules. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from orchestrator.domain.ready.board import Board
from orchestrator.domain.ready.items import ITEMS, TOTAL, Category, Item, Priority


class State(StrEnum):
    PROVEN = "proven"
    OUT_OF_DATE = "out_of_date"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    ATTESTED = "attested"
    NOT_NEEDED = "not_needed"


ENOUGH: Final = 50
BANDS: Final = ((40, "almost there"), (30, "not ready"), (0, "not of production quality"))
VOUCHES: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was run or read, and what came of it."""

    what: str  # the command, or what was read
    commit: str
    at: datetime
    exit_code: int | None = None
    excerpt: str = ""
    sha256: str = ""  # of the whole log
    seconds: float = 0
    covers: str = ""  # the hash of the content that this speaks of


@dataclass(frozen=True, slots=True)
class Vouched:
    """A person's word for what no program can settle."""

    by: str
    sentence: str
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + VOUCHES


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one question. `reason` says why it is not needed, or was not checked."""

    item: Item
    state: State
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    vouched: Vouched | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it counts as proven: a person's word only for what a person may vouch for."""
        return self.state in {State.PROVEN, State.NOT_NEEDED} or (self.state is State.ATTESTED and self.item.vouch)

    @property
    def stands(self) -> bool:
        """Whether a question without which nothing is ready is settled."""
        return self.counts and (self.state is not State.NOT_NEEDED or bool(self.sentence))


@dataclass(frozen=True, slots=True)
class Report:
    """All 54 answers about one commit."""

    commit: str
    at: datetime
    answers: tuple[Answer, ...]
    board: Board = field(default_factory=Board)

    @property
    def score(self) -> int:
        return sum(answer.counts for answer in self.answers)

    @property
    def missing(self) -> tuple[Answer, ...]:
        """What is left, the most urgent first."""
        order = list(Priority)
        left = [answer for answer in self.answers if not answer.counts]
        return tuple(sorted(left, key=lambda answer: (order.index(answer.item.priority), ITEMS.index(answer.item))))

    @property
    def blocked(self) -> tuple[Answer, ...]:
        """The questions without which nothing is ready, and that are not settled."""
        return tuple(answer for answer in self.answers if answer.item.star and not answer.stands)

    @property
    def ready(self) -> bool:
        return len(self.answers) == TOTAL and self.score >= ENOUGH and not self.blocked

    @property
    def hours(self) -> float:
        return sum(answer.item.hours for answer in self.missing)

    @property
    def verdict(self) -> str:
        """One sentence. The two words are said only where both rules hold."""
        left = len(self.missing)
        if self.ready:
            rest = f", with {_things(left)} that may follow" if left else ""
            return f"Production-ready: {self.score} of {TOTAL} proven{rest}."
        if self.score >= ENOUGH:
            return f"Not ready: {self.score} of {TOTAL} are proven, but {_must(len(self.blocked))}."
        return f"Not ready: {_things(left)} left."

    @property
    def band(self) -> str:
        """How far it is, in words."""
        if self.ready:
            return "production ready"
        return next(words for least, words in BANDS if self.score >= least)

    def of(self, category: Category) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.item.category is category)

    @property
    def categories(self) -> dict[Category, tuple[int, int]]:
        """For each, how many are proven of how many."""
        return {one: (sum(a.counts for a in self.of(one)), len(self.of(one))) for one in Category}


def whole(commit: str, at: datetime, answers: Iterable[Answer]) -> Report:
    """A report in which each question stands once, those that nobody asked as not checked."""
    known = {answer.item.id: answer for answer in answers}
    return Report(commit, at, tuple(known.get(item.id) or not_checked(item) for item in ITEMS))


def not_checked(item: Item, why: str = "Nobody has checked this yet.") -> Answer:
    return Answer(item, State.NOT_CHECKED, why)


def attested(item: Item, vouched: Vouched, now: datetime) -> Answer:
    """A person's word, for as long as it holds."""
    if not item.vouch:
        return not_checked(item, "A person’s word is not enough for this.")
    if now >= vouched.until:
        over = f"{vouched.by} vouched for it, until {vouched.until:%-d %B %Y}."
        return Answer(item, State.OUT_OF_DATE, over, vouched=vouched)
    sentence = f"{vouched.by} vouches for it, until {vouched.until:%-d %B}: “{vouched.sentence}”"
    return Answer(item, State.ATTESTED, sentence, vouched=vouched)


def _things(number: int) -> str:
    return f"{number} thing{'s' * (number != 1)}"


def _must(number: int) -> str:
    return "one thing that must be so is not" if number == 1 else f"{number} things that must be so are not"
