"""The tests of a project before and after a change, and what was done to them. Knows no programming language."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from orchestrator.evidence.finding import Finding, Kind, alarm, note
from orchestrator.evidence.words import counted, listed

ALIKE = 0.6  # how much of a test must be left for it to be the same one under another name
LONGEST = 20_000  # characters of a test that are compared for likeness
SURGE = 5
UNREADABLE = "Tests that could be read before cannot be read any more."


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `weight` counts what it checks, repeated as often as it is seen to be; `sites` counts it once."""

    name: str
    body: str  # without names of its own, texts and numbers, to know it again
    sites: int = 0
    weight: int = 0
    unbounded: bool = False  # it checks in a loop whose length cannot be seen
    hollow: int = 0  # checks that cannot fail
    swallowed: int = 0  # checks whose failure is caught
    skipped: bool = False
    expects: tuple[str, ...] = ()  # the checks as they are written


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one file. `only` counts those beside which the others are not run."""

    cases: Mapping[str, Case]
    mocks: int = 0
    only: int = 0
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    path: str
    before: Case
    after: Case


Suites = Mapping[str, Suite]
Key = tuple[str, str]  # of a file and a test in it
Cases = dict[Key, Case]


def compare(before: Suites, after: Suites) -> Iterator[Finding]:
    """Moving and renaming tests is no finding; everything that makes them prove less is one."""
    lost = [path for path in after if not after[path].readable and path in before and before[path].readable]
    yield from (alarm(Kind.UNREADABLE, path, UNREADABLE) for path in lost)
    old = _all({path: suite for path, suite in before.items() if path not in lost})
    pairs, gone, new = matched(old, _all(after))
    yield from _gone(gone, after)
    yield from _changed(pairs)
    yield from _added(new)
    yield from _whole_files(before, after, len(new))


def matched(before: Cases, after: Cases) -> tuple[list[Pair], Cases, Cases]:
    """The tests that are the same on both sides, those that are gone, and those that are new."""
    pairs = [Pair(key[0], case, after[key]) for key, case in before.items() if key in after]
    gone = {key: case for key, case in before.items() if key not in after}
    new = {key: case for key, case in after.items() if key not in before}
    for same in (_moved, _renamed, _rewritten):
        pairs += list(_taken(same, gone, new))
    return pairs, gone, new


def _taken(same: Callable[[Key, Case, Cases], Key | None], gone: Cases, new: Cases) -> Iterator[Pair]:
    """The pairs that are the same in this way, taken out of both."""
    for key in list(gone):
        if (to := same(key, gone[key], new)) is not None:
            yield Pair(to[0], gone.pop(key), new.pop(to))


def _all(suites: Suites) -> Cases:
    return {(path, name): case for path, suite in suites.items() for name, case in suite.cases.items()}


def _moved(key: Key, _: Case, new: Cases) -> Key | None:
    return next((to for to in new if to[1] == key[1]), None)


def _renamed(_: Key, case: Case, new: Cases) -> Key | None:
    return next((to for to, other in new.items() if other.body == case.body), None)


def _rewritten(key: Key, case: Case, new: Cases) -> Key | None:
    """Likeness is looked for in the same file only: elsewhere many tests look alike."""
    near = {to: _alike(case.body, other.body) for to, other in new.items() if to[0] == key[0]}
    best = max(near, key=lambda to: near[to], default=None)
    return best if best and near[best] >= ALIKE else None


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:LONGEST].split(), other[:LONGEST].split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0


def _gone(gone: Cases, after: Suites) -> Iterator[Finding]:
    for path, names in _by_path(gone).items():
        if path in after:
            yield alarm(Kind.TESTS_GONE, path, _before_and_now(names, "is gone", "are gone"), tuple(names))
        else:
            sentence = f"A file with {counted(len(names), 'test')} that existed before is gone: {listed(names)}."
            yield alarm(Kind.FILE_GONE, path, sentence, tuple(names))


def _changed(pairs: Iterable[Pair]) -> Iterator[Finding]:
    for kind, is_so, one, many in SIGNS:
        found = _by_path((pair.path, pair.after.name) for pair in pairs if is_so(pair.before, pair.after))
        for path, names in found.items():
            say = note if kind is Kind.EXPECTS else alarm
            yield say(kind, path, _before_and_now(names, one, many), tuple(names))


def _before_and_now(names: list[str], one: str, many: str) -> str:
    which = "1 test" if len(names) == 1 else f"{len(names):,} tests"
    return f"{which} that existed before {one if len(names) == 1 else many}: {listed(names)}."


def _skipped(before: Case, after: Case) -> bool:
    return after.skipped and not before.skipped


def _weaker(before: Case, after: Case) -> bool:
    """Fewer checks that also run less often: three of them may have become one in a loop over three."""
    shorter = not (before.unbounded or after.unbounded)
    return after.weight < before.weight and (after.sites < before.sites or shorter)


def _hollow(before: Case, after: Case) -> bool:
    return after.hollow > before.hollow


def _swallowed(before: Case, after: Case) -> bool:
    return after.swallowed > before.swallowed


def _expects(before: Case, after: Case) -> bool:
    """Something that was checked before is not, and nothing else was noticed about it."""
    quiet = not (_weaker(before, after) or _hollow(before, after) or _swallowed(before, after))
    return quiet and bool(Counter(before.expects) - Counter(after.expects))


SIGNS = (
    (Kind.SKIPPED, _skipped, "is skipped now", "are skipped now"),
    (Kind.WEAKENED, _weaker, "checks less now", "check less now"),
    (Kind.HOLLOW, _hollow, "has a check now that cannot fail", "have checks now that cannot fail"),
    (Kind.SWALLOWED, _swallowed, "hides its own failures now", "hide their own failures now"),
    (Kind.EXPECTS, _expects, "expects something else now", "expect something else now"),
)


def _added(new: Cases) -> Iterator[Finding]:
    """New tests must be able to fail, too; where none of them can, that is an alarm."""
    for kind, is_so, say in NEW_SIGNS:
        if found := {key: case for key, case in new.items() if is_so(case)}:
            yield from _of_new(kind, found, say, every=len(found) == len(new))


def _pretends(case: Case) -> bool:
    return case.hollow > 0 and not case.weight


def _empty(case: Case) -> bool:
    return not (case.weight or case.hollow or case.swallowed)


NEW_SIGNS: tuple[tuple[Kind, Callable[[Case], bool], str], ...] = (
    (Kind.HOLLOW, _pretends, "cannot fail"),
    (Kind.HOLLOW, _empty, "checks nothing"),
    (Kind.SWALLOWED, lambda case: case.swallowed > 0, "hides its own failures"),
    (Kind.SKIPPED, lambda case: case.skipped, "is skipped from the start"),
)


def _of_new(kind: Kind, found: Cases, say: str, *, every: bool) -> Iterator[Finding]:
    for path, names in _by_path(found).items():
        sentence = f"{counted(len(names), 'new test')}, each of which {say}: {listed(names)}."
        if len(names) == 1:
            sentence = f"A new test {say}: {listed(names)}."
        yield (alarm if every else note)(kind, path, sentence, tuple(names))


def _whole_files(before: Suites, after: Suites, new: int) -> Iterator[Finding]:
    for path, suite in after.items():
        if suite.only > (before[path].only if path in before else 0):
            yield alarm(
                Kind.SKIPPED, path, "Only some of the tests in a file are used now; the others are passed over."
            )
    more = sum(suite.mocks for suite in after.values()) - sum(suite.mocks for suite in before.values())
    if more >= SURGE and more > new:
        sentence = (
            f"The tests put {more:,} more stand-ins in the place of real parts, so they prove less than it seems."
        )
        yield note(Kind.MOCKS, "", sentence)


def _by_path(cases: Iterable[Key]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for path, name in cases:
        found[path].append(name)
    return found
