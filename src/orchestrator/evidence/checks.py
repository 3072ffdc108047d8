"""Runs a project's checks in a clean checkout of one save point, and judges. What a builder says has no part in it."""

import asyncio
import errno
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

from orchestrator.contain.process import Ended, Limits, environment
from orchestrator.contain.process import run as contained
from orchestrator.errors import NotPossible
from orchestrator.evidence import coverage, junit, reports, repository, summaries
from orchestrator.evidence.coverage import Coverage
from orchestrator.evidence.declared import NONE, Check, Declared
from orchestrator.evidence.excerpt import excerpt, known, without_places
from orchestrator.evidence.results import NOTHING_RUN, Counts, Failure, Outcome, Verdict, both, judge, lines, red
from orchestrator.evidence.words import counted, listed, span

TAIL = 2 << 20  # of a log that is read for names of failing tests
MOST_CHANGED = 50
SLUG = re.compile("[^a-z0-9]+")
LIMITS = Limits()
NO_ROOM = "This machine has no room left on its disk, so nothing can be checked."
CHECKOUT, COMPARED, HOME, REPORT = "checkout", "compared", "home", "report.xml"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one check. It speaks of `commit` and of no other."""

    name: str
    command: tuple[str, ...]
    commit: str
    passed: bool
    sentence: str
    exit_code: int | None = None
    counts: Counts | None = None
    failures: tuple[Failure, ...] = ()
    coverage: Coverage | None = None
    seconds: float = 0
    timed_out: bool = False
    log_path: Path | None = None
    log_sha256: str = ""
    excerpt: str = ""  # the last lines of the log, without places of this machine
    files_changed_by_run: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one save point is checked. `compared` is our own copy of what git knows about the checkout."""

    commit: str
    folder: Path
    checkout: Path
    compared: Path
    home: Path
    report: Path


async def run(
    source: Path, commit: str, folder: Path, declared: Declared, *, limits: Limits = LIMITS
) -> tuple[CheckResult, ...]:
    """All declared checks, in their order, each with its log in `folder`; the checkout there is taken away again.

    Safe to repeat, also after a crash. Raises NotPossible where the save point cannot be had or the disk is full.
    """
    whole = await repository.resolve(source, commit)
    if not declared.checks:
        return (CheckResult("checks", (), whole, passed=False, sentence=declared.problem or NONE),)
    try:
        async with _place(source, whole, folder) as place:
            return tuple([await _one(place, check, at, limits) for at, check in enumerate(declared.checks, 1)])
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NotPossible(NO_ROOM, details=str(problem)) from None
        raise


def fresh(result: CheckResult, commit: str) -> bool:
    """Whether the result speaks of this very save point. When the work moves on, it is out of date by itself."""
    return bool(commit) and result.commit == commit


def verdict(results: Sequence[CheckResult]) -> Verdict:
    """What all checks of a save point say together. At least one test must have run."""
    if not results:
        return red(NONE)
    failing = [result for result in results if not result.passed]
    if len(failing) == 1:
        return red(failing[0].sentence)
    if failing:
        return red(f"{counted(len(failing), 'check')} did not pass: {listed([result.name for result in failing])}.")
    ran = [result for result in results if result.counts and result.counts.executed]
    if not ran:
        return red(NOTHING_RUN)
    return Verdict(passed=True, sentence=ran[0].sentence if len(ran) == 1 else _together(ran))


def _together(ran: Iterable[CheckResult]) -> str:
    return f"All {sum(result.counts.passed for result in ran if result.counts):,} tests passed."


@asynccontextmanager
async def _place(source: Path, commit: str, folder: Path) -> AsyncIterator[Place]:
    place = Place(commit, folder, *(folder / name for name in (CHECKOUT, COMPARED, HOME, REPORT)))
    await asyncio.to_thread(_clear, place)
    try:
        await repository.checkout(source, commit, place.checkout)
        await asyncio.to_thread(shutil.copytree, place.checkout / ".git", place.compared)
        yield place
    finally:
        await asyncio.to_thread(_clear, place)


