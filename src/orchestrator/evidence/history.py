"""Whether the tests of a phase were written before its code: read from its save points, not from what is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence import repository, tamper
from orchestrator.evidence.places import beside_tests, is_product, is_test
from orchestrator.evidence.repository import Step


@dataclass(frozen=True, slots=True)
class TestsFirst:
    """`commit` is the save point at which the new tests stood without the code, and should have failed."""

    __test__ = False  # for the test program of ours: this is not a test

    first: bool
    sentence: str
    tests: int = 0
    commit: str = ""


async def tests_first(source: Path, base: str, head: str) -> TestsFirst:
    """What the save points after `base` up to `head` say."""
    base, head = await repository.resolve(source, base), await repository.resolve(source, head)
    steps = await repository.steps(source, base, head)
    before = leading(steps)
    if not before:
        return TestsFirst(first=False, sentence=_why_not(steps))
    tests = await _tests(source, before[-1].commit) - await _tests(source, before[0].parent)
    if not tests:
        return TestsFirst(
            first=False, sentence="Files of tests came before the code, but there was no new test in them."
        )
    return TestsFirst(
        first=True,
        sentence=f"Tests were written first: {len(tests):,} of them.",
        tests=len(tests),
        commit=before[-1].commit,
    )


def leading(steps: Sequence[Step]) -> Sequence[Step]:
    """The save points from the first one with tests up to the one before the code, if there are any."""
    code = next((at for at, step in enumerate(steps) if any(map(is_product, step.paths))), len(steps))
    tests = next((at for at, step in enumerate(steps[:code]) if any(map(is_test, step.paths))), code)
    return steps[tests:code]


def _why_not(steps: Sequence[Step]) -> str:
    if not any(is_test(path) for step in steps for path in step.paths):
        return "No tests were written or changed."
    together = next(step for step in steps if any(map(is_product, step.paths)))
    if any(map(is_test, together.paths)):
        return "Tests and code came together, so we cannot see that the tests were written first."
    return "The code was written before its tests."


async def _tests(source: Path, commit: str) -> set[tuple[str, str]]:
    """The tests there are at a save point, by file and name."""
    if not commit:
        return set()
    tree = await repository.tree(source, commit)
    texts = await repository.texts(source, {path: blob for path, blob in tree.items() if beside_tests(path)})
    return {(path, name) for path, suite in tamper.suites(texts).items() for name in suite.cases}
