"""Which promises a run of tests speaks of: by the id of the promise in a test's description or name. Pure."""

import re
from collections.abc import Iterable

NOT_TRIED = "not tried"  # a test that only writes a promise down says so, and proves nothing
DESCRIBED = r"(?<![A-Za-z0-9]){id}(?![.]?[0-9])"  # “P1.3, ...” in the words of a test
NAMED = r"(?:^|[^a-z0-9]){id}(?!_?[0-9])"  # test_p1_3_...


def tried(log: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Find the ids, such as `P1.3`, that the log of a run names.

    Where tests describe themselves, the description counts: it says whether the promise was tried or only written down.
    """
    lines = log.splitlines()
    return tuple(id for id in ids if _tried(lines, id))


def _tried(lines: list[str], id: str) -> bool:
    described = [line for line in lines if re.search(DESCRIBED.format(id=re.escape(id)), line)]
    if described:
        return any(NOT_TRIED not in line for line in described)
    named = re.compile(NAMED.format(id=re.escape(id.lower().replace(".", "_"))))
    return any(named.search(line.lower()) for line in lines)
