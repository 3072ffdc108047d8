"""Test results as JUnit XML, which pytest writes to a place of ours."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from orchestrator.evidence.reports import xml
from orchestrator.evidence.results import MOST_FAILURES, Counts, Failure, Outcome
from orchestrator.evidence.words import short


def read(text: str) -> Outcome | None:
    """What the report says case by case, or None where it is none. Its own totals are not believed."""
    root = xml(text)
    if root is None or root.tag not in {"testsuites", "testsuite"}:
        return None
    cases = list(root.iter("testcase"))
    failed, errors, skipped = (_having(cases, tag) for tag in ("failure", "error", "skipped"))
    passed = max(0, len(cases) - failed - errors - skipped)
    counts = Counts(len(cases), passed, failed, errors, skipped)
    failures = [failure for case in cases for failure in _failures(case)]
    return Outcome(counts, tuple(failures[:MOST_FAILURES]))


def _having(cases: list[Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _failures(case: Element) -> Iterator[Failure]:
    for tag in ("failure", "error"):
        if (found := case.find(tag)) is not None:
            name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
            yield Failure(short(name, 200), short(_first_line(found.get("message") or found.text or ""), 300))
            return


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
