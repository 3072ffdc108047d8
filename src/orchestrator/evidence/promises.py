"""Which promises a run of tests speaks of: by the id of the promise in a test's description or name. Pure."""

import re
from collections.abc import Iterable

NOT_TRIED = "not tried"  # a test that only writes a promise down says so, and proves nothing
DESCRIBED = r"(?<![A-Za-z0-9]){id}(?![.]?[0-9])"  # “P1.3, ...” in the words of a test
NAMED = r"(?:^|[^a-z0-9]){id}(?!_?[0-9])"  # test_p1_3_...
ANY = re.compile(DESCRIBED.format(id=r"(?P<id>P[0-9]+\.[0-9]+|J[0-9]+\b)"))
ANY_NAMED = re.compile(NAMED.format(id=r"(?P<id>p[0-9]+_[0-9]+|j[0-9]+(?![a-z0-9]))"))
LONGEST, MOST = 200, 20  # characters of what names a test, and tests of one promise that are kept


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


def named(name: str, description: str = "") -> frozenset[str]:
    """The ids of promises and steps of the day that a test speaks of, by its description or else by its name.

    One whose description says that it only writes the promise down speaks of none.
    """
    if NOT_TRIED in description:
        return frozenset()
    if found := frozenset(one["id"] for one in ANY.finditer(description)):
        return found
    return frozenset(one["id"].upper().replace("_", ".") for one in ANY_NAMED.finditer(name.lower()))


def tests(log: str, ids: Iterable[str]) -> dict[str, list[str]]:
    """For each of these ids that the log shows to be tried, the lines that say so, with the names of the tests."""
    known = [line for line in log.splitlines() if line.strip()]
    found = {}
    for id in tried(log, ids):
        name = re.compile(NAMED.format(id=re.escape(id.lower().replace(".", "_"))))
        lines = [line.strip()[:LONGEST] for line in known if name.search(line.lower())]
        described = [line.strip()[:LONGEST] for line in known if re.search(DESCRIBED.format(id=re.escape(id)), line)]
        found[id] = list(dict.fromkeys(lines or described))[:MOST]
    return found