async def _one(place: Place, check: Check, at: int, limits: Limits) -> CheckResult:
    env = await asyncio.to_thread(_environment, place)
    if not which(check.command[0], path=f"{env['PATH']}") and not (place.checkout / check.command[0]).exists():
        sentence = f"This check needs a program that is not installed here: {Path(check.command[0]).name}."
        return CheckResult(check.name, check.command, place.commit, passed=False, sentence=sentence)
    log = place.folder / f"{at:02}-{SLUG.sub('-', check.name.lower())}.log"
    before = await asyncio.to_thread(coverage.seen, place.checkout)
    always = await repository.changed(place.checkout, place.compared)
    ended = await contained(_with_report(check, place.report), cwd=place.checkout, env=env, limits=limits, log=log)
    touched = await repository.changed(place.checkout, place.compared) - always
    result = await asyncio.to_thread(_read, place, check, ended, log, limits)
    reached = await asyncio.to_thread(coverage.left, place.checkout, before)
    if touched:
        await repository.restore(place.checkout, place.compared, place.commit)
    return replace(result, coverage=reached, files_changed_by_run=tuple(sorted(touched)[:MOST_CHANGED]))


def _environment(place: Place) -> dict[str, str]:
    """A home that is empty at the start: what one run left in its home must not help the next one to pass."""
    place.report.unlink(missing_ok=True)
    ceiling = str(place.folder.resolve())
    return environment(place.home, CI="true", COLUMNS="160", PYTHONNOUSERSITE="1", GIT_CEILING_DIRECTORIES=ceiling)


def _with_report(check: Check, report: Path) -> tuple[str, ...]:
    """Pytest is asked for a report to a place of ours; the other runners are read from their log."""
    if check.runner != "pytest":
        return check.command
    at = check.command.index("--") if "--" in check.command else len(check.command)
    return (*check.command[:at], f"--junitxml={report}", *check.command[at:])


def _read(place: Place, check: Check, ended: Ended, log: Path, limits: Limits) -> CheckResult:
    said = lines(f"{_end(log)}\n{ended.output}")
    outcome = summaries.read(said, check.runner)
    if check.runner == "pytest":
        outcome = both(outcome, junit.read(reports.content(place.report) or ""), ended.code)
    found = _judged(check, ended, outcome, limits)
    places = known({place.checkout: "", place.home: "~/", place.folder: ""})
    failures = tuple(replace(row, message=without_places(row.message, places)) for row in outcome.failures)
    return CheckResult(
        check.name,
        check.command,
        place.commit,
        found.passed,
        found.sentence,
        exit_code=ended.code,
        counts=outcome.counts,
        failures=failures,
        seconds=ended.seconds,
        timed_out=ended.timed_out,
        log_path=log,
        log_sha256=ended.log_sha256,
        excerpt=excerpt(lines(ended.output), places),
    )


def _judged(check: Check, ended: Ended, outcome: Outcome, limits: Limits) -> Verdict:
    if ended.timed_out:
        return red(f"The checks took longer than {span(limits.seconds)}, so we ended them.")
    if ended.code is None and ended.why:
        return red(f"The check did not come to its end. {ended.why}")
    return judge(ended.code, outcome, tests=check.tests)


def _end(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        return file.read().decode(errors="replace")


def _clear(place: Place) -> None:
    """Runs before each use as well: a crash leaves things behind."""
    for folder in (place.checkout, place.compared, place.home):
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            _unlock(folder)
            shutil.rmtree(folder)
    place.report.unlink(missing_ok=True)


def _unlock(folder: Path) -> None:
    """A check may have closed folders to everybody, us included."""
    folder.chmod(0o700)
    for parent, inner, _ in os.walk(folder):
        for path in (Path(parent, name) for name in inner):
            if not path.is_symlink():
                path.chmod(0o700)
