"""What a check's log says, and whether that is a pass: decided from numbers and the exit code, never from a claim."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

MOST_FAILURES = 50
WIDEST = 2_000  # characters of a line of a log that we look at

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
UNSEEN = dict.fromkeys({*range(32), 127} - set(map(ord, "\t\n\r")))  # control characters; a database refuses some
TOO_FEW = re.compile(r"Required test coverage of (?P<asked>[\d.]+)% not reached\. Total coverage: (?P<got>[\d.]+)%")
TOO_FEW_TOO = re.compile(r"Coverage failure: total of (?P<got>[\d.]+) is less than fail-under=(?P<asked>[\d.]+)")
NO_MODULE = re.compile(r": No module named '?(?P<name>[\w.]+)'?$")

NOTHING_SEEN = "We could not see that any test ran, and that is not a pass."
NOTHING_RUN = "No test ran, and that is not a pass."
NO_REPORT = "The tests ended before they could report how they went. That is not a pass."
CONTRADICTS = "The tests say that they passed, but the program that runs them ended with an error. That is not a pass."
DENIES = "The program that runs the tests says that they failed, and ended as if they had not. That is not a pass."


@dataclass(frozen=True, slots=True)
class Counts:
    """Tests that were expected to fail, and did, count as skipped: they prove nothing."""

    total: int
    passed: int
    failed: int
    errors: int
    skipped: int

    @property
    def executed(self) -> int:
        return self.passed + self.failed + self.errors

    @property
    def bad(self) -> int:
        return self.failed + self.errors


@dataclass(frozen=True, slots=True)
class Failure:
    name: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read. `claims` is what the program that runs the tests says of them, if it says anything."""

    counts: Counts | None = None
    failures: tuple[Failure, ...] = ()
    claims: bool | None = None
    remark: str = ""  # a sentence about what is wrong beside the tests themselves


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    sentence: str


def lines(log: str) -> list[str]:
    """A log as a person would see it on a screen."""
    plain = ESCAPES.sub("", log.replace("\r\n", "\n")).translate(UNSEEN)
    return [line.rpartition("\r")[2][:WIDEST].rstrip() for line in plain.split("\n")]


def remark(log: Iterable[str]) -> str:
    """What a log says that explains a red end of green tests, or of none."""
    sentence = ""
    for line in log:
        if found := TOO_FEW.search(line) or TOO_FEW_TOO.search(line):
            sentence = f"The tests reach {found['got']}% of the code, and {found['asked']}% is asked for."
        elif found := NO_MODULE.search(line):
            sentence = f"Something that the tests need is not installed here: {found['name'][:80]}."
    return sentence


def both(said: Outcome, report: Outcome | None, code: int | None) -> Outcome:
    """A log and a report of the same run. The report knows more, unless the log knows worse.

    A run that ended well and left no report was cut off before its end, whatever its log says.
    """
    if not report or not report.counts:
        return said if code else Outcome(remark=NO_REPORT)
    log = said.counts
    worse = log and (log.bad or not log.executed) and report.counts.executed and not report.counts.bad
    return said if worse else replace(report, claims=said.claims, remark=said.remark)


def judge(code: int | None, outcome: Outcome, *, tests: bool) -> Verdict:
    """Whether a check that came to its end is passed. `tests` says that it is one that must run tests."""
    if code is None:
        return red("The check was ended from outside before it was through.")
    if outcome.counts:
        return _counted(code, outcome, outcome.counts)
    if outcome.remark and (code or tests):
        return red(outcome.remark)
    if tests:
        return red("The tests did not get to their end." if code else NOTHING_SEEN)
    return red("This check found something to repair.") if code else green("Nothing was found wrong.")


def red(sentence: str) -> Verdict:
    return Verdict(passed=False, sentence=sentence)


def green(sentence: str) -> Verdict:
    return Verdict(passed=True, sentence=sentence)


def _counted(code: int, outcome: Outcome, counts: Counts) -> Verdict:
    if counts.bad:
        return red(_failing(counts))
    if not counts.executed:
        return red(_nothing(counts))
    if code:
        return red(outcome.remark or CONTRADICTS)
    if outcome.claims is False:
        return red(DENIES)
    return green(_all(counts))


def _failing(counts: Counts) -> str:
    total = max(counts.total, counts.bad)
    if total == 1:
        return "The only test fails."
    if counts.bad == total:
        return f"All {total:,} tests fail."
    return f"{counts.bad:,} of {total:,} tests {'fails' if counts.bad == 1 else 'fail'}."


def _nothing(counts: Counts) -> str:
    if not counts.skipped:
        return NOTHING_RUN
    which = "The only test was" if counts.skipped == 1 else f"All {counts.skipped:,} tests were"
    return f"{which} skipped, and that is not a pass."


def _all(counts: Counts) -> str:
    said = "The only test that ran passed" if counts.passed == 1 else f"All {counts.passed:,} tests passed"
    if not counts.skipped:
        return f"{said}."
    return f"{said}; {counts.skipped:,} {'was' if counts.skipped == 1 else 'were'} skipped."
