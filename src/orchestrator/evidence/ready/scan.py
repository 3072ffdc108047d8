"""Whether there are known weak spots in it: its code as bandit reads it with settings of ours, and its parts."""

import asyncio
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.domain.ready.report import Evidence, State
from orchestrator.evidence import reports
from orchestrator.evidence.places import NOT_OURS, beside_tests
from orchestrator.evidence.ready import made_of, product, tools, weaknesses
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.words import counted

BANDIT = "bandit>=1.8,<2"
SERIOUS = {"HIGH", "MEDIUM"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A weak spot in the code."""

    path: str
    line: int
    severity: str
    said: str
    test: str


async def scanned(look: Look) -> Found:
    """Prove it by a scan of the code that finds nothing serious, and by the database of weak spots."""
    if look.stack.language is not Language.PYTHON:
        return unchecked(look.stack.unknown or "There is no scan of the code for JavaScript yet.")
    spots, evidence, unread = await _bandit(look)
    own = frozenset(await asyncio.to_thread(product.files, look.texts))
    serious = [one for one in spots if _counts(one, own)]
    if serious:
        first = serious[0]
        more = f" There are {len(serious) - 1:,} more." if len(serious) > 1 else ""
        return failed(f"{first.path}, line {first.line}: {first.said}{more}", evidence)
    if unread:
        return unchecked(f"{unread[0]} could not be read as Python, so it was not scanned.", evidence)
    return await _built(look, evidence)


async def _built(look: Look, evidence: Evidence) -> Found:
    parts = await made_of.present(look)
    if isinstance(parts, Found):
        if parts.state is State.NOT_NEEDED:
            return proven("There is nothing serious in the code, and it is made of nothing else.", evidence)
        return unchecked(f"There is nothing serious in the code. {parts.sentence}", evidence)
    if weak := await weaknesses.weak([part.block for part in parts]):
        return failed(made_of.told(weak), evidence)
    number = counted(len(parts), "building block")
    return proven(f"There is nothing serious in the code, and none of its {number} is known to be weak.", evidence)


def _counts(spot: Spot, own: frozenset[str]) -> bool:
    """In tests only what is highly serious: they do on purpose what nobody should."""
    inside = beside_tests(spot.path) and spot.path not in own
    return spot.severity == "HIGH" or (spot.severity in SERIOUS and not inside)


async def _bandit(look: Look) -> tuple[list[Spot], Evidence, list[str]]:
    """All Python files of the save point, named one by one: no file of theirs says which are left out."""
    folder = await tools.tool(look, BANDIT)
    names = sorted(path for path in look.tree if path.endswith(".py") and not NOT_OURS & set(path.split("/")))
    report, ini = look.place.home / "scan.json", look.place.home / "scan.ini"
    ini.write_text("[bandit]\n", "utf-8")
    options = ("--ini", str(ini), "--ignore-nosec", "-q", "-f", "json", "-o", str(report), "-x", "")
    command = (f"{folder}/bin/python", "-I", "-m", "bandit", *options, *(f"./{name}" for name in names))
    ran = await look.place.run("scan the code", command, seconds=120)
    said = reports.mapping(reports.content(report) or "") or {}
    seen = _seen(said)
    left = [name for name in names if look.tree[name].size and name not in seen]
    return list(_spots(said.get("results"))), look.ran(ran), left


def _seen(said: dict[str, object]) -> set[str]:
    """The files that it read to the end."""
    metrics, errors = said.get("metrics"), said.get("errors")
    bad = {_name(one.get("filename")) for one in errors if isinstance(one, dict)} if isinstance(errors, list) else set()
    return {_name(path) for path in metrics} - bad if isinstance(metrics, dict) else set()


def _spots(rows: object) -> Iterable[Spot]:
    for one in rows if isinstance(rows, list) else ():
        yield Spot(
            _name(one.get("filename")),
            int(one.get("line_number", 0)),
            str(one.get("issue_severity")),
            " ".join(str(one.get("issue_text")).split())[:200],
            str(one.get("test_id")),
        )


def _name(path: object) -> str:
    return posixpath.normpath(str(path))


PROOFS = (Proof("S10", scanned, network=True),)
