"""Whether it is tested: how much of it, whether all tests pass and prove something, and of which kinds they are."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence.ready import of_python, of_script
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.ready.suite import How, Kind, Lines, Outcome, Reached, Result, Run, Told, reached
from orchestrator.evidence.ready.tester import Tester
from orchestrator.evidence.words import counted, listed

LEAST = 0.9
FAULTS = 5
NO_TESTS = "There are no tests."
BROWSER = "Executable doesn't exist at"
NO_BROWSER = "Its tests need a browser that is not there where they are run, so they could not be run."
TESTERS = {Language.PYTHON: of_python.TESTER, Language.JAVASCRIPT: of_script.TESTER}
ITEMS = {
    Kind.INTEGRATION: (
        "integration test",
        "in which its parts work together: with files, a database or another program",
    ),
    Kind.END_TO_END: ("end-to-end test", "in which it is started and used from outside, as people do"),
}


async def coverage(look: Look) -> Found:
    """Measured by us, over all files of the product, with nothing left out."""
    if wrong := await _cannot(look):
        return wrong
    run = await _tester(look).first(look)
    if wrong := _unbelievable(run):
        return wrong
    return await asyncio.to_thread(_covered, look, run)


def _covered(look: Look, run: Run) -> Found:
    tester = _tester(look)
    if sentence := tester.unmeasured(look.texts, run):
        return failed(sentence, run.evidence)
    found, least = measured(tester.measured(look.texts, run))
    if not found.lines:
        return failed("There is no code of which tests could reach anything.", run.evidence)
    sentence = _reach(found)
    if run.bad:
        return failed(f"{sentence} But {_failing(run.bad, len(run.results))}", run.evidence)
    if found.ran < LEAST * found.lines:
        return failed(f"{sentence} Least of all: {listed(least)}.", run.evidence)
    return proven(sentence, run.evidence)


def measured(files: dict[str, Lines]) -> tuple[Reached, list[str]]:
    """Over all files; and those with the most that is not reached."""
    worst = sorted(files, key=lambda path: -len(files[path].missed))
    return reached(files.values()), [path for path in worst if files[path].missed]


def _reach(found: Reached) -> str:
    branches = f" and {_percent(found.taken, found.branches)} of the branches" if found.branches else ""
    return f"Tests reach {_percent(found.ran, found.lines)} of the lines{branches}."


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that nothing looks like more than it is."""
    return f"{int(1000 * part / whole) / 10:g} %" if whole else "0 %"


async def all_pass(look: Look) -> Found:
    """All of them, twice, and they notice when the app is broken."""
    if wrong := await _cannot(look, reading=True):
        return wrong
    run = await _tester(look).first(look)
    if wrong := _unbelievable(run) or _passing(look, run):
        return wrong
    if sentence := _tester(look).missing(look.texts, run):
        return failed(sentence, run.evidence)
    more = await _tester(look).again(look)
    if wrong := _steady(run, more):
        return wrong
    return await _noticing(look, run, more)


def _passing(look: Look, run: Run, which: str = "test") -> Found | None:
    if not run.results:
        return failed(f"No {which} ran, and that is not a pass.", run.evidence)
    if run.bad:
        if all(BROWSER in one.why for one in run.bad):
            return unchecked(NO_BROWSER, run.evidence)
        return failed(_failing(run.bad, len(run.results)), run.evidence)
    if skipped := [one for one in run.skipped if not _tester(look).excused(look.texts, one)]:
        return failed(_skipping(skipped, len(run.results)), run.evidence)
    if run.code:
        return failed("The tests pass, but the program that runs them ends with an error.", run.evidence)
    return None


def _failing(bad: tuple[Result, ...], total: int) -> str:
    stale = [one for one in bad if one.outcome is Outcome.UNEXPECTED]
    if len(stale) == len(bad):
        return f"{counted(len(stale), 'test')} are marked as failing, and pass: {listed([one.id for one in stale])}."
    say = "fails" if len(bad) == 1 else "fail"
    return f"{len(bad):,} of {counted(total, 'test')} {say}: {listed([one.id for one in bad])}."


def _skipping(skipped: list[Result], total: int) -> str:
    say = "is" if len(skipped) == 1 else "are"
    return (
        f"{len(skipped):,} of {counted(total, 'test')} {say} skipped without a reason that still holds: "
        f"{listed([one.id for one in skipped])}."
    )


