"""Something that a person should know about a change: an alarm stops the way, a note is only said."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.evidence.words import short

MOST = 100  # details of a finding
LONGEST = 300  # characters of each


class Severity(StrEnum):
    ALARM = "alarm"
    NOTE = "note"


class Kind(StrEnum):
    """What was done, for machines; the sentence is for people."""

    FILE_GONE = "test-file-gone"
    TESTS_GONE = "tests-gone"
    SKIPPED = "tests-skipped"
    WEAKENED = "tests-weakened"
    HOLLOW = "tests-hollow"
    SWALLOWED = "failures-swallowed"
    EXPECTS = "expectations-changed"
    UNREADABLE = "tests-unreadable"
    MOCKS = "mocks-grown"
    THRESHOLD = "threshold-lowered"
    LEFT_OUT = "left-out"
    CHECKS = "checks-changed"
    AUTOMATION = "automation-changed"
    FORGIVEN = "failures-forgiven"
    OUTCOMES = "outcomes-patched"


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is empty where it is not about one file. `details` are technical and shown folded."""

    kind: Kind
    path: str
    sentence: str
    severity: Severity
    details: tuple[str, ...] = ()


def alarm(kind: Kind, path: str, sentence: str, details: tuple[str, ...] = ()) -> Finding:
    return _finding(kind, path, sentence, Severity.ALARM, details)


def note(kind: Kind, path: str, sentence: str, details: tuple[str, ...] = ()) -> Finding:
    return _finding(kind, path, sentence, Severity.NOTE, details)


def _finding(kind: Kind, path: str, sentence: str, severity: Severity, details: tuple[str, ...]) -> Finding:
    """Paths and details come from files that anybody wrote: cut, and without what cannot be shown or stored."""
    shown = tuple(short(one, LONGEST) for one in details[:MOST])
    return Finding(kind, short(path, LONGEST), sentence, severity, shown)
