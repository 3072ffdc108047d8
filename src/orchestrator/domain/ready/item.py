"""What a question is: what it asks of whom, how much it matters, and what to do about it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    FUNCTIONALITY = "functionality"
    TESTING = "testing"
    SECURITY = "security"
    OPERATIONS = "operations"
    PERFORMANCE = "performance"
    DOCUMENTATION = "documentation"
    COMPLIANCE = "compliance"


class Priority(StrEnum):
    BLOCKER = "blocker"
    IMPORTANT = "important"
    NICE = "nice to have"


@dataclass(frozen=True, slots=True)
class Item:
    """`star`: without it nothing is ready. `vouch`: a person may vouch for it, because no program can settle it."""

    id: str
    title: str  # for those who know the field
    question: str  # for everybody else
    advice: str
    hours: float
    priority: Priority = Priority.IMPORTANT
    star: bool = False
    vouch: bool = False

    @property
    def category(self) -> Category:
        return CATEGORIES[self.id[0]]


CATEGORIES: Final = {
    "F": Category.FUNCTIONALITY,
    "T": Category.TESTING,
    "S": Category.SECURITY,
    "O": Category.OPERATIONS,
    "P": Category.PERFORMANCE,
    "D": Category.DOCUMENTATION,
    "C": Category.COMPLIANCE,
}


def must(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, Priority.BLOCKER, star=True)


def nice(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, Priority.NICE)


def vouched(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, vouch=True)
