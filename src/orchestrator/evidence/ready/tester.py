"""What there must be for a language so that tests in it can be judged: what is read, what is run, what is measured."""

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.mutation import Fault
from orchestrator.evidence.ready.suite import How, Lines, Result, Run, Told

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tester:
    """Sentences are empty where nothing is wrong."""

    tests: Callable[[Texts], tuple[str, ...]]  # the files in which there are tests
    decided: Callable[[Texts, Iterable[str]], str]  # what decides instead of the tests
    little: Callable[[Texts], str]  # what is left out, or proves nothing, by reading
    missing: Callable[[Texts, Run], str]  # what did not run, although it is there or seems to have passed
    excused: Callable[[Texts, Result], bool]  # whether a skip depends on the kind of machine alone
    told: Callable[[Texts, tuple[Result, ...]], tuple[Told, ...]]
    unmeasured: Callable[[Texts, Run], str]  # why a figure of what the tests reach would mean something else
    measured: Callable[[Texts, Run], dict[str, Lines]]  # all files of the product
    faults: Callable[[Texts, Run, int, random.Random], list[Fault]]
    first: Callable[[Look], Awaitable[Run]]
    again: Callable[[Look], Awaitable[Run]]
    strict: Callable[[Look], Awaitable[Run]]
    run: Callable[[Look, How], Awaitable[Run]]