def _steady(one: Run, other: Run) -> Found | None:
    """Whether the same came of a second run in another order."""
    if other.broken:
        return failed(f"In another order: {other.broken}", one.evidence, other.evidence)
    before = {result.id: result.outcome for result in one.results}
    after = {result.id: result.outcome for result in other.results}
    if differing := sorted(id for id in before.keys() | after.keys() if before.get(id) != after.get(id)):
        sentence = f"What becomes of {counted(len(differing), 'test')} depends on their order or on luck"
        return failed(f"{sentence}: {listed(differing)}.", one.evidence, other.evidence)
    return None


async def _noticing(look: Look, run: Run, more: Run) -> Found:
    """Break the app, one line at a time, in lines that the tests reach."""
    shown = (run.evidence, more.evidence)
    found = await look.once("faults noticed", _faults)
    if not found.tried:
        return failed("The tests reach nothing of the app that could be broken, so they prove nothing.", *shown)
    if found.noticed * 2 < found.tried:
        sentence = f"The tests do not notice when the app is broken: they found {found.noticed or 'none'} of "
        sentence += f"{counted(found.tried, 'fault')} that we put in. Not noticed: {listed(found.missed)}."
        return failed(sentence, *shown, *found.evidence)
    skipped = f" {len(run.skipped)} not for this kind of machine." if run.skipped else ""
    which = "The only test passes" if len(run.passed) == 1 else f"All {counted(len(run.passed), 'test')} pass"
    sentence = f"{which}, twice and in another order."
    noticed = f"They noticed {found.noticed} of {found.tried} faults that we put in."
    return proven(f"{sentence}{skipped} {noticed}", *shown, *found.evidence)


@dataclass(frozen=True, slots=True)
class Faults:
    tried: int
    noticed: int
    missed: tuple[str, ...]
    evidence: tuple[Evidence, ...]


async def _faults(look: Look) -> Faults:
    run, tester = await _tester(look).first(look), _tester(look)
    chance = random.Random(look.commit)  # noqa: S311 - the same faults for the same save point
    chosen = await asyncio.to_thread(tester.faults, look.texts, run, FAULTS, chance)
    noticed = 0
    missed: list[str] = []
    evidence = []
    for number, fault in enumerate(chosen, 1):
        if 2 * max(noticed, len(missed)) > len(chosen):
            break  # it is decided
        how = How(f"break it {number}", changed={fault.path: fault.text}, seconds=30 + 3 * run.seconds)
        broken = await tester.run(look, how)
        evidence.append(broken.evidence)
        if broken.bad or broken.broken or broken.code:
            noticed += 1
        else:
            missed.append(f"{fault.path}, line {fault.line}: {fault.what}")
    return Faults(noticed + len(missed), noticed, tuple(missed), tuple(evidence))


def _exists(kind: Kind) -> Callable[[Look], Awaitable[Found]]:
    what, does = ITEMS[kind]

    async def prove(look: Look) -> Found:
        if wrong := await _cannot(look):
            return wrong
        run = await _tester(look).first(look)
        if wrong := _unbelievable(run):
            return wrong
        mine, claimed = await _of(look, run, kind)
        if real := [one for one in mine if one.real]:
            return proven(f"There {_are(len(real), what)} {does}.", run.evidence)
        if mine:
            return failed(f"There {_are(len(mine), what)}, but none passes and checks something real.", run.evidence)
        return failed(_none(kind, claimed), run.evidence)

    return prove


def _all_of(kind: Kind) -> Callable[[Look], Awaitable[Found]]:
    what, _ = ITEMS[kind]

    async def prove(look: Look) -> Found:
        if wrong := await _cannot(look, reading=True):
            return wrong
        run = await _tester(look).first(look)
        if wrong := _unbelievable(run):
            return wrong
        mine, claimed = await _of(look, run, kind)
        if not any(one.real for one in mine):
            return failed(_none(kind, claimed), run.evidence)
        return await _kept(look, run, mine, what)

    return prove


async def _kept(look: Look, run: Run, mine: list[Told], what: str) -> Found:
    results = [one.result for one in mine]
    if bad := [one for one in results if one.outcome is not Outcome.PASSED]:
        failing = tuple(one for one in bad if one.outcome in {Outcome.FAILED, Outcome.UNEXPECTED})
        if failing:
            return failed(_failing(failing, len(results)), run.evidence)
        return failed(_skipping(bad, len(results)), run.evidence)
    more = await _tester(look).again(look)
    ids = {one.id for one in results}
    if more.broken or any(one.id in ids and one.outcome is not Outcome.PASSED for one in more.results):
        return failed(f"In another order not every {what} passes.", run.evidence, more.evidence)
    if sentence := _tester(look).missing(look.texts, run):
        return failed(sentence, run.evidence)
    which = f"The only {what} passes" if len(results) == 1 else f"All {counted(len(results), what)} pass"
    return proven(f"{which}, twice.", run.evidence, more.evidence)


