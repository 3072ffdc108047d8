"""The project's own rules for those who build it: which of them facts can judge, and what they say. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from orchestrator.domain import plain, plan
from orchestrator.domain.gate import Kind
from orchestrator.domain.plain import counted
from orchestrator.domain.review.facts import Facts, Phase

PAPERS = ("AGENTS.md", "CLAUDE.md")
MOST = 60  # rules that are looked at
LONGEST = 160  # characters of one
NEEDS = re.compile(r"(^|/)(requirements[^/]*\.txt|pyproject\.toml|package\.json|go\.mod|Cargo\.toml|Gemfile)$")
CONVENTIONAL = re.compile(r"(feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert)(\([^)]*\))?!?: \S")
OF_OURS = re.compile(r"(plan: phase|docs: vision and phases|keep: what was left)")
_FENCE = re.compile(r"\s*(```|~~~)")
_LIST = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<text>.+)")


class Kept(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule of the project, and what facts say about it."""

    paper: str
    rule: str
    kept: Kept
    why: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rules that speak like this, and the fact that judges them: a sentence where it was broken."""

    speaks: re.Pattern[str]
    of: str
    broken: Callable[[Facts], str | None]  # None: there is nothing to judge by


def judged(facts: Facts) -> tuple[Judged, ...]:
    """Each rule in the papers of the project, in their order."""
    papers = sorted((path, text) for path, text in facts.guides if path in PAPERS)
    rules = [(path, rule) for path, text in papers for rule in listed_rules(text)]
    return tuple(_judged(facts, path, rule) for path, rule in rules[:MOST])


def listed_rules(text: str) -> tuple[str, ...]:
    """The items of lists outside of code: that is how such papers say their rules."""
    found: list[str] = []
    code = False
    for line in text[: plan.LONGEST].splitlines():
        code ^= bool(_FENCE.match(line))
        if not code and (item := _LIST.match(line)):
            found.append(plain.cut(plain.one_line(item["text"]), LONGEST))
    return tuple(found)


def _judged(facts: Facts, paper: str, rule: str) -> Judged:
    for pattern in PATTERNS:
        if pattern.speaks.search(rule):
            broken = pattern.broken(facts) if facts.done else None
            if broken is None:
                return Judged(paper, rule, Kept.NOT_JUDGED, "There is nothing yet by which it could be judged.")
            return Judged(paper, rule, Kept.BROKEN, broken) if broken else Judged(paper, rule, Kept.KEPT, pattern.of)
    return Judged(paper, rule, Kept.NOT_JUDGED, "No fact that we collect speaks of it.")


def _phases(numbers: list[int]) -> str:
    return f"Not in {plain.listed([f'phase {number}' for number in sorted(numbers)])}." if numbers else ""


def _first(facts: Facts) -> str | None:
    known = [phase for phase in facts.done if phase.first_tests is not None]
    return _phases([phase.number for phase in known if not phase.first_tests]) if known else None


def _green(facts: Facts) -> str | None:
    """Whatever was red on the way: how our checks ended decides."""
    checked = [phase for phase in facts.done if phase.checks]
    return _phases([phase.number for phase in checked if not _ended_green(phase)]) if checked else None


def _ended_green(phase: Phase) -> bool:
    newest = max(phase.checks, key=lambda one: (one.place, one.round))
    return phase.rounds[newest.round]


def _guarded(facts: Facts) -> str | None:
    return _phases([phase.number for phase in facts.done if any(one.alarm for one in phase.noticed)])


def _needs(facts: Facts) -> str | None:
    touched = sorted({file.path for phase in facts.done for file in phase.files if NEEDS.search(file.path)})
    return f"Changed: {plain.listed(touched)}." if touched else ""


def _papers(name: str) -> Callable[[Facts], str | None]:
    def broken(facts: Facts) -> str | None:
        built = [phase for phase in facts.done if phase.files]
        stems = {phase.number: {PurePosixPath(file.path).stem.upper() for file in phase.files} for phase in built}
        return _phases([number for number, names in stems.items() if name not in names]) if built else None

    return broken


def _named(facts: Facts) -> str | None:
    names = [one for phase in facts.done for one in phase.save_points if not OF_OURS.match(one)]
    wrong = sorted(one for one in names if not CONVENTIONAL.match(one))
    if not names:
        return None
    return f"{plain.capital(counted(len(wrong), 'save point'))} of {len(names)}: “{wrong[0]}”." if wrong else ""


def _asked(facts: Facts) -> str | None:
    asked = [one for phase in facts.done for one in phase.asked(Kind.PERMISSION)]
    return f"A builder asked {counted(len(asked), 'time')} for leave to do something beyond its work." if asked else ""


PATTERNS = (
    Pattern(
        re.compile(
            r"\b(delete|skip|remove|weaken|disable|lower)\b.{0,40}\b(tests?|thresholds?|coverage)\b", re.IGNORECASE
        ),
        "No alarm when tests were compared with before.",
        _guarded,
    ),
    Pattern(
        re.compile(r"\b(tests?|checks?)\b.{0,40}\b(pass|green)\b|\bfailing tests?\b", re.IGNORECASE),
        "Our own checks passed in each phase.",
        _green,
    ),
    Pattern(
        re.compile(
            r"\btests?\b.{0,30}\b(first\b|before\b.{0,12}\b(code|building|implement))|\btest[- ]driven\b|\bTDD\b",
            re.IGNORECASE,
        ),
        "History shows it for each phase.",
        _first,
    ),
    Pattern(
        re.compile(r"\b(no|without|avoid|new|add)\b.{0,20}\b(dependenc|librar|packages?\b)", re.IGNORECASE),
        "No list of building blocks was changed.",
        _needs,
    ),
    Pattern(re.compile(r"\bchangelog\b", re.IGNORECASE), "It was changed in each phase.", _papers("CHANGELOG")),
    Pattern(re.compile(r"\breadme\b", re.IGNORECASE), "It was changed in each phase.", _papers("README")),
    Pattern(re.compile(r"\bconventional commits?\b", re.IGNORECASE), "Each save point is named like that.", _named),
    Pattern(
        re.compile(r"\b(never|not|no|nothing)\b.{0,20}\bpush|\bpush nothing\b|\bask before\b", re.IGNORECASE),
        "No builder asked for more than its work needs.",
        _asked,
    ),
)
