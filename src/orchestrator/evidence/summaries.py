"""The summaries of test programs, each in its own words. The last one in a log counts: others may be forged."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.evidence.results import MOST_FAILURES, Counts, Failure, Outcome, remark
from orchestrator.evidence.words import short

Log = Sequence[str]
LONGEST_TRACE = 400  # lines


@dataclass(frozen=True, slots=True)
class Summary:
    """`at` is the line where it stands."""

    at: int
    counts: Counts
    claims: bool | None = None


UNITTEST_RAN = re.compile(r"Ran (\d{1,9}) tests? in [\d.]+s")
UNITTEST_SAYS = re.compile(r"(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?")
PYTHON_ERROR = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Failed|Interrupt|Group)\b.*")
UNITTEST_NAME = re.compile(r"(?:FAIL|ERROR): (.+)")
PYTEST = re.compile(
    r"=*\s*((?:no tests ran|\d{1,9} [a-z ]+)(?:, \d{1,9} [a-z ]+)*) in [\d.]+s(?: \([\d:., a-z]+\))?\s*=*"
)
PYTEST_NAME = re.compile(r"(?:FAILED|ERROR) ([^\s].*?)(?: - (.*))?")
NODE = re.compile(r"(?:#|ℹ) (tests|pass|fail|cancelled|skipped|todo) (\d{1,9})")
NODE_NAME = re.compile(r"\s*(?:not ok \d+ - (?P<tap>.+)|✖ (?P<spec>.+?) \([\d.]+ms\))")
JEST = re.compile(r"\s*Tests:?\s+(\d{1,9} [a-z]+(?:(?:, | \| )\d{1,9} [a-z]+)*)(?: \(\d{1,9}\))?")
JEST_NAME = re.compile(r"\s*(?:●|FAIL )\s+(.+ [›>] .+)")
MOCHA = re.compile(r"\s+(\d{1,9}) (passing|failing|pending)(?: \(\w+\))?")
MOCHA_NAME = re.compile(r"\s+\d{1,6}\) (.+)")
NUMBERED = re.compile(r"(\d{1,9}) ([a-z ]+)")
NAMED = re.compile(r"([a-z ]+)=(\d{1,9})")


def read(log: Log, runner: str = "") -> Outcome:
    """What a log says, in the words of the runner that was called or else of the one that speaks last."""
    found = [(summary, name) for name in ([runner] if runner else READERS) if (summary := READERS[name](log))]
    if not found:
        return Outcome(remark=remark(log))
    summary, name = max(found, key=lambda pair: pair[0].at)
    failures = tuple(NAMES[name](log)) if summary.counts.bad else ()
    return Outcome(summary.counts, _distinct(failures), summary.claims, remark(log))


def unittest(log: Log) -> Summary | None:
    for at, found in _backwards(log, UNITTEST_RAN):
        verdict = next((line for line in log[at + 1 : at + 4] if line), "")
        says = UNITTEST_SAYS.fullmatch(verdict)
        words = {word.strip(): int(number) for word, number in NAMED.findall(says[2] or "")} if says else {}
        failed = words.get("failures", 0) + words.get("unexpected successes", 0)
        skipped = words.get("skipped", 0) + words.get("expected failures", 0)
        counts = _counts(int(found[1]), failed, words.get("errors", 0), skipped)
        return Summary(at, counts, bool(says and says[1] == "OK"))
    return None


def pytest(log: Log) -> Summary | None:
    for at, found in _backwards(log, PYTEST):
        words = _words(found[1])
        failed, errors = (
            words.get("failed", 0) + words.get("subtests failed", 0),
            words.get("error", 0) + words.get("errors", 0),
        )
        skipped = words.get("skipped", 0) + words.get("xfailed", 0)
        passed = words.get("passed", 0) + words.get("xpassed", 0)
        counts = Counts(passed + failed + errors + skipped, passed, failed, errors, skipped)
        return Summary(at, counts, bool(passed) and not counts.bad)
    return None


def node(log: Log) -> Summary | None:
    for at, found in _backwards(log, NODE):
        if found[1] == "tests":
            words = {row[1]: int(row[2]) for line in log[at : at + 9] if (row := NODE.fullmatch(line))}
            return Summary(at, _node(words))
    return None


def jest(log: Log) -> Summary | None:
    for at, found in _backwards(log, JEST):
        words = _words(found[1])
        skipped = words.get("skipped", 0) + words.get("todo", 0) + words.get("pending", 0)
        failed, passed = words.get("failed", 0), words.get("passed", 0)
        return Summary(at, Counts(passed + failed + skipped, passed, failed, 0, skipped))
    return None


def mocha(log: Log) -> Summary | None:
    for at, found in _backwards(log, MOCHA):
        if found[2] == "passing":
            words = {row[2]: int(row[1]) for line in log[at : at + 4] if (row := MOCHA.fullmatch(line))}
            passed, failed, skipped = (words.get(word, 0) for word in ("passing", "failing", "pending"))
            return Summary(at, Counts(passed + failed + skipped, passed, failed, 0, skipped))
    return None


def unittest_names(log: Log) -> Iterator[Failure]:
    """A failure stands below a line of `=`; the last line of its trace is what went wrong."""
    for at, line in enumerate(log):
        if (found := UNITTEST_NAME.fullmatch(line)) and at and set(log[at - 1]) == {"="}:
            yield Failure(found[1], _before_rule(log, at + 1))


def pytest_names(log: Log) -> Iterator[Failure]:
    for line in log:
        if found := PYTEST_NAME.fullmatch(line):
            yield Failure(found[1], found[2] or "")


def node_names(log: Log) -> Iterator[Failure]:
    for at, line in enumerate(log):
        if found := NODE_NAME.fullmatch(line):
            message = next((row for row in log[at + 1 : at + 12] if "error:" in row or "Error" in row), "")
            yield Failure(found["tap"] or found["spec"], message.strip().removeprefix("error:").strip(" '"))


def jest_names(log: Log) -> Iterator[Failure]:
    return (Failure(found[1]) for line in log if (found := JEST_NAME.fullmatch(line)))


def mocha_names(log: Log) -> Iterator[Failure]:
    return (Failure(found[1].rstrip(":")) for line in log if (found := MOCHA_NAME.fullmatch(line)))


READERS: dict[str, Callable[[Log], Summary | None]] = {
    "unittest": unittest,
    "pytest": pytest,
    "node": node,
    "jest": jest,
    "mocha": mocha,
}
NAMES: dict[str, Callable[[Log], Iterable[Failure]]] = {
    "unittest": unittest_names,
    "pytest": pytest_names,
    "node": node_names,
    "jest": jest_names,
    "mocha": mocha_names,
}


def _backwards(log: Log, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    for at in range(len(log) - 1, -1, -1):
        if found := pattern.fullmatch(log[at]):
            yield at, found


def _words(text: str) -> dict[str, int]:
    return {word.strip(): int(number) for number, word in NUMBERED.findall(text)}


def _counts(total: int, failed: int, errors: int, skipped: int) -> Counts:
    """Failures may outnumber the tests, where one test has several parts."""
    return Counts(total, max(0, total - failed - errors - skipped), failed, errors, skipped)


def _node(words: dict[str, int]) -> Counts:
    failed, errors = words.get("fail", 0), words.get("cancelled", 0)
    skipped = words.get("skipped", 0) + words.get("todo", 0)
    return Counts(words["tests"], words.get("pass", 0), failed, errors, skipped)


def _before_rule(log: Log, at: int) -> str:
    """The last error that is named before the next rule of `=` or the count: a trace ends with what it is about."""
    said = ""
    for line in log[at : at + LONGEST_TRACE]:
        if line and (set(line) == {"="} or UNITTEST_RAN.fullmatch(line)):
            break
        if PYTHON_ERROR.fullmatch(line):
            said = line
    return said


def _distinct(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    known: dict[str, Failure] = {}
    for failure in failures:
        name = short(failure.name, 200)
        known.setdefault(name, Failure(name, short(failure.message, 300)))
        if len(known) == MOST_FAILURES:
            break
    return tuple(known.values())