async def _of(look: Look, run: Run, kind: Kind) -> tuple[list[Told], list[Told]]:
    """Those that are of this kind, and those that only say so. What could not begin counts as what it says."""
    known = await asyncio.to_thread(_tester(look).told, look.texts, run.results)
    says = [one for one in known if one.claimed is kind]
    mine = [one for one in known if one.kind is kind]
    mine += [one for one in says if one.result.outcome is not Outcome.PASSED]
    return mine, [one for one in says if one.result.outcome is Outcome.PASSED]


def _none(kind: Kind, claimed: list[Told]) -> str:
    what, does = ITEMS[kind]
    if claimed:
        named = listed([one.result.id for one in claimed])
        return f"There is no {what}: what is called one is none {does}. So it is with {named}."
    return f"There is no {what} {does}."


def _are(number: int, what: str) -> str:
    return f"{'is' if number == 1 else 'are'} {counted(number, what)}"


async def no_deprecations(look: Look) -> Found:
    """The same tests once more, with each warning of what will stop working as an error."""
    if wrong := await _cannot(look):
        return wrong
    run = await _tester(look).first(look)
    if wrong := _unbelievable(run):
        return wrong
    if run.bad or not run.passed:
        return failed("Not all tests pass, so nothing can be said about warnings.", run.evidence)
    more = await _tester(look).strict(look)
    before = {one.id for one in run.passed}
    worse = [one for one in more.results if one.id in before and one.outcome is not Outcome.PASSED]
    if run.warned or more.broken or worse:
        named = [*run.warned, *(f"{one.id}: {one.why}" for one in worse)]
        sentence = f"Parts that will soon stop working are used, by {counted(max(1, len(named)), 'warning')}"
        return failed(f"{sentence}: {listed(named) if named else more.broken}", run.evidence, more.evidence)
    sentence = f"{counted(len(run.passed), 'test')} ran without a warning about parts that will soon stop working."
    return proven(sentence, run.evidence, more.evidence)


def _tester(look: Look) -> Tester:
    return TESTERS[look.stack.language]


def _not_here(look: Look) -> Found | None:
    if look.stack.unknown:
        return unchecked(look.stack.unknown)
    return None if _tester(look).tests(look.texts) else failed(NO_TESTS)


async def believed(look: Look) -> Run | Found:
    """The run of all tests with what each touched, or why nothing that they say can be believed."""
    if wrong := await _cannot(look, reading=True):
        return wrong
    run = await _tester(look).first(look)
    return _unbelievable(run) or run


async def of_kind(look: Look, run: Run, kind: Kind) -> frozenset[str]:
    """The ids of the tests of this kind that pass and check something real."""
    mine, _ = await _of(look, run, kind)
    return frozenset(one.result.id for one in mine if one.real)


async def _cannot(look: Look, *, reading: bool = False) -> Found | None:
    """What stands against it: first what is found by reading, then who took part in the run."""
    if wrong := _not_here(look):
        return wrong
    tester = _tester(look)
    if sentence := await look.once("who decides about the tests", _decided):
        return failed(sentence, _tests_read(look))
    if sentence := await asyncio.to_thread(tester.little, look.texts) if reading else "":
        return failed(sentence, _tests_read(look))
    run = await tester.first(look)
    if sentence := await asyncio.to_thread(tester.decided, look.texts, run.hooks):
        return failed(sentence, run.evidence)
    return None


async def _decided(look: Look) -> str:
    return await asyncio.to_thread(_tester(look).decided, look.texts, ())


def _unbelievable(run: Run) -> Found | None:
    return failed(run.broken, run.evidence) if run.broken else None


def _tests_read(look: Look) -> Evidence:
    return look.read(_tester(look).tests(look.texts))


PROOFS = (
    Proof("T1", coverage),
    Proof("T2", all_pass),
    Proof("T3", _exists(Kind.INTEGRATION)),
    Proof("T4", _all_of(Kind.INTEGRATION)),
    Proof("T5", _exists(Kind.END_TO_END)),
    Proof("T6", _all_of(Kind.END_TO_END)),
    Proof("T8", no_deprecations),
)
