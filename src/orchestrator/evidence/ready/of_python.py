"""How tests that are written in Python are judged."""

import random

from orchestrator.evidence.ready import hollow, kinds, left_out, mutation, product, pytests, steered
from orchestrator.evidence.ready.mutation import Fault
from orchestrator.evidence.ready.suite import Lines, Run
from orchestrator.evidence.ready.tester import Tester, Texts
from orchestrator.evidence.words import listed


def _little(texts: Texts) -> str:
    return left_out.fault(texts) or hollow.fault(texts)


def _missing(texts: Texts, run: Run) -> str:
    return hollow.never_ran(texts, run) or hollow.unreached(texts, run)


def _unmeasured(texts: Texts, _run: Run) -> str:
    hidden = product.in_text(texts)
    return f"Code is kept as text, so nobody can say whether tests reach it: {listed(hidden)}." if hidden else ""


def _measured(texts: Texts, run: Run) -> dict[str, Lines]:
    """Those that no test loads as well."""
    files: dict[str, Lines] = {}
    for path in product.files(texts):
        known, empty = run.lines.get(path), product.empty(texts[path])
        if known is None:
            known = Lines(missed=product.statements(texts[path]))
        files[path] = Lines(known.ran - empty, known.missed - empty, known.branches, known.taken)
    return files


def _faults(texts: Texts, run: Run, most: int, chance: random.Random) -> list[Fault]:
    ran = {path: run.lines[path].ran for path in product.files(texts) if path in run.lines}
    return mutation.faults(texts, ran, most, chance)


TESTER = Tester(
    tests=pytests.tests,
    decided=steered.fault,
    little=_little,
    missing=_missing,
    excused=hollow.excused,
    told=kinds.told,
    unmeasured=_unmeasured,
    measured=_measured,
    faults=_faults,
    first=pytests.first,
    again=pytests.again,
    strict=pytests.strict,
    run=pytests.run,
)
